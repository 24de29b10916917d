"""What a sample's events make of it: state = fold(events). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.errors import ConflictError


class BrokenHistoryError(ConflictError):
    """An event says that it changed something that was not so."""


@dataclass(frozen=True, slots=True)
class State:
    """All of a sample that people may change; the defaults are how it arrives.

    `revision` is the number of the text it shows, `quality` 1 to 5 or 0 while nobody
    rated it, `marks` the labels of which a sample may have several, as `marks_of` reads them.
    """

    status: str = "pending"
    label: str = ""
    revision: int = 1
    origin: str = "unknown"
    deleted: bool = False
    flagged: bool = False
    quality: int = 0
    marks: str = ""

    def part(self, names: Iterable[str]) -> dict[str, Any]:
        """Some of it, by name."""
        return {name: getattr(self, name) for name in names}

    def after(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """What of a change is really new; its `mark` comes to the marks, its `unmark` goes."""
        wanted = dict(change)
        comes, goes = wanted.pop("mark", ""), wanted.pop("unmark", "")
        if comes or goes:
            present = marks_of(wanted.get("marks", self.marks))
            wanted["marks"] = written({*present, comes} - {goes, ""})
        return {name: value for name, value in wanted.items() if getattr(self, name) != value}


def marks_of(text: str) -> tuple[str, ...]:
    """The marks of a sample, in order: "|billing|refund|" -> ("billing", "refund")."""
    return tuple(part for part in text.split("|") if part)


def written(marks: Iterable[str]) -> str:
    """Marks as marks_of reads them: each once, in order."""
    found = sorted(set(marks))
    return f"|{'|'.join(found)}|" if found else ""


def fold(bodies: Iterable[Mapping[str, Any]], start: State) -> State:
    """The state after events, oldest first; each body says {"from": {...}, "to": {...}}.

    Raises:
        BrokenHistoryError: what an event says was there, was not.
    """
    state = start
    for body in bodies:
        told, found = dict(body.get("from", {})), asdict(state)
        if any(found[name] != value for name, value in told.items()):
            raise BrokenHistoryError(f"{told} is not part of {found}.")
        state = replace(state, **body.get("to", {}))
    return state


def merged(bodies: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was before and after several events of one sample, oldest first."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for body in bodies:
        before = {**body["from"], **before}
        after |= body["to"]
    return before, after
