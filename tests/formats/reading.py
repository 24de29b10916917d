"""Short ways to read bytes in tests."""

import io

from app.formats import containers, dialects
from app.formats.entries import DEFAULT, Blank, Entry, Limits, Record
from app.formats.sample import Rejected, Sample


def entries(data: bytes, *, limits: Limits = DEFAULT, skip: int = 0) -> list[Entry]:
    return list(containers.open_contents(io.BytesIO(data), limits=limits, skip=skip).entries)


def values(data: bytes) -> list[dict[str, object]]:
    return [entry.value for entry in entries(data) if isinstance(entry, Record)]


def codes(data: bytes, *, limits: Limits = DEFAULT) -> list[str]:
    return [_code(entry) for entry in entries(data, limits=limits)]


def results(data: bytes) -> list[Sample | Rejected | Blank]:
    found = entries(data)
    records = [entry for entry in found if isinstance(entry, Record)]
    detection = dialects.detect([record.value for record in records])
    return [
        dialects.parse(entry, detection) if isinstance(entry, Record) else entry for entry in found
    ]


def samples(data: bytes) -> list[Sample]:
    return [one for one in results(data) if isinstance(one, Sample)]


def rejected(data: bytes) -> list[Rejected]:
    return [one for one in results(data) if isinstance(one, Rejected)]


def _code(entry: Entry) -> str:
    if isinstance(entry, Rejected):
        return entry.code
    return "blank" if isinstance(entry, Blank) else "record"
