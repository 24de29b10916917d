"""The keyboard: one table for the script, the "?" sheet, the hints on buttons and the tests.

An act with a control on the page (`data-act="approve"`) clicks that control; the
board listens for the acts of its cursor. A person may give every row another key
(WCAG 2.1.4): while a page is rendered, the table is theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson

from app.errors import InvalidError

EVERYWHERE = "Everywhere"
BOARD = "Board"
SAMPLES = "Samples and review"
LIST = "List of samples"
EDIT = "Edit of a sample"

PAGES = {EVERYWHERE: "", BOARD: "board", SAMPLES: "samples", LIST: "list", EDIT: "edit"}
"""Where a key works, and the `data-keys` of the page's frame that says so; "" is every page."""
TOGETHER = ((SAMPLES, LIST),)
"""Places that are on one page."""


class KeysError(InvalidError):
    """This is no set of keys that one can work with."""

    code = "keys"


@dataclass(frozen=True, slots=True)
class Key:
    """One key or chord: `Shift+Z`; letters and signs are those of `KeyboardEvent.key`.

    Digits are meant as they lie on the keyboard, with Shift too: what is printed there differs.
    `usual` is the key that the table has for it, where a person chose another.
    """

    where: str
    key: str
    act: str
    does: str
    usual: str = ""

    @property
    def id(self) -> str:
        """What a person's choice is kept under: the place, and the usual key there."""
        return f"{PAGES[self.where]}:{self.usual or self.key}"


TABLE = (
    Key(EVERYWHERE, "/", "search", "search the samples"),
    Key(EVERYWHERE, "Mod+K", "search", "search the samples"),
    Key(EVERYWHERE, "?", "keys", "show the keys"),
    Key(EVERYWHERE, "Escape", "close", "close what is open, clear the selection"),
    Key(EVERYWHERE, "Z", "undo", "undo the last decision"),
    Key(EVERYWHERE, "Shift+Z", "redo", "do it again"),
    Key(BOARD, "ArrowLeft", "left", "previous cell of the ring"),
    Key(BOARD, "ArrowRight", "right", "next cell of the ring"),
    Key(BOARD, "ArrowUp", "outward", "one ring outward, to the rarer"),
    Key(BOARD, "ArrowDown", "inward", "one ring inward, to the typical"),
    Key(BOARD, "R", "next-over", "next over-dense cell"),
    Key(BOARD, "Shift+R", "previous-over", "previous over-dense cell"),
    Key(BOARD, "G", "next-gap", "next gap"),
    Key(BOARD, "Shift+G", "previous-gap", "previous gap"),
    Key(BOARD, "Enter", "list", "list the samples of the cell"),
    Key(BOARD, "V", "review-cell", "review the samples of the cell"),
    Key(BOARD, "+", "zoom-in", "zoom into the slice of the cell"),
    Key(BOARD, "-", "zoom-out", "back to the whole board"),
    Key(BOARD, "0", "zoom-out", "back to the whole board"),
    Key(BOARD, "L", "lasso", "select darts by drawing round them; Shift adds, Alt takes away"),
    Key(BOARD, "B", "box", "select darts with a box"),
    Key(BOARD, "Y", "colour", "colour the darts by something else"),
    Key(BOARD, "C", "compare", "compare with a version, a split or another data set"),
    Key(BOARD, "T", "trim", "trim the over-dense cell: shows what would go first"),
    Key(BOARD, "W", "write", "write for the gap: shows what is asked for and not covered"),
    Key(SAMPLES, "A", "approve", "approve"),
    Key(SAMPLES, "X", "reject", "reject"),
    Key(SAMPLES, "N", "needs_work", "needs work"),
    Key(SAMPLES, "F", "flag", "flag, or take the flag away"),
    Key(SAMPLES, "E", "edit", "edit the text"),
    Key(SAMPLES, "M", "note", "write a note; Ctrl Enter adds it"),
    Key(
        SAMPLES,
        "Shift+X",
        "reason",
        "write a reason; Ctrl Enter rejects with it, Ctrl Shift Enter: needs work",
    ),
    Key(SAMPLES, "[", "worse", "quality down"),
    Key(SAMPLES, "]", "better", "quality up"),
    Key(SAMPLES, "Y", "accept", "accept the suggested label"),
    Key(SAMPLES, "Delete", "trash", "move to the trash"),
    *(Key(SAMPLES, str(n), f"label-{n}", f"label {n}") for n in range(1, 10)),
    *(Key(SAMPLES, f"Shift+{n}", f"label-1{n}", f"label 1{n}") for n in range(1, 10)),
    Key(SAMPLES, " ", "skip", "skip: next without deciding"),
    Key(SAMPLES, "S", "similar", "what is most like it"),
    Key(SAMPLES, "J", "next", "next sample"),
    Key(SAMPLES, "K", "previous", "previous sample"),
    Key(SAMPLES, "Backspace", "undo", "undo the last decision"),
    Key(LIST, "ArrowDown", "next", "next row"),
    Key(LIST, "ArrowUp", "previous", "previous row"),
    Key(LIST, "T", "tick", "tick the row"),
    Key(EDIT, "Mod+Enter", "save", "save; in the queue, and go on"),
    Key(EDIT, "Mod+Shift+Enter", "save-approve", "save, approve and go on"),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose: single keys off or on, and other keys for some rows ("" for none)."""

    off: bool = False
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def table(self) -> tuple[Key, ...]:
        """The table with their keys."""
        own = dict(self.keys)
        rows = (
            replace(row, key=own[row.id], usual=row.key) if row.id in own else row for row in TABLE
        )
        return tuple(row for row in rows if row.key)

    def written(self) -> str:
        """As `read` reads it; "" for the usual keys."""
        if self == Chosen():
            return ""
        return orjson.dumps({"off": self.off, "keys": dict(self.keys)}).decode()


def read(text: str) -> Chosen:
    """What a person chose, as it was kept; rows that there are no more are left out."""
    if not text:
        return Chosen()
    told = orjson.loads(text)
    known = {row.id for row in TABLE}
    keys = {name: key for name, key in told["keys"].items() if name in known}
    return Chosen(bool(told["off"]), tuple(sorted(keys.items())))


def choose(wanted: Mapping[str, str], *, off: bool) -> Chosen:
    """The choice of a form: for every row the key that is wanted, "" for none.

    Raises:
        KeysError: a key cannot be one, or two acts of one page would share it.
    """
    usual = {row.id: row.key for row in TABLE}
    tidy = {name: tidied(key) for name, key in wanted.items() if name in usual}
    own = {name: key for name, key in tidy.items() if usual[name] != key}
    chosen = Chosen(off, tuple(sorted(own.items())))
    for one, other in clashes(chosen.table):
        raise KeysError(f"{' '.join(shown(one.key))} would both {one.does} and {other.does}.")
    return chosen


def tidied(key: str) -> str:
    """A key as the table has it: "shift+z" -> "Shift+Z"; the space bar is "Space" in a form."""
    text = key.strip() if key != " " else key
    if text.lower() == "space":
        return " "
    if len(text) <= 1:
        return text.upper()
    *chords, last = [*text[:-2].split("+"), "+"] if text.endswith("++") else text.split("+")
    parts = [chord.strip().capitalize() for chord in chords]
    if not set(parts) <= {"Shift", "Mod"} or not last:
        raise KeysError(f"{text[:40]!r} is no key: a letter or a sign, with Shift+ or Mod+ before.")
    if len(last) > 1 and last not in _NAMED:
        raise KeysError(f"There is no key {last[:40]!r}.")
    return "+".join([*parts, last.upper() if len(last) == 1 else last])


def clashes(table: Sequence[Key]) -> list[tuple[Key, Key]]:
    """Rows that share a key on one page and do different things."""
    return [
        (one, other)
        for at, one in enumerate(table)
        for other in table[at + 1 :]
        if one.key == other.key and one.act != other.act and _meet(one.where, other.where)
    ]


def _meet(one: str, other: str) -> bool:
    return (
        one == other or EVERYWHERE in (one, other) or any({one, other} == {*it} for it in TOGETHER)
    )


_SIGNS = {
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Enter": "↵",
    "Escape": "Esc",
    "Delete": "Del",
    "Mod": "Ctrl",
    " ": "Space",
}
_NAMED = frozenset({
    "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Escape", "Backspace", "Delete",
    "Home", "End", "PageUp", "PageDown", *(f"F{number}" for number in range(1, 13)),
})  # fmt: skip

_worn: ContextVar[Chosen] = ContextVar("keys", default=Chosen())  # noqa: B039  frozen


@contextmanager
def worn(chosen: Chosen) -> Iterator[None]:
    """Pages that are rendered meanwhile show this person's keys."""
    token = _worn.set(chosen)
    try:
        yield
    finally:
        _worn.reset(token)


def shown(key: str) -> tuple[str, ...]:
    """The caps to print for a key: "Shift+Z" -> ("Shift", "Z")."""
    chords, plus = (key[:-2], ("+",)) if key.endswith("++") else (key, ())
    parts = chords.split("+") if len(chords) > 1 else [chords]  # "+" is a key too
    return tuple(_SIGNS.get(part, part) for part in (*parts, *plus))


def hint(act: str) -> str:
    """The first key of an act, as buttons print it; "" where a person has none for it."""
    return _hints(_worn.get()).get(act, "")


@lru_cache(maxsize=200)
def _hints(chosen: Chosen) -> Mapping[str, str]:
    """The hints by act: kept, for a page asks for a dozen of them."""
    return {row.act: "".join(map(_cap, shown(row.key))) for row in reversed(chosen.table)}


def sheet() -> list[tuple[str, list[dict[str, Any]]]]:
    """The table for people, by place."""
    table = _worn.get().table  # labels have their keys on their buttons
    return [
        (
            place,
            [
                {"shown": shown(row.key), "does": row.does}
                for row in table
                if row.where == place and not row.act.startswith("label-")
            ],
        )
        for place in PAGES
    ]


def script() -> list[dict[str, str]]:
    """The table for keys.js: where it works, the key, the act."""
    table = _worn.get().table
    return [{"where": PAGES[row.where], "key": row.key, "act": row.act} for row in table]


def are_off() -> bool:
    """Whether this person works without single keys."""
    return _worn.get().off


def fields(chosen: Chosen, typed: Mapping[str, str]) -> list[tuple[str, list[dict[str, str]]]]:
    """The table as a form shows it, by place: each row with its key, or with what was typed."""
    own = {**dict(chosen.keys), **typed}
    return [
        (
            place,
            [
                {"id": row.id, "does": row.does, "key": _typed(own.get(row.id, row.key))}
                for row in TABLE
                if row.where == place
            ],
        )
        for place in PAGES
    ]


def _typed(key: str) -> str:
    return "Space" if key == " " else key


def _cap(part: str) -> str:
    return {"Shift": "⇧", "Ctrl": "Ctrl "}.get(part, part)


GLOBALS: dict[str, Any] = {
    "key_hint": hint,
    "key_sheet": sheet,
    "key_table": script,
    "keys_off": are_off,
}
