"""Anthropic's preference pairs: two transcripts of Human and Assistant that begin alike."""

import re

from app.formats import columns, preference, turn_lists
from app.formats.dialect import Dialect, Value
from app.formats.entries import Fault
from app.formats.sample import Message, Role, Sample

_SIDES = ("chosen", "rejected")
_TURN = re.compile(r"\n\n(Human|Assistant):")
_ROLES: dict[str, Role] = {"Human": "user", "Assistant": "assistant"}
_NAMES = {"user": "Human", "assistant": "Assistant"}


def claims(value: Value) -> bool:
    """Whether both sides are texts that begin with a turn."""
    return all(isinstance(value.get(side), str) for side in _SIDES) and all(
        _TURN.match(str(value[side])) for side in _SIDES
    )


def parse(value: Value) -> Sample | Fault:
    """Read a record; what both transcripts begin with is the prompt."""
    sides = [_read(str(value[side])) for side in _SIDES]
    sample = turn_lists.of(value, (), columns.others(value, _SIDES))
    return preference.parted(sample, (sides[0], sides[1]), "transcript_preference")


def write(sample: Sample) -> dict[str, object]:
    """The sample as two transcripts."""
    sides = zip(_SIDES, (sample.chosen, sample.rejected), strict=True)
    written = {name: _text((*sample.prompt, *side)) for name, side in sides}
    return {**written, **columns.others(sample.extra, _SIDES)}


def _read(text: str) -> tuple[Message, ...]:
    _, *found = _TURN.split(text)
    turns = zip(found[::2], found[1::2], strict=True)
    return tuple(_message(_ROLES[name], said) for name, said in turns)


def _message(role: Role, said: str) -> Message:
    """A turn; one that was not written after one space says so."""
    if said.startswith(" "):
        return Message(role, said[1:])
    return Message(role, said, {"from": "unspaced"})


def _text(turns: tuple[Message, ...]) -> str:
    return "".join(
        f"\n\n{_NAMES.get(one.role, 'Human')}:{_space(one)}{one.content}" for one in turns
    )


def _space(message: Message) -> str:
    return "" if message.extra.get("from") == "unspaced" else " "


DIALECT = Dialect(
    "transcript_preference",
    "chosen + rejected as transcripts",
    frozenset(),
    claims,
    parse,
    write,
    kind="preference",
)
