"""Tell a file by its first bytes, never by its name."""

import re
from collections.abc import Callable, Iterator

import orjson

from app.formats.entries import UnreadableFileError

BOM = b"\xef\xbb\xbf"

_SIGNATURES = (
    (b"PK\x03\x04", "zip", "a zip archive (or an Excel file); unpack it, or save the sheet as CSV"),
    (b"PK\x05\x06", "zip", "an empty zip archive"),
    (b"\x1f\x8b", "nested_compression", "compressed twice; unpack it once"),
    (b"\x28\xb5\x2f\xfd", "nested_compression", "compressed twice; unpack it once"),
    (b"BZh", "bzip2", "compressed with bzip2; use gzip or zstd"),
    (b"\xfd7zXZ\x00", "xz", "compressed with xz; use gzip or zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z", "a 7z archive; unpack it"),
    (b"Rar!", "rar", "a RAR archive; unpack it"),
    (b"%PDF-", "pdf", "a PDF document"),
    (b"SQLite format 3\x00", "sqlite", "a SQLite database"),
    (b"ARROW1", "arrow", "an Arrow file; save it as Parquet"),
    (b"\x93NUMPY", "numpy", "a NumPy array"),
    (b"\x89PNG", "image", "a picture"),
    (b"\xff\xd8\xff", "image", "a picture"),
    (b"GIF8", "image", "a picture"),
    (b"\xd0\xcf\x11\xe0", "office", "an old Office document; save the sheet as CSV"),
    (b"\x89HDF", "hdf5", "an HDF5 file"),
    (
        b"version https://git-lfs",
        "lfs_pointer",
        "a Git LFS pointer, not the data itself; fetch it with `git lfs pull`",
    ),
)
_HTML = re.compile(rb"<(!doctype|html|head|body|\?xml|script|!--)", re.IGNORECASE)
_INDENTED_NEXT = re.compile(rb'^[\s"}\],:]')


def refuse(head: bytes) -> None:
    """Raise UnreadableFileError for what is no data at all, saying what it is."""
    for signature, code, sentence in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableFileError(code, f"This is {sentence}.")
    if head[257:262] == b"ustar":
        raise UnreadableFileError("tar", "This is a tar archive; unpack it.")
    if _HTML.match(head.removeprefix(BOM).lstrip()):
        raise UnreadableFileError(
            "html_page", "This is a web page (HTML or XML), not data; download the raw file."
        )


def encoding_of(head: bytes) -> str:
    """`utf-8`, or one of the two `utf-16`, by the byte order mark or by where the zeros are."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise UnreadableFileError("utf32", "This is UTF-32 text; save it as UTF-8.")
    if head.startswith(b"\xff\xfe") or (head[1:2] == b"\x00" and head[3:4] == b"\x00"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff") or (head[:1] == b"\x00" and head[2:3] == b"\x00"):
        return "utf-16-be"
    return "utf-8"


def container_of(head: bytes, looks_tabular: Callable[[bytes], bool]) -> str:
    """`jsonl`, `json`, `csv` or `text`, for the first bytes of UTF-8 text without a mark."""
    text = head.lstrip()
    if not text:
        return "jsonl"
    if text[:1] == b"[":
        return "jsonl" if _is_list_line(text) else "json"
    if text[:1] == b"{":
        return "json" if _is_spread_out(text) else "jsonl"
    if any(line[:1] == b"{" and _value(line) is not None for line in _lines(text)):
        return "jsonl"
    if b"\x00" in head:
        raise UnreadableFileError("binary", "This is binary data, not text.")
    return "csv" if looks_tabular(head) else "text"


def _lines(text: bytes) -> Iterator[bytes]:
    return (line for line in map(bytes.strip, text.split(b"\n")[:50]) if line)


def _value(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _is_list_line(text: bytes) -> bool:
    """Whether the first line is a whole list of plain values and more lines follow."""
    lines = list(_lines(text))
    value = _value(lines[0]) if len(lines) > 1 else None
    return isinstance(value, list) and not any(isinstance(item, dict) for item in value)


def _is_spread_out(text: bytes) -> bool:
    """Whether the first object goes on over several lines, as a pretty-printed one does."""
    lines = [line for line in text.split(b"\n")[:50] if line.strip()]
    if len(lines) < 2 or not _is_open(lines[0]):
        return False
    return lines[0].rstrip()[-1:] in b"[:" or bool(_INDENTED_NEXT.match(lines[1]))


def _is_open(line: bytes) -> bool:
    bare = re.sub(rb'"(?:[^"\\]++|\\.)*+"', b"", line)
    opened = bare.count(b"{") + bare.count(b"[")
    return b'"' not in bare and opened > bare.count(b"}") + bare.count(b"]")
