"""Plain chunks of bytes out of a stream that may be gzip or zstd, never more than allowed."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from app.formats.entries import DamagedFileError, Limits, UnreadableFileError

CHUNK_BYTES = 1024**2
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Counted:
    """A stream that counts the bytes read from it."""

    def __init__(self, stream: BinaryIO, first: bytes) -> None:
        self._stream = stream
        self._first = first
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, the already read first ones before the others."""
        if self._first:
            data, self._first = self._first[:size], self._first[size:]
        else:
            data = self._stream.read(size)
        self.taken += len(data)
        return data


class Frames:
    """Zstd frames as one stream of bytes that notices when its end is missing."""

    # So few bytes unfold to 32 MB at most.
    _PIECE_BYTES = 1024

    def __init__(self, source: Counted) -> None:
        self._source = source
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=2**27)
        self._frame = self._unpacker.decompressobj()
        self._started = False

    def read(self, size: int) -> bytes:
        """Read about `size` bytes, none at the end; EOFError when a frame is cut off."""
        parts: list[bytes] = []
        ready = 0
        while ready < size:
            piece = self._source.read(self._PIECE_BYTES)
            if not piece:
                break
            for part in self._unpack(piece):
                parts.append(part)
                ready += len(part)
        if not parts and self._started:
            raise EOFError
        return b"".join(parts)

    def _unpack(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            self._started = True
            yield self._frame.decompress(piece)
            piece = b""
            if self._frame.eof:
                piece = self._frame.unused_data
                self._frame = self._unpacker.decompressobj()
                self._started = False


def name_of(head: bytes) -> str:
    """`gzip`, `zstd` or nothing, by the first bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    return "zstd" if head.startswith(_ZSTD) else ""


def chunks(stream: BinaryIO, head: bytes, limits: Limits) -> Iterator[bytes]:
    """The decoded bytes of head and stream, in pieces of at most 1 MB."""
    source = Counted(stream, head)
    total = 0
    for chunk in _decoded(source, name_of(head)):
        total += len(chunk)
        check_size(total, source.taken, limits)
        yield chunk


def check_size(logical: int, stored: int, limits: Limits) -> None:
    """Refuse a file that unpacks to more than its limits, as soon as it does."""
    if logical > limits.logical_bytes:
        raise UnreadableFileError(
            "too_large", f"The file unpacks to more than {limits.logical_bytes:,} bytes."
        )
    if logical > limits.expansion_from and logical > limits.expansion * stored:
        raise UnreadableFileError(
            "bomb", f"The file unpacks to more than {limits.expansion} times its size."
        )


def _decoded(source: Counted, name: str) -> Iterator[bytes]:
    reader = _reader(source, name)
    while chunk := _read(reader, name):
        yield chunk


def _reader(source: Counted, name: str) -> object:
    if name == "gzip":
        return gzip.GzipFile(fileobj=source, mode="rb")  # type: ignore[call-overload]
    if name == "zstd":
        return Frames(source)
    return source


def _read(reader: object, name: str) -> bytes:
    try:
        data: bytes = reader.read(CHUNK_BYTES)  # type: ignore[attr-defined]
    except EOFError as error:
        raise DamagedFileError(
            "truncated", f"The {name} file breaks off before its end."
        ) from error
    except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise DamagedFileError("damaged", f"The {name} data is damaged: {error}.") from error
    return data
