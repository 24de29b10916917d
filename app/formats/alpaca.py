"""Alpaca: instruction, input, output, and the turns before them as history."""

from collections.abc import Mapping

from app.formats import columns
from app.formats.dialect import Dialect, Value, missing, wrong_type
from app.formats.entries import Fault
from app.formats.sample import Message, Rest, Sample, Turns

# Columns that say how the conversation was written; they stay in `extra`, so
# that an untouched sample comes out as it went in.
SHAPE = frozenset(("input", "system", "history"))
FIELDS = frozenset(("instruction", "output")) | SHAPE
_FOREIGN: Mapping[str, object] = {"input": ""}
"""How a conversation is written that came in another dialect."""


def claims(value: Value) -> bool:
    """Whether the record has an instruction."""
    return "instruction" in value


def parse(value: Value) -> Sample | Fault:
    """Read a record; the user says instruction, blank line, input."""
    for name, wanted in (("instruction", "a text"), ("output", "a text")):
        cell = value.get(name)
        if cell is not None and not isinstance(cell, str):
            return wrong_type(name, wanted, cell)
    fault = _fault_of_shape(value)
    if fault:
        return fault
    instruction, answer = value["instruction"], value.get("output")
    if not isinstance(instruction, str):
        return wrong_type("instruction", "a text", instruction)
    if not isinstance(answer, str) or not answer.strip():
        return missing("output")
    system, more, history = value.get("system"), value.get("input"), value.get("history")
    messages = [Message("system", str(system))] if system else []
    for asked, answered in history if isinstance(history, list) else ():
        messages += (Message("user", asked), Message("assistant", answered))
    messages += (Message("user", _joined(instruction, more)), Message("assistant", answer))
    return Sample(
        messages=tuple(messages),
        facets=columns.facets_of(value),
        external_id=columns.external_id_of(value),
        extra=columns.others(value, ("instruction", "output")),
        dialect="alpaca",
    )


def write(sample: Sample) -> dict[str, object]:
    """The sample as a record; the last two turns are instruction and output."""
    said = [message.content for message in sample.messages]
    starts = bool(said) and sample.messages[0].role == "system"
    shape = sample.extra if sample.dialect == "alpaca" else _FOREIGN
    return _written(said.pop(0) if starts else None, said, shape, sample.extra)


def write_bare(turns: Turns, _rest: Rest, extra: Mapping[str, object]) -> dict[str, object]:
    """The same for turns of role and text alone that came in another dialect."""
    return _of_turns(turns, _FOREIGN, extra)


def write_bare_native(turns: Turns, _rest: Rest, extra: Mapping[str, object]) -> dict[str, object]:
    """The same for turns of role and text alone that came in this one."""
    return _of_turns(turns, extra, extra)


def _of_turns(
    turns: Turns, shape: Mapping[str, object], extra: Mapping[str, object]
) -> dict[str, object]:
    said = [str(turn["content"]) for turn in turns]
    starts = turns[0]["role"] == "system"
    return _written(said.pop(0) if starts else None, said, shape, extra)


def _written(
    system: str | None, said: list[str], shape: Mapping[str, object], extra: Mapping[str, object]
) -> dict[str, object]:
    *earlier, asked, answered = said
    instruction, more = _parted(asked, shape.get("input"))
    record: dict[str, object] = {"instruction": instruction}
    if "input" in shape:
        record["input"] = more
    record["output"] = answered
    _place(record, "system", system, shape)
    pairs = zip(earlier[::2], earlier[1::2], strict=True)
    _place(record, "history", [list(pair) for pair in pairs], shape)
    return {**record, **columns.others(extra, FIELDS)}


def _place(record: dict[str, object], name: str, cell: object, shape: Mapping[str, object]) -> None:
    """Write the cell when it holds something, else what the source wrote for nothing."""
    if cell:
        record[name] = cell
    elif name in shape:
        record[name] = None if shape[name] is None else type(shape[name])()


def _joined(instruction: str, more: object) -> str:
    if not more:
        return instruction
    return f"{instruction}\n\n{more}" if instruction else str(more)


def _parted(text: str, more: object) -> tuple[str, object]:
    """Undo _joined, as long as the text still ends with the input that it came with."""
    if not isinstance(more, str) or not more:
        return text, more
    if text == more:
        return "", more
    tail = f"\n\n{more}"
    return (text.removesuffix(tail), more) if text.endswith(tail) else (text, "")


def _fault_of_shape(value: Value) -> Fault | None:
    for name in ("input", "system"):
        cell = value.get(name)
        if cell is not None and not isinstance(cell, str):
            return wrong_type(name, "a text", cell)
    history = value.get("history")
    if (
        history is None
        or history == ""
        or (isinstance(history, list) and all(map(_is_turn, history)))
    ):
        return None
    return wrong_type("history", "a list of pairs of texts", history)


def _is_turn(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)


DIALECT = Dialect("alpaca", "instruction + output", SHAPE, claims, parse, write)
