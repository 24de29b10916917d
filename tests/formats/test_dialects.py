import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats import dialects
from app.formats.entries import Record
from app.formats.exporters import EXPORTERS
from app.formats.sample import Facets, Message, Rejected, Sample, dump_messages, load_messages
from tests import shared_data
from tests.formats import reading, strategies

ASK = Message("user", "hi")
SAY = Message("assistant", "hello")

RECORDS: dict[str, dict[str, object]] = {
    "messages": {"messages": [{"role": "user", "content": "hi"}]},
    "sharegpt": {"conversations": [{"from": "human", "value": "hi"}]},
    "alpaca": {"instruction": "hi", "input": "", "output": "hello"},
    "prompt_completion": {"prompt": "hi", "completion": "hello"},
    "prompt_response": {"prompt": "hi", "response": "hello"},
    "question_answer": {"question": "hi", "answer": "hello"},
    "input_output": {"input": "hi", "output": "hello"},
}


def parse(value: dict[str, object]) -> Sample | Rejected:
    record = Record(1, 0, orjson.dumps(value).decode(), value)
    return dialects.parse(record, dialects.detect([value]))


def parsed(value: dict[str, object]) -> Sample:
    sample = parse(value)
    assert isinstance(sample, Sample), sample
    return sample


@pytest.mark.parametrize("name", RECORDS)
def test_each_dialect_is_told_by_its_fields(name: str) -> None:
    detection = dialects.detect([RECORDS[name]] * 3 + [{"other": 1}])
    assert (detection.dialect, detection.confidence) == (name, 0.75)


def test_records_of_no_dialect_are_not_guessed_at() -> None:
    assert dialects.detect([{"text": "a"}]).dialect == ""
    assert dialects.detect([]).confidence == 0
    bad = parse({"text": "only a text"})
    assert isinstance(bad, Rejected)
    assert bad.code == "unknown_fields"


def test_an_object_around_the_records_is_told_where_they_are() -> None:
    bad = parse({"version": 1, "data": [{"question": "a"}, {"question": "b"}]})
    assert isinstance(bad, Rejected)
    assert bad.reason.endswith("If the records are in 'data', send that list alone.")


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        ({"prompt": "hi", "completion": "hello"}, (ASK, SAY)),
        ({"instruction": "hi", "output": "hello"}, (ASK, SAY)),
        (
            {"instruction": "Add.", "input": "1, 2", "output": "hello"},
            (Message("user", "Add.\n\n1, 2"), SAY),
        ),
        (
            {"instruction": "hi", "output": "hello", "system": "S", "history": [["a", "b"]]},
            (
                Message("system", "S"),
                Message("user", "a"),
                Message("assistant", "b"),
                ASK,
                SAY,
            ),
        ),
        (
            {
                "conversations": [
                    {"from": "human", "value": "hi"},
                    {"from": "chatgpt", "value": "hello"},
                ],
                "system": "S",
            },
            (
                Message("system", "S"),
                ASK,
                Message("assistant", "hello", {"from": "chatgpt"}),
            ),
        ),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "hi"}]},
                    {"role": "assistant", "content": None, "tool_calls": [{"id": "a"}]},
                ]
            },
            (
                Message("user", "hi", {"content": [{"type": "text", "text": "hi"}]}),
                Message("assistant", "", {"tool_calls": [{"id": "a"}], "content": None}),
            ),
        ),
    ],
)
def test_a_record_becomes_a_conversation(
    value: dict[str, object], messages: tuple[Message, ...]
) -> None:
    assert parsed(value).messages == messages


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"instruction": "hi", "output": ""}, "missing_answer"),
        ({"instruction": "hi"}, "missing_answer"),
        ({"instruction": "hi", "output": None}, "missing_answer"),
        ({"instruction": None, "output": "x"}, "wrong_type"),
        ({"instruction": "hi", "output": "x", "history": [["a"]]}, "wrong_type"),
        ({"instruction": "hi", "output": "x", "system": 1}, "wrong_type"),
        ({"prompt": ["hi"], "completion": "x"}, "wrong_type"),
        ({"prompt": "hi", "completion": " \n"}, "missing_answer"),
        ({"prompt": "hi", "completion": None}, "missing_answer"),
        ({"prompt": "hi", "completion": 8}, "wrong_type"),
        ({"messages": "hi"}, "wrong_type"),
        ({"messages": ["hi"]}, "wrong_type"),
        ({"messages": []}, "missing_answer"),
        ({"messages": [{"role": "user", "content": "hi"}]}, "missing_answer"),
        ({"messages": [{"role": "hummany", "content": "hi"}]}, "unknown_role"),
        ({"messages": [{"role": ["user"], "content": "hi"}]}, "unknown_role"),
        ({"messages": [{"content": "hi"}]}, "unknown_role"),
        ({"messages": [{"role": "user", "content": 8}]}, "wrong_type"),
        ({"conversations": [{"from": "hummany", "value": ""}]}, "unknown_role"),
        ({"conversations": [{"from": "gpt", "value": ""}]}, "missing_answer"),
        ({"conversations": [{"from": "gpt"}]}, "wrong_type"),
        ({"conversations": [{"from": "gpt", "value": "x"}], "system": 3}, "wrong_type"),
        ({"conversations": {}}, "wrong_type"),
        ({"prompt": "a", "completion": "b", "chosen": "c", "rejected": "d"}, "preference_pair"),
    ],
)
def test_a_record_that_cannot_be_a_sample_says_why(value: dict[str, object], code: str) -> None:
    bad = parse(value)
    assert isinstance(bad, Rejected)
    assert bad.code == code
    assert bad.reason.endswith(".")


def test_an_empty_turn_before_the_last_answer_is_accepted() -> None:
    turns = [("human", "a"), ("gpt", ""), ("human", "b"), ("gpt", "c")]
    value = {"conversations": [{"from": role, "value": text} for role, text in turns]}
    assert len(parsed({**value}).messages) == 4


def test_columns_become_facets_and_stay_where_they_are() -> None:
    more = {"uid": 7, "intent": "tap", "source": "web", "split": "train", "lang": "en", "x": [1]}
    sample = parsed({"prompt": "a", "completion": "b", **more})
    assert sample.facets == Facets("tap", "web", "train", "en")
    assert sample.external_id == "7"
    assert sample.extra == more


@pytest.mark.parametrize(
    ("more", "facets"),
    [
        ({"origin": "human"}, Facets(origin="human")),
        ({"tags": ["soup", "hot"]}, Facets(label="soup")),
        ({"tags": "soup", "category": "food"}, Facets(label="food")),
        ({"tags": [7]}, Facets()),
        ({"parent_id": 12}, Facets(family="12")),
        ({"seed_id": "s", "id": "t"}, Facets(family="s")),
    ],
)
def test_every_column_that_says_something_gives_its_facet(
    more: dict[str, object], facets: Facets
) -> None:
    assert parsed({"prompt": "a", "completion": "b", **more}).facets == facets


def test_the_same_conversation_has_one_fingerprint_in_every_dialect() -> None:
    turns = [("user", "human", "hi"), ("assistant", "chatgpt", "hello")]
    records: list[dict[str, object]] = [
        {"messages": [{"role": role, "content": text} for role, _, text in turns]},
        {"conversations": [{"from": role, "value": text} for _, role, text in turns]},
        {"messages": [{"role": role, "content": text} for _, role, text in turns], "id": 3},
        *[RECORDS[name] for name in RECORDS if name not in ("messages", "sharegpt")],
    ]
    assert len({parsed(record).fingerprint for record in records}) == 1


ANY = st.one_of(strategies.MESSAGES, strategies.ALPACA, strategies.SHAREGPT, strategies.PAIRS)


@given(ANY)
def test_what_a_dialect_reads_it_writes_again(value: dict[str, object]) -> None:
    sample = parsed(value)
    assert dialects.DIALECTS[sample.dialect].write(sample) == value


@given(ANY)
def test_stored_messages_are_read_back_as_they_were(value: dict[str, object]) -> None:
    messages = parsed(value).messages
    assert load_messages(dump_messages(messages)) == messages


@given(ANY, st.sampled_from(sorted(strategies.TAKEN)), strategies.JSON)
def test_no_value_of_a_known_field_crashes_a_dialect(
    value: dict[str, object], name: str, cell: object
) -> None:
    assert isinstance(parse({**value, name: cell}), Sample | Rejected)


@given(ANY)
def test_an_edited_answer_is_what_is_written(value: dict[str, object]) -> None:
    sample = parsed(value)
    *before, last = sample.messages
    kept = {key: cell for key, cell in last.extra.items() if key != "content"}
    turns = (*before, Message(last.role, "new", kept))
    edited = Sample(turns, extra=sample.extra, dialect=sample.dialect)
    again = dialects.DIALECTS[sample.dialect].write(edited)
    assert parsed(again).messages[-1].content == "new"


def test_an_edited_alpaca_question_is_written_whole() -> None:
    sample = parsed({"instruction": "Add.", "input": "1, 2", "output": "3"})
    edited = Sample((Message("user", "Add 1 and 2."), SAY), extra=sample.extra, dialect="alpaca")
    record = dialects.DIALECTS["alpaca"].write(edited)
    assert record == {"instruction": "Add 1 and 2.", "input": "", "output": "hello"}


def test_naughty_strings_survive() -> None:
    texts = orjson.loads((shared_data.folder("naughty_strings") / "blns.json").read_bytes())
    records = [{"prompt": text, "completion": f"> {text}", "note": text} for text in texts]
    data = b"\n".join(orjson.dumps(record) for record in records)
    found = reading.samples(data)
    assert [dialects.DIALECTS[one.dialect].write(one) for one in found] == records
    lines = b"".join(EXPORTERS["openai-chat"].write(sample) for sample in found)
    again = reading.samples(lines)
    assert [one.messages for one in again] == [one.messages for one in found]
