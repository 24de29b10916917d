"""The audit log: who did what to doors, people, tokens and data, when, and from where.

Samples have a history of their own (`storage/events`); this is about acts that an admin may have
to explain later. A line is written in the transaction of the act: one is not there without the
other. Lines can be added and read, and nothing else: triggers refuse all changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from app.storage import audits
from app.storage.audit_tables import AuditRow
from app.storage.audits import Wanted

PAGE_LINES = 100


class Kind(StrEnum):
    """What happened."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  the name of an act
    PASSWORD_RESET = "password_reset"  # noqa: S105  the name of an act
    PERSON_INVITED = "person_invited"
    PERSON_ADDED = "person_added"
    PERSON_REMOVED = "person_removed"
    ROLE_CHANGED = "role_changed"
    TOKEN_CREATED = "token_created"  # noqa: S105  the name of an act
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  the name of an act
    SETTINGS_CHANGED = "settings_changed"
    DATASET_CREATED = "dataset_created"
    DATASET_CHANGED = "dataset_changed"
    DATASET_TRASHED = "dataset_trashed"
    DATASET_RESTORED = "dataset_restored"
    UPLOADED = "uploaded"
    VERSION_FROZEN = "version_frozen"
    EXPORTED = "exported"
    EXPORT_REMOVED = "export_removed"
    VERSION_RESTORED = "version_restored"
    DOWNLOADED = "downloaded"
    MODEL_ASKED = "model_asked"
    AUDIT_READ = "audit_read"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from; all empty on the command line and in the worker."""

    ip: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the log, as it may be shown."""

    id: int
    at: datetime
    actor: str
    kind: str
    subject: str
    body: dict[str, Any]
    ip: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines somebody asks for; what is empty does not narrow. `until` is the last day."""

    kind: Kind | None = None
    actor: str = ""
    since: date | None = None
    until: date | None = None


_HERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=_HERE)


@contextmanager
def coming_from(place: Origin) -> Iterator[None]:
    """Lines that are recorded in here carry this origin."""
    token = _origin.set(place)
    try:
        yield
    finally:
        _origin.reset(token)


def origin() -> Origin:
    """Where what runs now came from."""
    return _origin.get()


def record(session: Session, *, actor: str, kind: Kind, subject: str = "", **body: Any) -> None:
    """Write a line, in the transaction of the act it tells of.

    Args:
        session: that transaction; of an act that failed, one of its own.
        actor: who acted, as the session or token names them; who tried, at the doors.
        kind: what happened.
        subject: what it happened to: a data set's slug, a person's name, a token's id.
        body: what else is worth knowing; never a secret and never the text of a sample.
    """
    came = origin()
    row = AuditRow(
        actor=_line(actor, 200),
        kind=kind.value,
        subject=_line(subject, 300),
        body=body,
        ip=came.ip[:60],
        request_id=came.request_id[:40],
    )
    audits.add(session, row)


def page(
    session: Session, asked: Filter, *, before: int | None = None, limit: int = PAGE_LINES
) -> tuple[tuple[AuditLine, ...], int | None]:
    """Some lines, newest first, and the id to go on before; None at the end."""
    rows = audits.newest(session, _wanted(asked), before=before, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return tuple(_show(row) for row in rows[:limit]), following


def _wanted(asked: Filter) -> Wanted:
    last = asked.until if asked.until != date.max else None
    after = None if last is None else last + timedelta(days=1)
    kind = asked.kind.value if asked.kind else ""
    return Wanted(kind, asked.actor, _midnight(asked.since), _midnight(after))


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _show(row: AuditRow) -> AuditLine:
    return AuditLine(
        row.id, row.at, row.actor, row.kind, row.subject, row.body, row.ip, row.request_id
    )  # fmt: skip


def _line(text: str, length: int) -> str:
    """The text on one line; what neither database can hold is shown as a question mark."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown.encode("utf-8", "replace").decode()[:length]
