"""What a container gives, entry by entry, before anybody asks what its fields mean."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import InvalidError
from app.formats.sample import Rejected

SHOWN_CHARACTERS = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may hold; each limit has its own error code.

    `logical_bytes` are counted as they come out of decompression; `expansion`
    is how many times larger than its file they may grow, once past
    `expansion_from` bytes (text that really repeats itself is allowed up to there).
    """

    line_bytes: int = 8 * 1024**2
    string_characters: int = 4 * 1024**2
    depth: int = 64
    keys: int = 1000
    columns: int = 500
    rows: int = 20_000_000
    logical_bytes: int = 20 * 1024**3
    expansion: int = 200
    expansion_from: int = 256 * 1024**2


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Record:
    """One readable object of a file.

    Attributes:
        line: 1-based line in the decoded file where it starts (row number in Parquet).
        offset: byte offset of that place in the decoded file, -1 in Parquet.
        raw: its own text as written (for CSV and Parquet the row as canonical JSON).
        value: what the text says; half surrogates became U+FFFD here, not in `raw`.
    """

    line: int
    offset: int
    raw: str
    value: dict[str, object]


@dataclass(frozen=True, slots=True)
class Blank:
    """A line with nothing on it."""

    line: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record cannot be used: a stable code and a sentence."""

    code: str
    reason: str


Entry = Record | Rejected | Blank


class UnreadableFileError(InvalidError):
    """This file cannot be read as data."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DamagedFileError(UnreadableFileError):
    """The file breaks off or is damaged; what came before it is good."""


def reject(line: int, offset: int, fault: Fault, text: str | bytes) -> Rejected:
    """The record as a Rejected that any database can store."""
    if isinstance(text, bytes):
        text = text[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")
    shown = text[:SHOWN_CHARACTERS].replace("\x00", "\ufffd")
    return Rejected(line, offset, fault.code, fault.reason, whole(shown))


def whole(text: str) -> str:
    """The text with every half surrogate replaced by U+FFFD; pairs become one character."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def listed(names: Mapping[str, object]) -> str:
    """The names of the columns for a sentence: the first eight, quoted."""
    shown = ", ".join(f"'{whole(name[:40])}'" for name in list(names)[:8])
    return (shown + ", ..." if len(names) > 8 else shown) or "no fields at all"
