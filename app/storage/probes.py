"""Queries about probes: inputs that a model proposed and people approve or drop."""

from collections.abc import Sequence
from typing import Literal

from sqlmodel import Session, col, func, select

from app.storage.board_tables import ProbeRow
from app.storage.database import insert_into
from app.storage.tables import now

State = Literal["proposed", "approved", "dropped"]


def add_proposals(
    session: Session, dataset_id: int, texts: Sequence[tuple[str, str]], *, model: str
) -> int:
    """Keep (hash, text) pairs that this data set has not seen yet; return how many were new."""
    before = _count_all(session, dataset_id)
    rows = [
        {
            "dataset_id": dataset_id,
            "text_hash": text_hash,
            "text": text,
            "state": "proposed",
            "model": model,
            "edited": False,
            "actor": "",
            "created_at": now(),
        }
        for text_hash, text in texts
    ]
    if rows:
        session.execute(insert_into(session, ProbeRow).on_conflict_do_nothing(), rows)
    return _count_all(session, dataset_id) - before


def in_state(
    session: Session, dataset_id: int, state: State, *, after: int = 0, limit: int | None = None
) -> Sequence[ProbeRow]:
    """The probes of a state whose id is above `after`, in the order in which they were proposed."""
    query = select(ProbeRow).where(
        ProbeRow.dataset_id == dataset_id, ProbeRow.state == state, col(ProbeRow.id) > after
    )
    return session.exec(query.order_by(col(ProbeRow.id)).limit(limit)).all()


def count(session: Session, dataset_id: int) -> dict[str, int]:
    """How many probes are in each state."""
    query = select(ProbeRow.state, func.count()).where(ProbeRow.dataset_id == dataset_id)
    return dict(session.exec(query.group_by(ProbeRow.state)).all())


def newest_texts(session: Session, dataset_id: int, *, limit: int) -> list[str]:
    """The texts of the newest probes of any state."""
    query = select(ProbeRow.text).where(ProbeRow.dataset_id == dataset_id)
    return list(session.exec(query.order_by(col(ProbeRow.id).desc()).limit(limit)))


def find_by_hash(session: Session, dataset_id: int, text_hash: str) -> ProbeRow | None:
    """The probe with this text, or None."""
    query = select(ProbeRow).where(
        ProbeRow.dataset_id == dataset_id, ProbeRow.text_hash == text_hash
    )
    return session.exec(query).one_or_none()


def of_ids(session: Session, dataset_id: int, ids: Sequence[int]) -> dict[int, ProbeRow]:
    """Those of the ids that are probes of this data set."""
    query = select(ProbeRow).where(ProbeRow.dataset_id == dataset_id, col(ProbeRow.id).in_(ids))
    return {row.id: row for row in session.exec(query)}


def _count_all(session: Session, dataset_id: int) -> int:
    query = select(func.count()).select_from(ProbeRow).where(ProbeRow.dataset_id == dataset_id)
    return session.exec(query).one()
