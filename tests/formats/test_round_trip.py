"""What was not touched comes out as it went in, byte for byte."""

from collections.abc import Mapping

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats import dialects
from app.formats.entries import Record
from app.formats.exporters import EXPORTERS, Exporter
from app.formats.sample import KINDS, Sample, dump_messages, dump_rest, load_sample
from tests.formats import reading, strategies
from tests.formats.test_kinds import RECORDS

ANY = st.one_of(
    strategies.MESSAGES,
    strategies.ALPACA,
    strategies.SHAREGPT,
    strategies.PAIRS,
    st.sampled_from(sorted(RECORDS)).map(lambda name: RECORDS[name]),
)
# Spellings that a reader of JSON may lose.
ODD = st.sampled_from(
    [
        "1.0",
        "1e5",
        "1E+05",
        '1, "zz": 2.0',  # the same key twice
        "-0.0",
        "10000000000000000000000000001",
        "0.1000000000000000055511151231257827",
        '"\\u00e4\\/"',
        '{"b": 1, "a": [ ]}',
        "null",
    ]
)


def through(name: str, line: str) -> bytes:
    """Import a line, store it, and export it."""
    (entry,) = reading.entries(line.encode())
    assert isinstance(entry, Record)
    detection = dialects.detect([entry.value], kinds=KINDS)
    sample = dialects.parse(entry, detection, kinds=KINDS)
    assert isinstance(sample, Sample), sample
    kept = load_sample(dump_messages(sample.messages), dump_rest(sample))
    extra = orjson.loads(orjson.dumps(dict(sample.extra)))
    stored = Sample(
        kept.messages,
        extra=extra,
        dialect=sample.dialect,
        kind=kept.kind,
        rejected=kept.rejected,
        answer_turns=kept.answer_turns,
        desirable=kept.desirable,
    )
    return written(EXPORTERS[name], stored, entry.raw)


def written(exporter: Exporter, sample: Sample, raw: str) -> bytes:
    line = exporter.line(sample, raw)
    assert isinstance(line, bytes), line
    return line


def with_odd(value: dict[str, object], odd: str) -> str:
    return orjson.dumps(value).decode()[:-1] + f', "zz" : {odd}}}'


@given(ANY, ODD)
def test_every_dialect_comes_out_as_it_went_in(value: dict[str, object], odd: str) -> None:
    line = with_odd(value, odd)
    assert through("as-imported", line) == line.encode() + b"\n"


NATIVE: Mapping[str, dict[str, object]] = {
    "openai-chat": {
        "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    },
    "openai-dpo": RECORDS["openai_dpo"],
    "sharegpt": {
        "conversations": [{"from": "human", "value": "a"}, {"from": "chatgpt", "value": "b"}]
    },
    "alpaca": {"instruction": "a", "input": "b", "output": "c"},
}


@pytest.mark.parametrize("name", NATIVE)
@given(odd=ODD)
def test_a_generic_file_keeps_the_spelling_of_its_own_dialect(name: str, odd: str) -> None:
    line = with_odd(NATIVE[name], odd)
    assert through(name, line) == line.encode() + b"\n"


EXACT: Mapping[str, dict[str, object]] = {
    "trl-preference": RECORDS["trl_preference"],
    "trl-kto": RECORDS["trl_kto"],
    "trl-text": RECORDS["text"],
    "trl-prompt-completion": RECORDS["trl_prompt_completion"],
    "gemini": RECORDS["gemini"],
    "bedrock-conversation": RECORDS["bedrock_conversation"],
    "bedrock-anthropic": {"system": "S", **NATIVE["openai-chat"]},
    "fireworks": NATIVE["openai-chat"],
    "together": NATIVE["openai-chat"],
    "axolotl-chat": NATIVE["openai-chat"],
}


@pytest.mark.parametrize("name", EXACT)
def test_a_trainers_own_line_comes_out_in_its_own_spelling(name: str) -> None:
    line = orjson.dumps(EXACT[name], option=orjson.OPT_SORT_KEYS).decode().replace(":", ": ")
    assert through(name, line) == line.encode() + b"\n"


def test_an_edited_sample_is_written_anew() -> None:
    (sample,) = reading.samples(b'{"prompt": "a", "completion": "b", "n": 1e0}')
    again = written(EXPORTERS["as-imported"], sample, "")
    assert again == b'{"prompt":"a","completion":"b","n":1.0}\n'


def test_a_record_over_several_lines_becomes_one() -> None:
    data = b'[{\r\n  "prompt": "a",\n  "completion": "b"}]'
    (entry,) = reading.entries(data)
    assert isinstance(entry, Record)
    (sample,) = reading.samples(data)
    line = written(EXPORTERS["as-imported"], sample, entry.raw)
    assert line.count(b"\n") == 1
    assert orjson.loads(line) == entry.value


def test_plain_text_is_not_taken_for_its_own_record() -> None:
    (entry,) = reading.entries(b"just words\n")
    assert isinstance(entry, Record)
    sample = dialects.parse(entry, dialects.detect([entry.value], kinds=KINDS), kinds=KINDS)
    assert isinstance(sample, Sample)
    line = written(EXPORTERS["as-imported"], sample, entry.raw)
    assert line == b'{"text":"just words"}\n'
