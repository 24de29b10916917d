"""The bare input of a record, for a reference file: its answer is not needed and not looked at."""

from collections.abc import Mapping, Sequence

from app.formats import dialects
from app.formats.dialects import Detection
from app.formats.entries import Fault, Record, reject
from app.formats.sample import KINDS, Rejected

FIELDS = ("prompt", "input", "question", "query", "text", "instruction", "message", "user")


def read(record: Record, *, named: Sequence[str] = ()) -> str | Rejected:
    """The text of a record's input: of its conversation, or of the first field that names one.

    `named` are fields that somebody said hold it; they come before all others.
    """
    found = _first(record.value, named) or _bare(record.value)
    if found is not None:
        return found
    sample = dialects.parse(record, Detection("", 0.0), kinds=KINDS)
    if isinstance(sample, Rejected):
        fields = ", ".join(FIELDS)
        fault = Fault("no_input", f"No input: looked for a conversation and for {fields}.")
        return reject(record.line, record.offset, fault, record.raw)
    return sample.input_text


def _bare(value: Mapping[str, object]) -> str | None:
    instruction, more = value.get("instruction"), value.get("input")
    if isinstance(instruction, str) and instruction.strip():
        return f"{instruction}\n\n{more}" if isinstance(more, str) and more else instruction
    return _first(value, FIELDS) or _asked_in_chat(value.get("messages"))


def _first(value: Mapping[str, object], names: Sequence[str]) -> str | None:
    cells = (value.get(name) for name in names)
    return next((text for text in cells if isinstance(text, str) and text.strip()), None)


def _asked_in_chat(messages: object) -> str | None:
    """The user turns of a conversation that may lack its answer."""
    if not isinstance(messages, list):
        return None
    turns = [turn for turn in messages if isinstance(turn, dict) and turn.get("role") == "user"]
    texts = [turn["content"] for turn in turns if isinstance(turn.get("content"), str)]
    return "\n".join(texts) or None
