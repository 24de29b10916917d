"""The keyboard: one table for the script, the "?" sheet, the hints on buttons and the tests.

An act with a control on the page (`data-act="approve"`) clicks that control; the
board listens for the acts of its cursor.
"""

from dataclasses import dataclass
from typing import Any

EVERYWHERE = "Everywhere"
BOARD = "Board"
SAMPLES = "Samples and review"
LIST = "List of samples"

PAGES = {EVERYWHERE: "", BOARD: "board", SAMPLES: "samples", LIST: "list"}
"""Where a key works, and the `data-keys` of the page's frame that says so; "" is every page."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key or chord: `Shift+Z`; letters and signs are those of `KeyboardEvent.key`."""

    where: str
    key: str
    act: str
    does: str


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
    Key(SAMPLES, " ", "skip", "skip: next without deciding"),
    Key(SAMPLES, "J", "next", "next sample"),
    Key(SAMPLES, "K", "previous", "previous sample"),
    Key(SAMPLES, "Backspace", "undo", "undo the last decision"),
    Key(LIST, "ArrowDown", "next", "next row"),
    Key(LIST, "ArrowUp", "previous", "previous row"),
    Key(LIST, "T", "tick", "tick the row"),
)

_SIGNS = {
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Enter": "↵",
    "Escape": "Esc",
    "Mod": "Ctrl",
    " ": "Space",
}


def shown(key: str) -> tuple[str, ...]:
    """The caps to print for a key: "Shift+Z" -> ("Shift", "Z")."""
    parts = key.split("+") if len(key) > 1 else [key]  # "+" is a key too
    return tuple(_SIGNS.get(part, part) for part in parts)


def hints() -> dict[str, str]:
    """For every act its first key, as buttons print it."""
    return {row.act: "".join(_cap(part) for part in shown(row.key)) for row in reversed(TABLE)}


def sheet() -> list[tuple[str, list[dict[str, Any]]]]:
    """The table for people, by place."""
    return [
        (
            place,
            [{"shown": shown(row.key), "does": row.does} for row in TABLE if row.where == place],
        )
        for place in PAGES
    ]


def script() -> list[dict[str, str]]:
    """The table for keys.js: where it works, the key, the act."""
    return [{"where": PAGES[row.where], "key": row.key, "act": row.act} for row in TABLE]


def _cap(part: str) -> str:
    return {"Shift": "⇧", "Ctrl": "Ctrl "}.get(part, part)


GLOBALS: dict[str, Any] = {"key_hints": hints(), "key_sheet": sheet(), "key_table": script()}
