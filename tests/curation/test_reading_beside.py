"""A large file is read by another process as it would be here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from app.curation import file_limits, preparing, reading_beside
from app.curation.column_roles import NOTHING_TOLD, Told
from app.errors import InvalidError
from app.formats.entries import DEFAULT


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """More than a small file's bytes, with a few records that cannot be read, in chunks."""
    path = tmp_path / "large.jsonl"
    with path.open("wb") as stream:
        for number in range(5_500):
            record = {
                "prompt": f"Question {number}?",
                "completion": "Café ☕ " * 20,
                "label": "tea",
            }
            stream.write(orjson.dumps(record) + b"\n")
            if number % 1_000 == 7:
                stream.write(b'{"prompt": "no end"\n')
    assert path.stat().st_size > reading_beside.LARGE_BYTES
    return path


@pytest.mark.parametrize(("skip", "placed"), [(0, False), (1_234, True)])
def test_a_large_file_is_read_beside_as_it_is_here(large: Path, skip: int, placed: bool) -> None:
    beside = list(reading_beside.prepare(large, NOTHING_TOLD, skip=skip, placed=placed))
    assert beside == list(preparing.prepare(large, NOTHING_TOLD, skip=skip, placed=placed))
    assert ("':1" in beside[0].words[0]) == placed
    assert len(beside) == 2
    assert sum(len(chunk.rows) for chunk in beside) == 5_500 - (skip and skip - 2)


def test_a_file_that_is_no_data_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "noise"
    path.write_bytes(bytes(range(256)) * 5_000)
    refused = []
    for prepare in (preparing.prepare, reading_beside.prepare):
        with pytest.raises(InvalidError) as error:
            list(prepare(path, NOTHING_TOLD))
        refused.append(str(error.value))
    assert refused[0] == refused[1]


@pytest.fixture
def little_memory() -> Iterator[None]:
    file_limits.allow(DEFAULT, memory=60 << 20)  # of addresses, not used: what Python itself needs
    yield
    file_limits.allow(DEFAULT)


@pytest.mark.usefixtures("little_memory")
def test_a_reader_that_takes_too_much_memory_ends_and_says_so(large: Path) -> None:
    with large.open("ab") as stream:
        stream.write(b'{"prompt": "' + b"x" * 80_000_000 + b'", "completion": "long"}\n')
    with pytest.raises(InvalidError, match="memory"):
        list(reading_beside.prepare(large, Told(read_as="prompt_completion")))


def test_a_reader_that_nobody_listens_to_any_more_is_ended(
    large: Path, started: Callable[[], list[int]]
) -> None:
    found = reading_beside.prepare(large, NOTHING_TOLD)
    next(found)
    assert len(started()) == 1
    found.close()
    assert started() == []


@pytest.fixture
def started() -> Callable[[], list[int]]:
    """The processes that this one has started and that still run."""
    import psutil

    def look() -> list[int]:
        ours = psutil.Process().children()
        return [it.pid for it in ours if any("reading_beside" in word for word in it.cmdline())]

    return look
