"""What happened to a data set, for tests: its events as the database holds them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.storage.tables import EventRow


def of_dataset(session: Session, dataset_id: int) -> Sequence[EventRow]:
    """Every event of a data set, oldest first."""
    query = select(EventRow).where(EventRow.dataset_id == dataset_id)
    return session.exec(query.order_by(col(EventRow.seq))).all()
