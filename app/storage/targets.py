"""Queries about targets: what a data set should cover."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, insert, or_
from sqlmodel import Session, col, delete, select

from app.storage.board_tables import TargetRow, TargetTextRow
from app.storage.tables import UploadRow, UploadState


def add(
    session: Session,
    dataset_id: int,
    kind: str,
    *,
    side: str = "input",
    name: str = "",
    definition: Mapping[str, Any] | None = None,
    **values: Any,
) -> TargetRow:
    """Make this the target of one side of the data set from now on, or once it is ready."""
    row = TargetRow(
        dataset_id=dataset_id,
        kind=kind,
        side=side,
        name=name[:255],
        definition=dict(definition or {}),
        **values,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, dataset_id: int, side: str = "input") -> TargetRow | None:
    """The target of a side: the newest one that is ready and read to its end, or None."""
    whole = and_(col(UploadRow.state) == UploadState.DONE, col(UploadRow.accepted) > 0)
    query = (
        select(TargetRow)
        .outerjoin(UploadRow, col(UploadRow.id) == TargetRow.upload_id)
        .where(
            TargetRow.dataset_id == dataset_id,
            TargetRow.side == side,
            col(TargetRow.ready),
            or_(col(TargetRow.upload_id).is_(None), whole),
        )
    )
    return session.exec(query.order_by(col(TargetRow.id).desc()).limit(1)).first()


def find_of_upload(session: Session, upload_id: int) -> TargetRow | None:
    """The target that was made from this upload, or None."""
    return session.exec(select(TargetRow).where(TargetRow.upload_id == upload_id)).first()


def get_by_id(session: Session, target_id: int) -> TargetRow:
    """The target with this id; it is known to exist."""
    return session.exec(select(TargetRow).where(TargetRow.id == target_id)).one()


def add_texts(session: Session, target_id: int, texts: Sequence[tuple[int, str, str]]) -> None:
    """Store (position, hash, text) of a target's inputs."""
    rows = [
        {"target_id": target_id, "position": position, "text_hash": text_hash, "text": text}
        for position, text_hash, text in texts
    ]
    if rows:
        session.execute(insert(TargetTextRow), rows)


def remove_texts(session: Session, target_id: int) -> None:
    """Forget the inputs of a target: it is copied anew."""
    session.exec(delete(TargetTextRow).where(col(TargetTextRow.target_id) == target_id))


def texts_of(session: Session, target_id: int) -> list[tuple[int, str]]:
    """(position, input) of a target, in the order of its file."""
    query = select(TargetTextRow.position, TargetTextRow.text)
    query = query.where(TargetTextRow.target_id == target_id)
    return [(at, text) for at, text in session.exec(query.order_by(col(TargetTextRow.position)))]


def positions_of(session: Session, target_id: int) -> list[int]:
    """The positions of a target's inputs: row n of its vectors is the n-th of them."""
    query = select(TargetTextRow.position).where(TargetTextRow.target_id == target_id)
    return list(session.exec(query.order_by(col(TargetTextRow.position))))


def texts_at(session: Session, target_id: int, positions: Sequence[int]) -> list[str]:
    """The inputs at these positions, in ascending order of position."""
    query = select(TargetTextRow.text).where(
        TargetTextRow.target_id == target_id, col(TargetTextRow.position).in_(positions)
    )
    return list(session.exec(query.order_by(col(TargetTextRow.position))))
