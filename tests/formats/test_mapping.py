from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats import dialects, mapping
from app.formats.dialects import Detection
from app.formats.entries import Fault, Record
from app.formats.mapping import Mapping, MappingError
from app.formats.sample import KINDS, Facets, Message, Rejected, Sample
from app.formats.trainers import as_imported
from tests import shared_data
from tests.formats import reading, strategies

PAIR = Mapping({"q": "input", "a": "output"})


def sample_of(value: dict[str, object], asked: Mapping) -> Sample:
    found = mapping.read(value, asked)
    assert isinstance(found, Sample), found
    return found


def test_columns_become_what_they_were_said_to_be() -> None:
    asked = Mapping(
        {
            "q": "input",
            "context": "input",
            "a": "output",
            "rules": "system",
            "topic": "label",
            "from": "source",
            "part": "split",
            "tongue": "language",
            "by": "origin",
            "of": "family",
            "key": "id",
            "junk": "ignore",
            "score": "metadata",
        }
    )
    value: dict[str, object] = {
        "q": "hi",
        "context": "there",
        "a": "hello",
        "rules": "S",
        "topic": "greeting",
        "from": "web",
        "part": "train",
        "tongue": "en",
        "by": "human",
        "of": "s-7",
        "key": 7,
        "junk": "x",
        "score": 0.5,
        "new": [1],
    }
    assert sample_of(value, asked) == Sample(
        (Message("system", "S"), Message("user", "hi\n\nthere"), Message("assistant", "hello")),
        facets=Facets("greeting", "web", "train", "en", "human", "s-7"),
        external_id="7",
        extra={"score": 0.5, "new": [1]},
        dialect="mapped",
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"q": "hi"}, "missing_answer"),
        ({"q": "hi", "a": " "}, "missing_answer"),
        ({"q": ["hi"], "a": "x"}, "wrong_type"),
        ({"q": "hi", "a": {"x": 1}}, "wrong_type"),
    ],
)
def test_a_record_without_an_answer_is_rejected(value: dict[str, object], code: str) -> None:
    record = Record(3, 9, orjson.dumps(value).decode(), value)
    bad = mapping.parse(record, PAIR)
    assert isinstance(bad, Rejected)
    assert (bad.line, bad.offset, bad.code) == (3, 9, code)


def test_a_column_can_be_the_other_answer_of_a_pair() -> None:
    asked = Mapping({"frage": "input", "gut": "output", "schlecht": "rejected"})
    value: dict[str, object] = {"frage": "Why?", "gut": "So.", "schlecht": "No.", "n": 1}
    pair = sample_of(value, asked)
    assert (pair.kind, pair.extra) == ("preference", {"n": 1})
    assert [side[0].content for side in (pair.prompt, pair.chosen, pair.rejected)] == [
        "Why?", "So.", "No.",
    ]  # fmt: skip
    assert dialects.read(as_imported.record(pair), Detection("", 0), kinds=KINDS) == replace(
        pair, dialect="trl_preference"
    )
    for empty in (" ", None, ["x"]):
        assert isinstance(mapping.read({**value, "schlecht": empty}, asked), Fault)


@pytest.mark.parametrize(
    ("cell", "good"),
    [("True", True), (1, True), ("yes", True), (False, False), ("0", False), ("0.0", False)],
)
def test_a_column_can_be_the_verdict_on_an_answer(cell: object, good: bool) -> None:
    asked = Mapping({"q": "input", "a": "output", "thumb": "verdict"})
    found = sample_of({"q": "Why?", "a": "So.", "thumb": cell}, asked)
    assert (found.kind, found.desirable) == ("kto", good)


@pytest.mark.parametrize("cell", ["", None, "perhaps", 7, [True]])
def test_a_verdict_is_never_guessed(cell: object) -> None:
    asked = Mapping({"q": "input", "a": "output", "thumb": "verdict"})
    found = mapping.read({"q": "Why?", "a": "So.", "thumb": cell}, asked)
    assert isinstance(found, Fault)
    assert found.code == "wrong_type"


def test_numbers_are_answers_too() -> None:
    assert sample_of({"q": "2 + 2", "a": 4}, PAIR).output_text == "4"
    assert sample_of({"q": "true?", "a": False}, PAIR).output_text == "false"
    assert sample_of({"a": "x"}, PAIR).input_text == ""


@pytest.mark.parametrize(
    "turns",
    [
        [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
        [{"from": "human", "value": "hi"}, {"from": "chatgpt", "value": "hello"}],
    ],
)
def test_messages_are_read_from_a_list_or_its_text(turns: list[object]) -> None:
    asked = Mapping({"talk": "messages"})
    said = (Message("user", "hi"), Message("assistant", "hello"))
    assert sample_of({"talk": turns}, asked).messages == said
    assert sample_of({"talk": orjson.dumps(turns).decode()}, asked).messages == said


@pytest.mark.parametrize("turns", ["{", "1", [], None, [1], [{"role": "user", "content": "hi"}]])
def test_messages_that_are_none_say_so(turns: object) -> None:
    assert isinstance(mapping.read({"talk": turns}, Mapping({"talk": "messages"})), Fault)


@pytest.mark.parametrize(
    ("columns", "lack"),
    [
        ({}, "No column is the input or the output."),
        ({"q": "input"}, "No column is the output."),
        ({"q": "input", "a": "output"}, ""),
        ({"m": "messages"}, ""),
        ({"m": "messages", "n": "messages"}, "Only one column can hold the messages."),
        (
            {"q": "input", "a": "output", "b": "rejected", "c": "verdict"},
            "A pair of answers has no verdict: only one column can be either.",
        ),
    ],
)
def test_a_mapping_says_what_it_lacks(columns: dict[str, mapping.ColumnRole], lack: str) -> None:
    asked = Mapping(columns)
    assert asked.lack == lack
    found = mapping.read({"q": "a", "a": "b"}, asked)
    assert not lack or (isinstance(found, Fault) and found.code == "bad_mapping")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["question", "answer"], {"question": "input", "answer": "output"}),
        (["text", "label"], {"text": "input", "label": "output"}),
        (["Text", "intent", "lang"], {"Text": "input", "intent": "output", "lang": "language"}),
        (
            ["id", "instruction", "input", "output", "x"],
            {
                "id": "id",
                "instruction": "input",
                "input": "input",
                "output": "output",
                "x": "metadata",
            },
        ),
        (
            ["prompt", "completion", "system", "source", "split"],
            {
                "prompt": "input",
                "completion": "output",
                "system": "system",
                "source": "source",
                "split": "split",
            },
        ),
        (["messages", "label"], {"messages": "messages", "label": "label"}),
        (["a", "b"], {"a": "input", "b": "output"}),
        (["only"], {"only": "metadata"}),
        ([], {}),
    ],
)
def test_a_proposal_goes_by_the_names(names: list[str], expected: dict[str, str]) -> None:
    proposed = mapping.guess([dict.fromkeys(names, "some words")] * 3)
    assert proposed.columns == expected


def test_columns_without_a_known_name_are_told_by_their_texts() -> None:
    rows: list[dict[str, object]] = [{"n": 1, "de": "Guten Morgen", "k": "x", "en": "Good morning"}]
    proposed = mapping.guess(rows)
    assert (proposed.named("input"), proposed.named("output")) == (("de",), ("en",))


@given(st.dictionaries(strategies.TEXT, st.sampled_from(mapping.ROLES), max_size=5))
def test_a_mapping_is_read_back_as_it_was_kept(columns: dict[str, mapping.ColumnRole]) -> None:
    assert mapping.from_json(mapping.to_json(Mapping(columns))) == Mapping(columns)


@pytest.mark.parametrize("text", ["", "[]", "1", '{"a": "boss"}', '{"a": 1}', '{"a": ["input"]}'])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(MappingError, match=r"\.$"):
        mapping.from_json(text)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(mapping.ROLES)),
    st.dictionaries(st.sampled_from("abcde"), strategies.JSON),
)
def test_no_record_crashes_a_mapping(
    columns: dict[str, mapping.ColumnRole], value: dict[str, object]
) -> None:
    assert isinstance(mapping.read(value, Mapping(columns)), Sample | Fault)


def test_grade_school_problems_go_through_the_proposal() -> None:
    data = (shared_data.folder("gsm8k") / "train_subset_4000.jsonl").read_bytes()
    records = [entry for entry in reading.entries(data) if isinstance(entry, Record)]
    proposed = mapping.guess([record.value for record in records[:200]])
    assert proposed.columns == {"question": "input", "answer": "output"}
    found = [mapping.parse(record, proposed) for record in records]
    assert sum(isinstance(one, Sample) for one in found) == 4000


def test_tables_and_parquet_go_through_a_proposal() -> None:
    import io

    import pyarrow as pa
    from pyarrow import parquet

    rows = [{"text": f"please do {at}", "intent": "ask"} for at in range(3)]
    table = b"text,intent\n" + b"".join(f"{r['text']},{r['intent']}\n".encode() for r in rows)
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file)
    for data in (table, file.getvalue()):
        records = [entry for entry in reading.entries(data) if isinstance(entry, Record)]
        proposed = mapping.guess([record.value for record in records])
        found = [mapping.parse(record, proposed) for record in records]
        assert [one.output_text for one in found if isinstance(one, Sample)] == ["ask"] * 3
        assert {one.facets.label for one in found if isinstance(one, Sample)} == {"ask"}
