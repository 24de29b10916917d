"""Preference pairs, verdicts and bare texts: samples of their own kinds."""

from collections.abc import Mapping

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats import dialects
from app.formats.dialects import Detection
from app.formats.entries import Fault, Record
from app.formats.sample import (
    KINDS,
    Facets,
    Message,
    Rejected,
    Sample,
    dump_messages,
    dump_rest,
    load_sample,
)
from tests.formats import strategies

HI = {"role": "user", "content": "hi"}
HELLO = {"role": "assistant", "content": "hello"}
GO = {"role": "assistant", "content": "go away"}
ASK, SAY, OTHER = (
    Message("user", "hi"),
    Message("assistant", "hello"),
    Message("assistant", "go away"),
)

RECORDS: Mapping[str, dict[str, object]] = {
    "openai_dpo": {
        "input": {"messages": [HI], "tools": [], "parallel_tool_calls": True},
        "preferred_output": [HELLO],
        "non_preferred_output": [GO],
    },
    "sharegpt_preference": {
        "conversations": [{"from": "human", "value": "hi"}],
        "chosen": {"from": "gpt", "value": "hello"},
        "rejected": {"from": "gpt", "value": "go away"},
    },
    "alpaca_preference": {
        "instruction": "hi",
        "input": "",
        "chosen": "hello",
        "rejected": "go away",
    },
    "trl_preference": {"prompt": [HI], "chosen": [HELLO], "rejected": [GO]},
    "turns_preference": {"chosen": [HI, HELLO], "rejected": [HI, GO], "prompt": "hi"},
    "llamafactory_preference": {"chosen_messages": [HI, HELLO], "rejected_messages": [HI, GO]},
    "prompt_preference": {"prompt": "hi", "chosen": "hello", "rejected": "go away"},
    "question_preference": {"question": "hi", "chosen": "hello", "rejected": "go away"},
    "input_preference": {"input": "hi", "chosen": "hello", "rejected": "go away"},
    "transcript_preference": {
        "chosen": "\n\nHuman: hi\n\nAssistant: hello",
        "rejected": "\n\nHuman: hi\n\nAssistant: go away",
    },
    "messages_kto": {"messages": [HI, HELLO], "label": True},
    "sharegpt_kto": {
        "conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}],
        "kto_tag": True,
    },
    "alpaca_kto": {"instruction": "hi", "output": "hello", "kto_tag": True},
    "trl_kto": {"prompt": [HI], "completion": [HELLO], "label": True},
    "prompt_completion_kto": {"prompt": "hi", "completion": "hello", "label": True},
    "prompt_response_kto": {"prompt": "hi", "response": "hello", "label": True},
    "text": {"text": "hi"},
    "trl_prompt_completion": {"prompt": [HI], "completion": [HELLO]},
    "gemini": {
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"text": "hello"}]},
        ]
    },
    "bedrock_conversation": {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": "hi"}]},
            {"role": "assistant", "content": [{"text": "hello"}]},
        ],
    },
}


def read(value: dict[str, object]) -> Sample | Fault:
    return dialects.read(value, dialects.detect([value], kinds=KINDS), kinds=KINDS)


def sample_of(value: dict[str, object]) -> Sample:
    found = read(value)
    assert isinstance(found, Sample), found
    return found


@pytest.mark.parametrize("name", RECORDS)
def test_each_shape_is_told_and_read(name: str) -> None:
    detection = dialects.detect([RECORDS[name]], kinds=KINDS)
    assert (detection.dialect, detection.confidence) == (name, 1.0)
    sample = sample_of(RECORDS[name])
    assert sample.dialect == name
    assert sample.messages == ((ASK,) if name == "text" else (ASK, SAY))
    assert sample.kind == dialects.DIALECTS[name].kind
    if sample.kind == "preference":
        assert (sample.prompt, sample.chosen, sample.rejected) == ((ASK,), (SAY,), (OTHER,))
    assert sample.desirable is (True if sample.kind == "kto" else None)


SHAPE = st.sampled_from(sorted(RECORDS))
NEW = st.dictionaries(
    strategies.TEXT.filter(lambda name: name not in strategies.TAKEN and name != "label"),
    strategies.JSON,
    max_size=3,
)


@given(SHAPE, NEW)
def test_each_shape_is_written_as_it_was_read(name: str, more: dict[str, object]) -> None:
    value = {**RECORDS[name], **more}
    sample = sample_of(value)
    assert sample.dialect == name
    assert dialects.DIALECTS[name].write(sample) == value


@given(SHAPE, NEW)
def test_what_is_stored_in_two_texts_is_read_back(name: str, more: dict[str, object]) -> None:
    sample = sample_of({**RECORDS[name], **more})
    rest = dump_rest(sample)
    again = load_sample(dump_messages(sample.messages), rest)
    assert again == Sample(
        sample.messages,
        kind=sample.kind,
        rejected=sample.rejected,
        answer_turns=sample.answer_turns,
        desirable=sample.desirable,
    )
    assert again.fingerprint == sample.fingerprint
    assert (rest == "") == (sample.kind == "chat")


@given(SHAPE, st.data())
def test_no_value_of_a_field_crashes_a_shape(name: str, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(RECORDS[name])))
    value = {**RECORDS[name], field: data.draw(strategies.JSON)}
    for kinds in (KINDS, dialects.CHAT):
        assert isinstance(dialects.read(value, Detection(name, 1.0), kinds=kinds), Sample | Fault)


def test_the_fingerprint_covers_all_that_is_learned() -> None:
    pairs = [RECORDS[name] for name in RECORDS if name.endswith("_preference")]
    assert len({sample_of(value).fingerprint for value in pairs}) == 1
    prints = {
        sample_of(value).fingerprint
        for value in (
            RECORDS["trl_preference"],
            {**RECORDS["trl_preference"], "rejected": [HELLO]},
            RECORDS["trl_kto"],
            {**RECORDS["trl_kto"], "label": False},
            RECORDS["trl_prompt_completion"],
            RECORDS["text"],
        )
    }
    assert len(prints) == 6


def test_a_caller_that_keeps_conversations_only_loses_nothing() -> None:
    for name, value in RECORDS.items():
        kind = dialects.DIALECTS[name].kind
        record = Record(1, 0, orjson.dumps(value).decode(), value)
        found = dialects.parse(record, dialects.detect([value]))
        if kind == "preference":
            assert isinstance(found, Rejected)
            assert found.code == "preference_pair"
        elif kind == "kto":
            assert isinstance(found, Sample)
            assert found.kind == "chat"
            assert found.extra.keys() & {"label", "kto_tag"}
        elif kind == "text":
            assert isinstance(found, Rejected)
            assert found.code == "unknown_fields"
        else:
            assert isinstance(found, Sample)


def test_a_pair_in_a_file_of_conversations_is_still_a_pair() -> None:
    detection = Detection("sharegpt", 1.0)
    found = dialects.read(RECORDS["sharegpt_preference"], detection, kinds=KINDS)
    assert isinstance(found, Sample)
    assert found.kind == "preference"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"prompt": [HI], "chosen": [], "rejected": [GO]}, "missing_answer"),
        ({"prompt": [], "chosen": [HELLO], "rejected": [GO]}, "missing_prompt"),
        ({"chosen": [HELLO], "rejected": [GO]}, "missing_prompt"),
        ({"chosen": "hello", "rejected": "go away"}, "preference_pair"),
        ({"prompt": "hi", "chosen": "hello", "rejected": ""}, "missing_answer"),
        ({"prompt": "hi", "chosen": "", "rejected": "go away"}, "missing_answer"),
        ({"prompt": "hi", "chosen": 1, "rejected": 2}, "preference_pair"),
        ({"prompt": [HI], "chosen": [HELLO]}, "missing_answer"),
        ({"prompt": "hi", "rejected": "go away"}, "missing_answer"),
        ({"input": {"messages": [HI]}, "preferred_output": [HELLO]}, "missing_answer"),
        ({"prompt": "hi", "rejected": True}, "unknown_fields"),
        ({"prompt": [HI], "chosen": [{"role": "x"}], "rejected": [GO]}, "unknown_role"),
        ({"input": 1, "preferred_output": [], "non_preferred_output": []}, "wrong_type"),
        ({"input": {}, "preferred_output": [], "non_preferred_output": []}, "wrong_type"),
        ({"text": 3}, "wrong_type"),
        ({"text": " "}, "missing_answer"),
        ({"text": "a question", "label": "a class"}, "unknown_fields"),
        ({"contents": 1}, "wrong_type"),
        ({"contents": [{"role": "who", "parts": []}]}, "unknown_role"),
        ({"contents": [{"role": "user", "parts": "x"}]}, "wrong_type"),
        ({"contents": [{"role": "user", "parts": [{"text": "x"}]}]}, "missing_answer"),
        ({"schemaVersion": "bedrock-conversation-2024", "messages": [HELLO]}, "wrong_type"),
    ],
)
def test_what_is_no_sample_says_why(value: dict[str, object], code: str) -> None:
    found = read(value)
    assert isinstance(found, Fault)
    assert found.code == code
    assert found.reason.endswith(".")


def test_half_a_pair_is_told_which_half_it_lacks() -> None:
    found = read({"prompt": [HI], "chosen": [HELLO], "rejected": None})
    assert isinstance(found, Fault)
    assert "'rejected' is missing" in found.reason


def test_answers_of_several_turns_and_prompts_of_many_are_kept_apart() -> None:
    call: object = {"role": "assistant", "content": "", "tool_calls": [{"id": "a"}]}
    turns: list[object] = [HI, HELLO, HI]
    value = {"chosen": [*turns, call, HELLO], "rejected": [*turns, GO]}
    sample = sample_of({**value})
    assert len(sample.prompt) == 3
    assert (len(sample.chosen), len(sample.rejected)) == (2, 1)
    assert dialects.DIALECTS["turns_preference"].write(sample) == value


def test_a_label_of_true_or_false_is_a_verdict_and_no_facet() -> None:
    sample = sample_of({**RECORDS["messages_kto"], "label": False, "source": "web"})
    assert sample.desirable is False
    assert sample.facets == Facets(source="web")
    worded = sample_of({**RECORDS["messages_kto"], "label": "true"})
    assert (worded.kind, worded.facets.label) == ("chat", "true")


def test_a_system_prompt_beside_the_messages_is_the_first_of_them() -> None:
    value: dict[str, object] = {"system": "Be brief.", "messages": [HI, HELLO], "id": 1}
    sample = sample_of(value)
    assert sample.messages == (Message("system", "Be brief."), ASK, SAY)
    assert dialects.DIALECTS["messages"].write(sample) == value
    edited = Sample((Message("system", "New."), ASK, SAY), extra=sample.extra)
    assert dialects.DIALECTS["messages"].write(edited)["system"] == "New."


def test_parts_that_are_no_text_survive() -> None:
    parts = [{"text": "look"}, {"inlineData": {"mimeType": "image/png", "data": ""}}]
    values: tuple[dict[str, object], ...] = (
        {**RECORDS["gemini"], "systemInstruction": {"parts": [{"text": "S"}]}},
        {"contents": [{"role": "user", "parts": parts}, {"role": "model", "parts": parts}]},
        {**RECORDS["bedrock_conversation"], "system": [{"text": "S"}, {"text": "T"}]},
    )
    for value in values:
        sample = sample_of(value)
        assert dialects.DIALECTS[sample.dialect].write(sample) == value
