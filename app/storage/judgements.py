"""Queries about judgements: who decided what, one sample at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, update
from sqlmodel import Session, col, func, select

from app.storage.tables import SampleRow
from app.storage.team_tables import JudgementRow


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one person judged thus, in a stretch of time."""

    actor: str
    status: str
    count: int
    last: datetime


def add(session: Session, row: JudgementRow) -> None:
    """Keep a judgement; the person's earlier one of this sample no longer counts."""
    session.add(row)
    session.flush()


def turn(session: Session, batch: str, *, void: bool) -> None:
    """Let the judgements of an act count no more, or again."""
    session.execute(update(JudgementRow).where(col(JudgementRow.batch) == batch).values(void=void))


def of_sample(session: Session, sample_id: int) -> dict[str, str]:
    """Who judged this sample how; the newest of each person, in the order they first did."""
    query = select(JudgementRow.actor, JudgementRow.status).where(
        JudgementRow.sample_id == sample_id, col(JudgementRow.void).is_(False)
    )
    return dict(session.exec(query.order_by(col(JudgementRow.id))).all())


def shared(
    session: Session, dataset_id: int, *, limit: int, divided: bool = False
) -> dict[int, dict[str, str]]:
    """Who judged which sample how, where two or more did; the newest samples first.

    `divided`: only where there is more than one opinion, if all that were ever given count.
    """
    several = (
        select(JudgementRow.sample_id)
        .where(JudgementRow.dataset_id == dataset_id, col(JudgementRow.void).is_(False))
        .group_by(col(JudgementRow.sample_id))
        .having(func.count(func.distinct(JudgementRow.actor)) > 1)
        .order_by(func.max(JudgementRow.id).desc())
        .limit(limit)
    )
    if divided:
        several = several.having(func.count(func.distinct(JudgementRow.status)) > 1)
    query = (
        select(JudgementRow.sample_id, JudgementRow.actor, JudgementRow.status)
        .where(
            col(JudgementRow.sample_id).in_(several),
            JudgementRow.dataset_id == dataset_id,
            col(JudgementRow.void).is_(False),
        )
        .order_by(col(JudgementRow.id))
    )
    found: dict[int, dict[str, str]] = {}
    for sample_id, actor, status in session.exec(query):
        found.setdefault(sample_id, {})[actor] = status
    return dict(sorted(found.items(), reverse=True))


def tallies(session: Session, dataset_id: int, *, beside: str = "") -> list[Tally]:
    """How often each person judged a sample approved, rejected and so on.

    With `beside`, only where the person of that name judged the sample too.
    """
    query = select(
        JudgementRow.actor,
        JudgementRow.status,
        func.count(),
        func.max(JudgementRow.at),
    ).where(JudgementRow.dataset_id == dataset_id, col(JudgementRow.void).is_(False))
    if beside:
        theirs = select(JudgementRow.sample_id).where(
            JudgementRow.dataset_id == dataset_id,
            JudgementRow.actor == beside,
            col(JudgementRow.void).is_(False),
        )
        query = query.where(col(JudgementRow.sample_id).in_(theirs))
    query = query.group_by(JudgementRow.actor, JudgementRow.status).order_by(JudgementRow.actor)
    return [Tally(*row) for row in session.exec(query)]


def moments(
    session: Session, dataset_id: int, *, since: datetime
) -> Sequence[tuple[str, datetime]]:
    """(person, when) of each judgement since then."""
    query = select(JudgementRow.actor, JudgementRow.at).where(
        JudgementRow.dataset_id == dataset_id,
        col(JudgementRow.void).is_(False),
        JudgementRow.at >= since,
    )
    return session.exec(query.order_by(col(JudgementRow.at))).all()


def is_judged_by(actor: str) -> ColumnElement[bool]:
    """The condition that this person has judged the sample."""
    judged = and_(
        col(JudgementRow.sample_id) == col(SampleRow.id),
        col(JudgementRow.actor) == actor,
        col(JudgementRow.void).is_(False),
    )
    return exists().where(judged)
