"""Queries about the parts of uploads that come in pieces."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, delete, select

from app.storage.import_tables import PartRow


def find(session: Session, upload_id: int, number: int) -> PartRow | None:
    """A part that is held, or None."""
    return session.get(PartRow, (upload_id, number))


def add(session: Session, part: PartRow) -> None:
    """Note that a part is held."""
    session.add(part)
    session.flush()


def of_upload(session: Session, upload_id: int) -> Sequence[PartRow]:
    """The parts that are held, in order."""
    query = select(PartRow).where(PartRow.upload_id == upload_id)
    return session.exec(query.order_by(col(PartRow.number))).all()


def remove(session: Session, upload_id: int, numbers: Collection[int]) -> None:
    """Forget that these parts are held."""
    of_these = delete(PartRow).where(
        col(PartRow.upload_id) == upload_id, col(PartRow.number).in_(numbers)
    )
    session.exec(of_these)
