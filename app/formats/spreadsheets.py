"""Tables for spreadsheet programs, in which no cell can become a formula (T15).

A cell that begins like a formula gets an apostrophe before it: that is how a spreadsheet is told
that a cell is text. Whoever reads the file with a program finds the apostrophe in the value, which
is why samples leave as JSON Lines and only reports as CSV.
"""

from collections.abc import Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The same signs as East Asian keyboards write them; some programs read them alike."""


def row(cells: Sequence[object]) -> str:
    """One line of a CSV file, every cell quoted; None is an empty cell."""
    return ",".join(_quote("" if cell is None else cell) for cell in cells) + "\r\n"


def _quote(cell: object) -> str:
    is_number = isinstance(cell, int | float)
    text = str(cell) if is_number else _harmless(str(cell))
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _harmless(text: str) -> str:
    # Programs strip blanks and invisible signs before they look for a formula.
    seen = text.lstrip(" \n\u00a0\u200b\ufeff\x00")
    begins = seen.startswith((*_FORMULA, *_FULL_WIDTH)) or text.startswith(_FORMULA)
    return f"'{text}" if begins else text
