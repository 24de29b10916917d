"""The audit log for those who read it: a page of it, or all of it as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import orjson

from app.curation import audit
from app.curation.audit import AuditLine, Filter, Kind
from app.errors import InvalidError
from app.formats import spreadsheets
from app.storage.database import Sessions

FileKind = Literal["jsonl", "csv"]
COLUMNS = ("id", "at", "actor", "kind", "subject", "ip", "request_id", "body")
LINES_PER_READ = 1_000


class AuditFilterError(InvalidError):
    """Kind and days narrow the audit log: a known kind, and days such as 2026-11-23."""

    code = "audit_filter"


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Everything that templates/audits/list.html may show."""

    lines: tuple[AuditLine, ...]
    kinds: tuple[str, ...]
    asked: Filter
    next: int | None


def read_filter(*, kind: str = "", actor: str = "", since: str = "", until: str = "") -> Filter:
    """The filter of an address.

    Raises:
        AuditFilterError: there is no such kind, or a day is none.
    """
    try:
        days = [date.fromisoformat(day) if day else None for day in (since, until)]
        return Filter(Kind(kind) if kind else None, actor.strip(), *days)
    except ValueError:
        raise AuditFilterError from None


def page(read: Sessions, asked: Filter, *, before: int | None = None) -> AuditPage:
    """The newest lines of those asked for."""
    with read() as session:
        lines, following = audit.page(session, asked, before=before)
    return AuditPage(lines, tuple(Kind), asked, following)


def write_file(read: Sessions, asked: Filter, kind: FileKind) -> Iterator[bytes]:
    """All lines asked for, newest first. Each piece is read by itself: nothing is held open."""
    if kind == "csv":
        yield spreadsheets.row(COLUMNS).encode()
    before = None
    while True:
        with read() as session:
            lines, before = audit.page(session, asked, before=before, limit=LINES_PER_READ)
        yield b"".join(_written(line, kind) for line in lines)
        if before is None:
            return


def _written(line: AuditLine, kind: FileKind) -> bytes:
    told = {name: getattr(line, name) for name in COLUMNS}
    if kind == "jsonl":
        return orjson.dumps(told) + b"\n"
    told |= {"at": line.at.isoformat(), "body": orjson.dumps(line.body).decode()}
    return spreadsheets.row(list(told.values())).encode()
