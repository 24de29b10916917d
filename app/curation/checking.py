"""An upload is counted through before anything of it is kept: what would become of each record.

The counts and the rejects are written where those of the import will stand, so that
both look alike; the import begins them anew.
"""

from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session

from app.curation import parsing, reading
from app.curation.chunks import Chunk, Tally
from app.curation.rehearsing import Rehearsal
from app.errors import ConflictError, InvalidError
from app.storage import datasets, jobs, uploads
from app.storage.database import Sessions
from app.storage.tables import JobRow, UploadRow, UploadState

AT_ONCE_BYTES = 4_000_000
"""Up to this size the person who waits need not wait for the queue."""

Note = Callable[[Session, int], object]


class DecidedError(ConflictError):
    """This upload has been decided on already."""

    code = "decided"


def start(read: Sessions, write: Sessions, slug: str, upload_id: int, *, spool: Path) -> None:
    """Count an undecided upload: at once when it is small, else as a job."""
    with write() as session:
        upload = undecided(session, slug, upload_id)
        uploads.forget_counts(session, upload)
        upload.state = UploadState.CHECKING
        if upload.bytes > AT_ONCE_BYTES:
            title = f"Check {upload.filename or 'an upload'}"
            jobs.enqueue(session, "check", upload.dataset_id, title=title, upload=upload.id)
            return
    _check(read, write, upload, spool, lambda _session, _position: None)


def run(read: Sessions, write: Sessions, job: JobRow, spool: Path) -> None:
    """Count an upload in the worker; one that was killed begins anew."""
    with write() as session:
        upload = uploads.get(session, int(job.dataset_id or 0), int(job.params["upload"]))
        uploads.forget_counts(session, upload)
    total = upload.bytes // 1_000

    def note(session: Session, position: int) -> None:
        done = min(position // 1_000, total)
        jobs.checkpoint(session, job, phase="check", done=done, total=total)

    _check(read, write, upload, spool, note)


def undecided(session: Session, slug: str, upload_id: int) -> UploadRow:
    """The upload, whose bytes are all there and of which nothing is kept yet.

    Raises:
        DecidedError: it is imported already, or its parts are still on their way.
    """
    upload = uploads.get(session, datasets.get(session, slug).id, upload_id)
    if upload.state not in uploads.UNDECIDED:
        raise DecidedError
    if upload.state is UploadState.SENDING:
        raise DecidedError("Not all parts of this upload have arrived.")
    return upload


def _check(read: Sessions, write: Sessions, upload: UploadRow, spool: Path, note: Note) -> None:
    try:
        _count(read, write, upload, spool / upload.spool_name, note)
    except InvalidError as error:
        with write() as session:
            row = uploads.get(session, upload.dataset_id, upload.id)
            row.state, row.error = UploadState.WAITING, str(error)


def _count(read: Sessions, write: Sessions, upload: UploadRow, path: Path, note: Note) -> None:
    rehearsal, total, lines = Rehearsal(read, upload.dataset_id), Tally(), 0
    found = reading.read_file(path, parsing.told_of(upload))
    for chunk in found.chunks:
        total += rehearsal.count(chunk)
        lines += chunk.entries
        _keep_rejects(write, upload, chunk, lambda session: note(session, found.position()))
    with write() as session:
        row = uploads.get(session, upload.dataset_id, upload.id)
        row.state, row.lines = UploadState.CHECKED, lines
        row.container, row.dialect = found.container, found.dialect
        for name, count in total.counts.items():
            setattr(row, name, count)


def _keep_rejects(
    write: Sessions, upload: UploadRow, chunk: Chunk, note: Callable[[Session], object]
) -> None:
    with write() as session:
        note(session)
        uploads.add_rejects(session, upload.id, chunk.rejects)
