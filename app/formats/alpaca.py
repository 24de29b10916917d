"""Alpaca: instruction, input, output, and the turns before them as history."""

from collections.abc import Mapping

from app.formats import columns
from app.formats.dialect import Dialect, Value, missing, wrong_type
from app.formats.entries import Fault
from app.formats.sample import Message, Sample

# Columns that say how the conversation was written; they stay in `extra`, so
# that an untouched sample comes out as it went in.
SHAPE = frozenset(("input", "system", "history"))
FIELDS = frozenset(("instruction", "output")) | SHAPE


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
    native = sample.dialect == "alpaca"
    shape: Mapping[str, object] = sample.extra if native else {"input": ""}
    turns = list(sample.messages)
    system = turns.pop(0).content if turns and turns[0].role == "system" else None
    *earlier, asked, answered = turns
    instruction, more = _parted(asked.content, shape.get("input"))
    history = [
        [user.content, reply.content]
        for user, reply in zip(earlier[::2], earlier[1::2], strict=True)
    ]
    record: dict[str, object] = {"instruction": instruction}
    if "input" in shape:
        record["input"] = more
    record["output"] = answered.content
    _place(record, "system", system, shape)
    _place(record, "history", history, shape)
    return {**record, **columns.others(sample.extra, FIELDS)}


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
