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
    for batch, size in _batches(stream, limits):
        logical += size
        compression.check_size(logical, stored, limits)
        if number + len(batch) > skip:
            step = max(1, len(batch) * _PIECE_BYTES // max(size, _PIECE_BYTES))
            for at in range(0, len(batch), step):
                for row, value in enumerate(_values(batch.slice(at, step)), number + at + 1):
                    if row > skip:
                        yield _entry(row, value, limits)
        number += len(batch)


def _batches(stream: BinaryIO, limits: Limits) -> Iterator[tuple[Any, int]]:
    """Every batch with its logical bytes; counting them checks its dictionaries as well."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # Text columns stay dictionaries: a bomb of one value repeated is not unfolded.
        schema = parquet.ParquetFile(stream).schema
        leaves = [schema.column(at) for at in range(len(schema.names))]
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        file = parquet.ParquetFile(stream, read_dictionary=texts)
        if len(leaves) > limits.columns:
            raise UnreadableFileError(
                "too_many_columns", f"The table has more than {limits.columns} columns."
            )
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
            yield batch, sum(map(_logical_bytes, batch.columns))
    except MemoryError:  # which is an ArrowException too, but no damage
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise DamagedFileError("damaged", f"The Parquet file is damaged: {error}.") from error


def _logical_bytes(column: Any) -> int:
    """How large an array is once every repeated text in it is written out."""
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type):
        lengths = compute.binary_length(column.dictionary).take(column.indices)
        return int(compute.sum(lengths).as_py() or 0)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _logical_bytes(column.flatten())
    if pa.types.is_map(kind):
        return _logical_bytes(column.keys) + _logical_bytes(column.items)
    if pa.types.is_struct(kind):
        return sum(map(_logical_bytes, column.flatten()))
    return int(column.nbytes)


def _values(batch: Any) -> Iterator[dict[str, object] | Fault]:
    names = batch.schema.names
    try:
        columns = [_decoded(column).to_pylist() for column in batch.columns]
    except (ValueError, OverflowError):
        # One bad cell; only its own row is refused.
        yield from (_row(batch, names, at) for at in range(len(batch)))
    else:
        yield from (dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True))


def _decoded(column: Any) -> Any:
    return column.dictionary_decode() if hasattr(column, "dictionary_decode") else column


def _row(batch: Any, names: list[str], at: int) -> dict[str, object] | Fault:
    try:
        return dict(zip(names, [column[at].as_py() for column in batch.columns], strict=True))
    except UnicodeDecodeError:
        return values.NOT_UTF8
    except (ValueError, OverflowError) as error:
        return Fault("unreadable_value", f"A cell cannot be read: {error}.")


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
        return cell.decode("utf-8")
    return str(cell)


def _has_nan(value: object) -> bool:
    if isinstance(value, float):
        return value != value or value in (float("inf"), float("-inf"))
    if isinstance(value, Mapping):
        return any(map(_has_nan, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_nan, value))
