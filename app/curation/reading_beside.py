"""A large file is read in a small process of its own, a chunk ahead of what is being stored.

So an import uses two cores, and what a hostile file can make its reader take is limited: the
process holds no database, no model and no more memory than the settings allow.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import orjson

import app
from app.curation import file_limits, preparing
from app.curation.column_roles import Told
from app.curation.preparing import Prepared
from app.errors import InvalidError
from app.formats.entries import Limits
from app.formats.sample import Rejected

LARGE_BYTES = 1_000_000
"""A smaller file is read before a process has started."""
COMMAND = [sys.executable, "-m", "app.curation.reading_beside"]


class ReaderLostError(InvalidError):
    """Reading this file took more memory than a file may take, or was ended from outside."""

    code = "reader_lost"


def prepare(
    path: Path, told: Told, *, skip: int = 0, placed: bool = False
) -> Generator[Prepared, None, None]:
    """The same as preparing.prepare, for a large file by another process.

    Raises:
        ReaderLostError: the process ended before the file did.
        InvalidError: what preparing.prepare raises.
    """
    if path.stat().st_size < LARGE_BYTES:
        yield from preparing.prepare(path, told, skip=skip, placed=placed)
        return
    process = _start()
    question = str(path.resolve()), told, skip, placed, file_limits.current()
    try:
        with ThreadPoolExecutor(1) as ahead:
            try:
                yield from _ask(process, ahead, orjson.dumps(question))
            finally:
                process.kill()  # whoever waits for its next chunk is told so
    finally:
        process.communicate()


def answer(asked: IO[bytes], told: IO[bytes]) -> None:
    """Read the file that is asked for, and tell its chunks, or what is wrong with it."""
    path, how, skip, placed, limits = orjson.loads(asked.readline())
    file_limits.allow(Limits(**limits))
    try:
        for chunk in preparing.prepare(Path(path), Told(**how), skip=skip, placed=placed):
            told.write(orjson.dumps(chunk) + b"\n")
        told.write(b"null\n")
    except InvalidError as error:
        told.write(orjson.dumps({"error": str(error)}) + b"\n")
    told.flush()


def _ask(
    process: "subprocess.Popen[bytes]", ahead: ThreadPoolExecutor, question: bytes
) -> Iterator[Prepared]:
    """Ask, and take each chunk while the one before it is being stored."""
    assert process.stdin is not None  # noqa: S101  both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(question + b"\n")
        process.stdin.flush()
        coming = ahead.submit(_take, process.stdout)
        while (chunk := coming.result()) is not None:
            coming = ahead.submit(_take, process.stdout)
            yield chunk
    except (OSError, orjson.JSONDecodeError) as error:
        raise ReaderLostError from error


def _take(told: IO[bytes]) -> Prepared | None:
    """The next chunk, or None after the last one."""
    found: dict[str, Any] | None = orjson.loads(told.readline())
    if found is None:
        return None
    if "error" in found:
        raise InvalidError(found["error"])
    rejects = [(at, Rejected(**rejected)) for at, rejected in found.pop("rejects")]
    inputs = [(at, key, text) for at, key, text in found.pop("inputs")]
    return Prepared(**found, rejects=rejects, inputs=inputs)


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own module
        [*COMMAND, str(file_limits.memory())],
        cwd=Path(app.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def main() -> None:
    """Answer one question, within the limit; whoever asks and goes away ends this too."""
    most = int(sys.argv[1])
    if most:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        answer(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, MemoryError):
        os._exit(1)


if __name__ == "__main__":
    main()
