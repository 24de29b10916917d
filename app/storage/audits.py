"""Queries about the audit log: add a line, read lines. Nothing changes or removes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, func, select

from app.storage.audit_tables import AuditRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for; what is empty does not narrow."""

    kind: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is left out."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lines there are, and the moment of the newest; None without any."""

    count: int
    newest: datetime | None


def add(session: Session, row: AuditRow) -> None:
    """Add a line; it is there when the caller's transaction commits."""
    session.add(row)
    session.flush()


def newest(
    session: Session, wanted: Wanted, *, before: int | None = None, limit: int
) -> Sequence[AuditRow]:
    """The newest lines of those wanted, newest first, older than the id `before`."""
    query = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    if wanted.kind:
        query = query.where(AuditRow.kind == wanted.kind)
    if wanted.actor:
        query = query.where(AuditRow.actor == wanted.actor)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at < wanted.until)
    if before is not None:
        query = query.where(AuditRow.id < before)
    return session.exec(query).all()


def count(
    session: Session, kind: str, actor: str, *, since: datetime, ip: str | None = None
) -> Counted:
    """How many lines of a kind one actor has since then, and when the newest was written."""
    query = select(func.count(), func.max(col(AuditRow.at))).where(
        AuditRow.actor == actor, AuditRow.kind == kind, AuditRow.at >= since
    )
    if ip is not None:
        query = query.where(AuditRow.ip == ip)
    found, at = session.exec(query).one()
    moment: datetime | None = at  # of no lines there is no newest
    return Counted(found, None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC))
