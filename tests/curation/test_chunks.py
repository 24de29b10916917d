"""Entries in parts: as many as a chunk may hold, fewer of long ones, none lost."""

import pytest

from app.curation import chunks
from app.formats.entries import Blank, Entry, Record
from app.formats.sample import Rejected


def record(number: int, length: int = 2) -> Record:
    return Record(number, -1, "x" * length, {})


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (7, [3, 3, 1])])
def test_a_chunk_holds_so_many_entries(
    count: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ENTRIES", 3)
    entries: list[Entry] = [record(number) for number in range(count)]
    found = list(chunks.cut(entries))
    assert [len(part) for part in found] == sizes
    assert [entry for part in found for entry in part] == entries


def test_long_entries_fill_a_chunk_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHARACTERS", 10)
    broken = Rejected(line=2, offset=0, code="not_json", reason="no", text="y" * 9)
    entries: list[Entry] = [record(1), broken, Blank(3), record(4, 50), record(5, 4), record(6, 5)]
    assert list(chunks.cut(entries)) == [entries[:2], entries[2:4], entries[4:]]
