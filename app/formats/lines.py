"""Lines out of chunks: split at the line feed and nowhere else."""

import codecs
from collections.abc import Iterable, Iterator


def split(chunks: Iterable[bytes], start: int, limit: int) -> Iterator[tuple[int, bytes]]:
    """Yield (byte offset, line) without the line feed.

    A line longer than `limit` comes cut to limit + 1 bytes and is never held
    whole. U+2028, U+2029 and U+0085 do not end a line.
    """
    offset, pending, lost = start, b"", 0
    for chunk in chunks:
        *finished, pending = (pending + chunk).split(b"\n")
        for line in finished:
            yield offset, line if len(line) <= limit else line[: limit + 1]
            offset += len(line) + 1 + lost
            lost = 0
        if len(pending) > limit:
            lost += len(pending) - limit - 1
            pending = pending[: limit + 1]
    if pending:
        yield offset, pending


def transcode(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-16 as UTF-8; half surrogates pass on, so that only their line is refused."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    rest = decoder.getstate()[0]
    if rest:
        yield b"\xff"
