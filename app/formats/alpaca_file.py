"""Alpaca files as LLaMA-Factory and others read them: one object a line."""

from itertools import cycle

import orjson

from app.formats import alpaca, columns, dialects, rules
from app.formats.rules import Rule, Violation
from app.formats.sample import Message, Sample

TURNS = Rule(
    "alpaca.turns",
    "After an optional system message, user and assistant take turns; the assistant is last.",
)
OUTPUT = Rule("alpaca.output", "The last answer is a text that is not empty.")
PLAIN = Rule("alpaca.plain", "Messages are plain text: no tool calls, parts, names or weights.")
RULES = (TURNS, OUTPUT, PLAIN)

# Only how the source spelled what is written anyway.
_SPELLING = frozenset(("from", "role"))


def write(sample: Sample) -> bytes:
    """The sample as one line; only for samples without a violation."""
    dialect = dialects.DIALECTS.get(sample.dialect)
    record = alpaca.write(sample)
    if dialect and dialect.name != "alpaca":
        record = columns.others(record, dialect.shape - alpaca.FIELDS)
    return orjson.dumps(record) + b"\n"


def check(sample: Sample) -> tuple[Violation, ...]:
    """The rules that the sample breaks."""
    return rules.broken(sample, _CHECKS)


def check_file(rows: int, size: int) -> tuple[Violation, ...]:  # noqa: ARG001 - no limits known
    """No limit on rows or size is known."""
    return ()


def _spoken(sample: Sample) -> tuple[Message, ...]:
    starts_with_system = bool(sample.messages) and sample.messages[0].role == "system"
    return sample.messages[1:] if starts_with_system else sample.messages


def _turns(sample: Sample) -> str:
    spoken = _spoken(sample)
    if not spoken or len(spoken) % 2:
        return "The messages are not pairs of user and assistant."
    pairs = zip(spoken, cycle(("user", "assistant")), strict=False)
    wrong = next((message.role for message, role in pairs if message.role != role), "")
    return f"A message by {wrong} stands where the other should speak." if wrong else ""


def _output(sample: Sample) -> str:
    last = sample.messages[-1].content if sample.messages else ""
    return "" if last.strip() else "The last answer is empty."


def _plain(sample: Sample) -> str:
    for at, message in enumerate(sample.messages, 1):
        more = sorted(message.extra.keys() - _SPELLING)
        if more:
            return f"Message {at} has {', '.join(more)}, which Alpaca cannot say."
    return ""


_CHECKS: tuple[tuple[Rule, rules.Check], ...] = (
    (TURNS, _turns),
    (OUTPUT, _output),
    (PLAIN, _plain),
)
