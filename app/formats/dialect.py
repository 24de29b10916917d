"""What a dialect is, and the checks that all of them share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.formats.entries import Fault, whole
from app.formats.sample import Kind, Message, Sample

Value = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way to name the fields of a sample.

    Attributes:
        name: what `Sample.dialect` says.
        fields: the fields it is told by, for the sentence of a Rejected.
        shape: the columns in `Sample.extra` that only say how this dialect wrote the conversation.
        claims: whether a record is written in it.
        parse: a claimed record as a Sample, or why it cannot be one.
        write: a Sample as a record of this dialect; what parse read comes out the same.
        kind: the kind of the samples it gives.
        hoist: a column of `shape` whose tools are a column of their own to other dialects.
    """

    name: str
    fields: str
    shape: frozenset[str]
    claims: Callable[[Value], bool]
    parse: Callable[[Value], Sample | Fault]
    write: Callable[[Sample], dict[str, object]]
    kind: Kind = "chat"
    hoist: str = ""


def read_turns(
    turns: Iterable[object], read: Callable[[object], Message | Fault]
) -> list[Message] | Fault:
    """Every turn as a message, or what is wrong with the first that is none."""
    found: list[Message] = []
    for turn in turns:
        message = read(turn)
        if isinstance(message, Fault):
            return message
        found.append(message)
    return found


def missing(field: str) -> Fault:
    """The fault of a record without an answer."""
    return Fault("missing_answer", f"There is no answer: '{field}' is missing or empty.")


def wrong_type(field: str, wanted: str, cell: object) -> Fault:
    """The fault of a field that holds something else than it should."""
    return Fault("wrong_type", f"'{field}' should be {wanted}, not {_kind(cell)}.")


def unknown_role(role: object) -> Fault:
    """The fault of a turn by somebody unknown."""
    shown = f"'{whole(role[:60])}'" if isinstance(role, str) else _kind(role)
    return Fault("unknown_role", f"A turn has the unknown role {shown}.")


def has_answer(messages: Sequence[Message]) -> bool:
    """Whether the last turn of the assistant says or calls something."""
    last = next((message for message in reversed(messages) if message.role == "assistant"), None)
    if last is None:
        return False
    calls = last.extra.get("tool_calls") or last.extra.get("function_call")
    return bool(last.content.strip() or calls or last.extra.get("content"))


def _kind(cell: object) -> str:
    if cell is None:
        return "null"
    if isinstance(cell, bool):
        return "true or false"
    if isinstance(cell, str):
        return "a text"
    if isinstance(cell, list):
        return "a list"
    return "an object" if isinstance(cell, dict) else "a number"
