"""Parquet in small batches, its bytes counted as they unfold."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from app.formats import compression, values
from app.formats.entries import (
    DamagedFileError,
    Entry,
    Fault,
    Limits,
    Record,
    UnreadableFileError,
    reject,
)

MAGIC = b"PAR1"
_BATCH_ROWS = 256
# Rows become Python values in pieces of at most so many bytes.
_PIECE_BYTES = 16 * 1024**2


def read(stream: BinaryIO, limits: Limits, skip: int = 0) -> Iterator[Entry]:
    """Read the rows after the first `skip`; the stream must be able to seek."""
    stored = stream.seek(0, 2)
    number = logical = 0
    for batch in _batches(stream, limits):
        size = _logical_bytes(batch)
        logical += size
        compression.check_size(logical, stored, limits)
        if number + len(batch) > skip:
            step = max(1, len(batch) * _PIECE_BYTES // max(size, _PIECE_BYTES))
            for at in range(0, len(batch), step):
                for row, value in enumerate(_values(batch.slice(at, step)), number + at + 1):
                    if row > skip:
                        yield _entry(row, value, limits)
        number += len(batch)


def _batches(stream: BinaryIO, limits: Limits) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # Text columns stay dictionaries: a bomb of one value repeated is not unfolded.
        names = parquet.ParquetFile(stream).schema_arrow
        texts = [field.name for field in names if pa.types.is_string(field.type)]
        file = parquet.ParquetFile(stream, read_dictionary=texts)
        if len(names) > limits.columns:
            raise UnreadableFileError(
                "too_many_columns", f"The table has more than {limits.columns} columns."
            )
        yield from file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise DamagedFileError("damaged", f"The Parquet file is damaged: {error}.") from error


def _logical_bytes(batch: Any) -> int:
    """How large the batch is once every repeated text is written out."""
    import pyarrow as pa
    from pyarrow import compute

    size = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            lengths = compute.binary_length(column.dictionary).take(column.indices)
            size += compute.sum(lengths).as_py() or 0
        else:
            size += column.nbytes
    return size


def _values(batch: Any) -> Iterator[dict[str, object] | Fault]:
    names = batch.schema.names
    for at in range(len(batch)):
        try:
            cells = [column[at].as_py() for column in batch.columns]
        except UnicodeDecodeError:
            yield values.NOT_UTF8
        except (ValueError, OverflowError) as error:
            yield Fault("unreadable_value", f"A cell cannot be read: {error}.")
        else:
            yield dict(zip(names, cells, strict=True))


def _entry(number: int, value: dict[str, object] | Fault, limits: Limits) -> Entry:
    if isinstance(value, Fault):
        return reject(number, -1, value, "")
    try:
        raw = orjson.dumps(value, default=_plain)
    except TypeError as error:
        formless = Fault("unreadable_value", f"A cell has no JSON form: {error}.")
        return reject(number, -1, formless, repr(value)[:4096])
    plain = orjson.loads(raw)
    fault = values.NOT_FINITE if _has_nan(value) else values.find_fault(plain, limits)
    if fault is None and len(raw) > limits.line_bytes:
        fault = values.too_long(limits)
    if fault:
        return reject(number, -1, fault, raw)
    return Record(number, -1, raw.decode(), plain)


def _plain(cell: object) -> object:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return str(cell)


def _has_nan(value: object) -> bool:
    if isinstance(value, float):
        return value != value or value in (float("inf"), float("-inf"))
    if isinstance(value, Mapping):
        return any(map(_has_nan, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_nan, value))
