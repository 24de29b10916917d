"""Any file in, entries out: what it is is told by its bytes, never by its name."""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.formats import (
    compression,
    json_values,
    jsonl,
    lines,
    parquet,
    plain_text,
    sniffing,
    tables,
)
from app.formats.entries import (
    DEFAULT,
    DamagedFileError,
    Entry,
    Fault,
    Limits,
    Record,
    UnreadableFileError,
    reject,
)

_HEAD_BYTES = 64 * 1024
_PACKED_PARQUET_BYTES = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file turned out to be, and its entries, read as they are asked for.

    Attributes:
        container: `jsonl`, `json`, `csv`, `parquet` or `text`.
        compression: `gzip`, `zstd` or nothing.
        entries: every record, bad record and blank line, in order, once.
    """

    container: str
    compression: str
    entries: Iterator[Entry]


def open_contents(stream: BinaryIO, *, limits: Limits = DEFAULT, skip: int = 0) -> Contents:
    """Tell what the stream holds, and read it lazily, without the first `skip` entries.

    Parquet needs a stream that can seek. Raises UnreadableFileError, here or
    from the entries, for a file that is no data, and for one over its limits.
    """
    first = stream.read(_HEAD_BYTES)
    packed = compression.name_of(first)
    if first.startswith(parquet.MAGIC):
        return _guarded("parquet", packed, parquet.read(stream, limits, skip), limits, skip)
    chunks = compression.chunks(stream, first, limits)
    head, chunks = _peek(chunks)
    if head.startswith(parquet.MAGIC):
        unpacked = _unpack(chunks)
        return _guarded("parquet", packed, parquet.read(unpacked, limits, skip), limits, skip)
    sniffing.refuse(head)
    encoding = sniffing.encoding_of(head)
    if encoding != "utf-8":
        head, chunks = _peek(lines.transcode(chunks, encoding))
    name, entries = _read_text(head, chunks, limits, skip)
    return _guarded(name, packed, entries, limits, skip)


def _peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes of the chunks, and all of the chunks; damage waits for its place."""
    taken: list[bytes] = []
    while sum(map(len, taken)) < _HEAD_BYTES:
        try:
            chunk = next(chunks, None)
        except DamagedFileError as error:
            return b"".join(taken), _broken(taken, error)
        if chunk is None:
            break
        taken.append(chunk)
    return b"".join(taken), itertools.chain(taken, chunks)


def _broken(taken: list[bytes], error: DamagedFileError) -> Iterator[bytes]:
    yield from taken
    raise error


def _unpack(chunks: Iterator[bytes]) -> BinaryIO:
    """Parquet inside gzip or zstd: it needs seeking, so it is held in memory, up to a limit."""
    memory = io.BytesIO()
    for chunk in chunks:
        memory.write(chunk)
        if memory.tell() > _PACKED_PARQUET_BYTES:
            raise UnreadableFileError(
                "packed_parquet", "This Parquet file is compressed as a whole; unpack it first."
            )
    return memory


def _read_text(
    head: bytes, chunks: Iterator[bytes], limits: Limits, skip: int
) -> tuple[str, Iterator[Entry]]:
    start = 0
    if head.startswith(sniffing.BOM):
        start = len(sniffing.BOM)
        head, chunks = head[start:], _without(start, chunks)
    sample = head[:_HEAD_BYTES]
    name = sniffing.container_of(sample, lambda text: bool(tables.delimiter_of(text)))
    if name == "jsonl":
        return name, jsonl.read(chunks, start, limits, skip)
    if name == "json":
        entries = json_values.read(chunks, start, limits)
    elif name == "csv":
        entries = tables.read(chunks, start, tables.delimiter_of(sample), limits)
    else:
        entries = plain_text.read(chunks, start, limits)
    return name, itertools.islice(entries, skip, None)


def _without(count: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[count:]
        count = max(0, count - len(chunk))


def _guarded(
    name: str, packed: str, entries: Iterator[Entry], limits: Limits, skip: int
) -> Contents:
    return Contents(name, packed, _guard(entries, limits.rows - skip))


def _guard(entries: Iterator[Entry], rows: int) -> Iterator[Entry]:
    """The entries up to the limit of rows; damage to the file becomes a last Rejected."""
    entry: Entry | None = None
    try:
        for number, entry in enumerate(entries):
            if number >= rows:
                raise UnreadableFileError("too_many_rows", "The file has too many rows.")
            yield entry
    except MemoryError:
        raise UnreadableFileError(
            "out_of_memory", "To read this file takes more memory than one file may take here."
        ) from None
    except DamagedFileError as error:
        line = entry.line + 1 if entry else 1
        yield reject(line, -1, Fault(error.code, str(error)), "")


__all__ = ["Contents", "Limits", "Record", "UnreadableFileError", "open_contents"]
