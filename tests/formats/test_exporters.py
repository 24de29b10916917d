from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats import chat, dialects, exporters, outlines
from app.formats.entries import Record
from app.formats.exporters import EXPORTERS
from app.formats.rules import Violation
from app.formats.sample import KINDS, Kind, Message, Sample, Turns, dump_messages, dump_rest
from tests import shared_data
from tests.formats import reading, strategies
from tests.formats.test_kinds import RECORDS

USER = Message("user", "hi")
SYSTEM = Message("system", "S")
SAY = Message("assistant", "hello")
CALL = Message("assistant", "", {"tool_calls": [{"id": "a", "type": "function"}]})
RESULT = Message("tool", "42", {"tool_call_id": "a"})
WEIGHED = Message("assistant", "hello", {"weight": 1})


def sample_of(value: dict[str, object]) -> Sample:
    record = Record(1, 0, orjson.dumps(value).decode(), value)
    sample = dialects.parse(record, dialects.detect([value]))
    assert isinstance(sample, Sample), sample
    return sample


def broken(name: str, *messages: Message) -> list[str]:
    found = EXPORTERS[name].check(Sample(messages))
    return [violation.rule_id.removeprefix(f"{name}.") for violation in found]


@pytest.mark.parametrize(
    ("messages", "rules"),
    [
        ((SYSTEM, USER, SAY), []),
        ((USER, CALL, RESULT, SAY), []),
        ((USER, WEIGHED), []),
        ((USER, Message("assistant", "a", {"weight": 0}), USER, SAY), []),
        ((), ["assistant", "last"]),
        ((USER,), ["assistant", "last"]),
        ((USER, SAY, USER), ["last"]),
        ((USER, SYSTEM, SAY), ["system"]),
        ((SYSTEM, SYSTEM, SAY), ["system"]),
        ((Message("user", ""), SAY), ["content"]),
        ((USER, RESULT, SAY), ["tool_ids"]),
        ((USER, CALL, Message("tool", "42"), SAY), ["tool_ids"]),
        ((USER, RESULT, CALL), ["tool_ids"]),
        ((Message("user", "a", {"weight": 1}), SAY), ["weight"]),
        ((USER, Message("assistant", "a", {"weight": 0.5})), ["weight"]),
        ((USER, Message("assistant", "a", {"weight": True})), ["weight"]),
        ((USER, Message("assistant", "a", {"weight": 0})), ["assistant"]),
    ],
)
def test_openai_chat_names_the_rules_that_a_sample_breaks(
    messages: tuple[Message, ...], rules: list[str]
) -> None:
    assert broken("openai-chat", *messages) == rules


@pytest.mark.parametrize(
    ("messages", "rules"),
    [
        ((SYSTEM, USER, SAY), []),
        ((USER, SAY, USER, SAY), []),
        ((USER, Message("assistant", "a", {"from": "chatgpt"})), []),
        ((), ["turns", "output"]),
        ((USER,), ["turns"]),
        ((USER, USER), ["turns"]),
        ((SAY, USER), ["turns"]),
        ((USER, SYSTEM), ["turns"]),
        ((USER, Message("assistant", " ")), ["output"]),
        ((USER, WEIGHED), []),
        ((USER, Message("assistant", "a", {"weight": 0})), ["plain"]),
        ((USER, CALL, RESULT, SAY), ["turns", "plain"]),
    ],
)
def test_alpaca_names_the_rules_that_a_sample_breaks(
    messages: tuple[Message, ...], rules: list[str]
) -> None:
    assert broken("alpaca", *messages) == rules


def test_openai_wants_ten_lines() -> None:
    check = EXPORTERS["openai-chat"].check_file
    assert [one.rule_id for one in check(9, 1000)] == ["openai-chat.min_rows"]
    assert check(10, 1000) == ()
    assert EXPORTERS["alpaca"].check_file(1, 10) == ()


@pytest.mark.parametrize("exporter", EXPORTERS.values(), ids=lambda one: one.name)
def test_every_rule_is_named_for_its_exporter_and_dated(exporter: exporters.Exporter) -> None:
    ids = [rule.id for rule in exporter.rules]
    assert len(set(ids)) == len(ids)
    assert all(rule_id.startswith(f"{exporter.name}.") for rule_id in ids)
    assert all(len(rule.checked) == 10 and rule.sentence.endswith(".") for rule in exporter.rules)


@given(strategies.MESSAGES)
def test_messages_go_through_openai_chat_unchanged(value: dict[str, object]) -> None:
    assert orjson.loads(EXPORTERS["openai-chat"].write(sample_of(value))) == value


@given(strategies.ALPACA)
def test_alpaca_goes_through_alpaca_unchanged(value: dict[str, object]) -> None:
    assert orjson.loads(EXPORTERS["alpaca"].write(sample_of(value))) == value


ANY = st.one_of(strategies.MESSAGES, strategies.ALPACA, strategies.SHAREGPT, strategies.PAIRS)


@given(ANY)
def test_a_sample_that_passes_is_read_back_with_the_same_texts(value: dict[str, object]) -> None:
    sample = sample_of(value)
    kept = said_in(sample)
    for exporter in EXPORTERS.values():
        if exporter.check(sample) or exporter.name == "bedrock-rft":
            continue
        line = exporter.write(sample)
        assert line.endswith(b"}\n")
        assert line.count(b"\n") == 1
        assert said_in(read_back(line)) == kept, exporter.name


@given(ANY)
def test_a_bare_sample_breaks_nothing_that_is_only_asked_of_others(
    value: dict[str, object],
) -> None:
    sample = chat.plain(sample_of(value))
    bare = replace(
        sample,
        messages=tuple(Message(one.role, one.content) for one in sample.messages),
        extra={},
    )
    assert outlines.is_bare(bare) == all(one.role != "tool" for one in bare.messages)
    for exporter in EXPORTERS.values() if outlines.is_bare(bare) else ():
        for one in exporter.demands:
            beside = one.of_sample if one.looks == "beside" else None
            assert not (beside and beside(bare)), one.rule.id


@given(ANY, ANY, st.sampled_from(KINDS), st.booleans())
def test_what_is_remembered_of_samples_changes_no_line(
    value: dict[str, object], other: dict[str, object], kind: Kind, spaced: bool
) -> None:
    sample = sample_of(value)
    if kind != "chat":
        rejected = sample_of(other).messages[-1:] if kind == "preference" else ()
        sample = replace(sample, kind=kind, rejected=rejected, desirable=True)
    raw = orjson.dumps(value, option=orjson.OPT_INDENT_2 if spaced else 0).decode()
    turns, rest = orjson.loads(dump_messages(sample.messages)), dump_rest(sample)
    stored = (turns, orjson.loads(rest or "{}"), sample.extra, sample.dialect)
    for exporter in EXPORTERS.values():
        expected = plainly(exporter, sample, raw)
        for _ in range(2):  # an outline that passed is remembered
            assert exporter.line(sample, raw) == expected
        assert exporter.bare_line(*stored, raw) in (None, expected)
        assert not exporter.passes(*stored) or isinstance(expected, bytes)


@pytest.mark.parametrize("columns", [{}, {"id": 5, "parallel_tool_calls": False}, {"system": "S"}])
@pytest.mark.parametrize("name", RECORDS)
def test_what_is_stored_of_any_kind_gives_the_line_of_its_sample(
    name: str, columns: dict[str, object]
) -> None:
    value = RECORDS[name]
    read = dialects.read(value, dialects.detect([value], kinds=KINDS), kinds=KINDS)
    assert isinstance(read, Sample)
    found, raw = replace(read, extra={**read.extra, **columns}), orjson.dumps(value).decode()
    for sample in (found, replace(found, desirable=None), replace(found, rejected=found.chosen)):
        turns, rest = orjson.loads(dump_messages(sample.messages)), dump_rest(sample)
        stored = (turns, orjson.loads(rest or "{}"), sample.extra, sample.dialect)
        for exporter in EXPORTERS.values():
            expected = plainly(exporter, sample, raw)
            assert exporter.line(sample, raw) == expected
            assert exporter.bare_line(*stored, raw) in (None, expected)
            assert not exporter.passes(*stored) or isinstance(expected, bytes)


def test_a_turn_of_white_space_is_looked_at_though_its_outline_was_seen() -> None:
    alpaca = EXPORTERS["alpaca"]
    alpaca.line(Sample((USER, SAY)), "")
    turns: Turns = [USER.as_record(), {"role": "assistant", "content": " \n"}]
    assert alpaca.passes([USER.as_record(), SAY.as_record()], {}, {}, "messages")
    assert not alpaca.passes(turns, {}, {}, "messages")
    assert alpaca.bare_line(turns, {}, {}, "messages", "") is None


def plainly(
    exporter: exporters.Exporter, sample: Sample, raw: str
) -> bytes | tuple[Violation, ...]:
    """The line, or the rules that are broken, with every check asked and nothing remembered."""
    if sample.kind not in exporter.kinds:
        named = " or ".join(exporter.kinds)
        detail = f"This is a {sample.kind} sample, not {named}."
        return (Violation(f"{exporter.name}.kind", detail),)
    plain = chat.plain(sample)
    asked = ((one.rule, one.of_sample(plain)) for one in exporter.demands if one.of_sample)
    broken = tuple(Violation(rule.id, detail) for rule, detail in asked if detail)
    if broken:
        return broken
    native = exporter.native if exporter.dialect in (sample.dialect, "*") else None
    record = native(sample) if native else exporter.record(plain)
    own = exporter.dialect == sample.dialect and orjson.loads(raw) == record
    flat = raw.strip().replace("\r", " ").replace("\n", " ").encode()
    return (flat if own or exporter.dialect == "*" else orjson.dumps(record)) + b"\n"


def said_in(sample: Sample) -> list[tuple[str, str]]:
    """Who says what; a call of a tool is not a text in every dialect, nor a system prompt of ''."""
    texts = [(message.role, message.content) for message in chat.plain(sample).messages]
    return [(role, text) for role, text in texts if (role, text) != ("system", "")]


def read_back(line: bytes) -> Sample:
    value = orjson.loads(line)
    sample = dialects.read(value, dialects.detect([value], kinds=KINDS), kinds=KINDS)
    assert isinstance(sample, Sample), sample
    return sample


@given(ANY)
def test_every_sample_can_be_written_for_openai(value: dict[str, object]) -> None:
    line = EXPORTERS["openai-chat"].write(sample_of(value))
    assert line.count(b"\n") == 1
    roles = [message["role"] for message in orjson.loads(line)["messages"]]
    assert set(roles) <= {"system", "developer", "user", "assistant", "tool"}


def test_alpaca_becomes_messages_without_its_own_columns() -> None:
    value = {"instruction": "Add.", "input": "1, 2", "output": "3", "system": "S", "id": 5}
    assert orjson.loads(EXPORTERS["openai-chat"].write(sample_of(value))) == {
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "Add.\n\n1, 2"},
            {"role": "assistant", "content": "3"},
        ],
        "id": 5,
    }


def test_messages_become_alpaca_with_history() -> None:
    turns = [("system", "S"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]
    value = {"messages": [{"role": role, "content": text} for role, text in turns], "id": 5}
    assert orjson.loads(EXPORTERS["alpaca"].write(sample_of(value))) == {
        "instruction": "c",
        "input": "",
        "output": "d",
        "system": "S",
        "history": [["a", "b"]],
        "id": 5,
    }


def test_function_calls_of_sharegpt_become_tool_calls() -> None:
    call = '{"name": "add", "arguments": {"a": 1}}'
    turns = [("human", "hi"), ("function_call", call), ("observation", "3"), ("gpt", "3")]
    value: dict[str, object] = {
        "conversations": [{"from": role, "value": text} for role, text in turns],
        "tools": '[{"name": "add"}]',
    }
    sample = sample_of(value)
    assert EXPORTERS["openai-chat"].check(sample) == ()
    written = orjson.loads(EXPORTERS["openai-chat"].write(sample))
    function = {"name": "add", "arguments": '{"a":1}'}
    assert written == {
        "messages": [
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "tool_calls": [{"id": "call_1_0", "type": "function", "function": function}],
            },
            {"role": "tool", "content": "3", "tool_call_id": "call_1_0"},
            {"role": "assistant", "content": "3"},
        ],
        "tools": [{"type": "function", "function": {"name": "add"}}],
    }


def test_the_cookbook_file_breaks_no_format_rule() -> None:
    """The notebook that the file comes from reports no format errors either."""
    data = (shared_data.folder("openai_cookbook") / "toy_chat_fine_tuning.jsonl").read_bytes()
    assert [EXPORTERS["openai-chat"].check(sample) for sample in reading.samples(data)] == [()] * 5


def test_published_tool_conversations_pass_openai_chat() -> None:
    path = shared_data.folder("llamafactory_demo") / "glaive_toolcall_en_demo.json"
    found = reading.samples(path.read_bytes())
    assert sum(not EXPORTERS["openai-chat"].check(sample) for sample in found) == 300
