"""Queries about uploads and the records that could not be read."""

from collections.abc import Iterator, Sequence

from sqlalchemy import insert
from sqlmodel import Session, col, delete, select

from app.errors import NotFoundError
from app.formats.sample import Rejected
from app.storage.tables import RejectRow, UploadRow, UploadState

UNDECIDED = (
    UploadState.SENDING,
    UploadState.WAITING,
    UploadState.CHECKING,
    UploadState.CHECKED,
)
"""Before anybody said that its samples are to be kept."""


class UploadNotFoundError(NotFoundError):
    """There is no such upload."""


def add(session: Session, upload: UploadRow) -> UploadRow:
    """Store the row of a received upload and give it its id."""
    session.add(upload)
    session.flush()
    return upload


def get(session: Session, dataset_id: int, upload_id: int) -> UploadRow:
    """Return the upload of this data set, or raise UploadNotFoundError."""
    row = session.get(UploadRow, upload_id)
    if row is None or row.dataset_id != dataset_id:
        raise UploadNotFoundError
    return row


def find_by_key(session: Session, actor: str, key: str) -> UploadRow | None:
    """The upload that this actor sent under this Idempotency-Key, or None."""
    query = select(UploadRow).where(UploadRow.actor == actor, UploadRow.idempotency_key == key)
    return session.exec(query).one_or_none()


def of_dataset(session: Session, dataset_id: int, *, limit: int = 50) -> Sequence[UploadRow]:
    """The newest uploads of a data set, without those that are not decided on yet."""
    query = select(UploadRow).where(
        UploadRow.dataset_id == dataset_id, col(UploadRow.state).not_in(UNDECIDED)
    )
    return session.exec(query.order_by(col(UploadRow.id).desc()).limit(limit)).all()


def undecided_of(session: Session, dataset_id: int) -> Sequence[UploadRow]:
    """The uploads of a data set that somebody began and has not decided on, oldest first."""
    query = select(UploadRow).where(
        UploadRow.dataset_id == dataset_id, col(UploadRow.state).in_(UNDECIDED)
    )
    return session.exec(query.order_by(col(UploadRow.id))).all()


def sending(session: Session) -> Sequence[UploadRow]:
    """The uploads of all data sets of which parts are missing."""
    return session.exec(select(UploadRow).where(UploadRow.state == UploadState.SENDING)).all()


def remove(session: Session, upload: UploadRow) -> None:
    """Forget an upload, its parts and its rejects: before anything was kept of it."""
    session.delete(upload)
    session.flush()


def forget_counts(session: Session, upload: UploadRow) -> None:
    """Take back what was counted and quarantined: the file is about to be read from its start."""
    session.exec(delete(RejectRow).where(col(RejectRow.upload_id) == upload.id))
    upload.error = upload.container = upload.dialect = ""
    upload.lines = upload.accepted = upload.updated = 0
    upload.duplicate = upload.rejected = upload.blank = 0
    session.flush()


def add_rejects(session: Session, upload_id: int, rejects: Sequence[tuple[int, Rejected]]) -> None:
    """Quarantine records; each comes with its position in the file."""
    if not rejects:
        return
    session.execute(
        insert(RejectRow),
        [
            {
                "upload_id": upload_id,
                "position": position,
                "line": reject.line,
                "offset": reject.offset,
                "code": reject.code,
                "reason": reject.reason,
                "text": reject.text,
            }
            for position, reject in rejects
        ],
    )


def rejects_of(
    session: Session, upload_id: int, *, after: int = -1, limit: int | None = None
) -> Iterator[RejectRow]:
    """The quarantined records of an upload, in the order of the file, after a position."""
    query = select(RejectRow).where(RejectRow.upload_id == upload_id, RejectRow.position > after)
    query = query.order_by(col(RejectRow.position)).limit(limit)
    yield from session.exec(query.execution_options(yield_per=1000))
