"""A spooled upload -> samples and rejects, in chunks. Runs in the worker.

A chunk's rows, its rejects, the upload's counts and the job's cursor are one
transaction: a worker killed at any instant loses and doubles nothing.
"""

from contextlib import closing
from pathlib import Path

from sqlmodel import Session

from app.curation import reading_beside, storing
from app.curation.column_roles import Told
from app.curation.preparing import Prepared
from app.errors import InvalidError
from app.storage import datasets, jobs, samples, text_search, uploads
from app.storage.database import Sessions
from app.storage.tables import JobRow, UploadRow, UploadState


class NoInputError(InvalidError):
    """No input could be read from this file."""


class BrokenRecordsError(InvalidError):
    """Some records cannot be read, so that nothing of the file was kept, as it was wished."""

    code = "broken_records"


def parse_upload(read: Sessions, write: Sessions, job: JobRow, spool: Path) -> None:
    """Store what an upload holds; then ask for its samples to be embedded."""
    with read() as session:
        upload = _upload_of(session, job)
        placed = text_search.is_of_places(session)
    path = spool / upload.spool_name
    try:
        if upload.all_or_nothing and not job.cursor:
            _refuse_broken(write, job, upload, path)
        _parse(write, job, upload, path, placed=placed)
        with write() as session:
            _close(session, job)
    except InvalidError as error:
        with write() as session:
            row = _upload_of(session, job)
            row.state, row.error = UploadState.FAILED, str(error)
            jobs.checkpoint(session, job)
        raise


def _close(session: Session, job: JobRow) -> None:
    upload = _upload_of(session, job)
    if upload.purpose == "target" and not upload.accepted:
        raise NoInputError
    upload.state = UploadState.DONE
    jobs.checkpoint(session, job)
    datasets.touch(session, upload.dataset_id)
    if upload.accepted + upload.updated:
        name = datasets.get_by_id(session, upload.dataset_id).name
        jobs.enqueue(session, "embed", upload.dataset_id, title=f"Embed {name}", side="input")


def told_of(upload: UploadRow) -> Told:
    """What was said about an upload when it was sent."""
    return Told(upload.mapping, upload.read_as, upload.purpose)


def _parse(write: Sessions, job: JobRow, upload: UploadRow, path: Path, *, placed: bool) -> None:
    done = int((job.cursor or {}).get("entries", 0))
    found = reading_beside.prepare(path, told_of(upload), skip=done, placed=placed)
    noted = 0
    with closing(found):
        for chunk in found:
            if chunk.start > 2 * noted:
                noted = chunk.start
                with write() as session:
                    samples.note_growth(session)
            with write() as session:
                _store(session, job, chunk)


def _store(session: Session, job: JobRow, chunk: Prepared) -> None:
    row = _upload_of(session, job)
    row.container, row.dialect = chunk.container, chunk.dialect
    storing.store(session, row, chunk)
    # Bytes read are the honest measure while the number of lines is unknown.
    jobs.checkpoint(
        session, job, cursor={"entries": chunk.start + chunk.entries}, phase="read",
        done=min(chunk.position, row.bytes) // 1_000, total=row.bytes // 1_000,
    )  # fmt: skip


def _refuse_broken(write: Sessions, job: JobRow, upload: UploadRow, path: Path) -> None:
    """Read the whole file first; the records that cannot be read are the report of the refusal."""
    with write() as session:
        uploads.forget_counts(session, _upload_of(session, job))
        jobs.checkpoint(session, job, phase="check")
    found, broken = reading_beside.prepare(path, told_of(upload)), 0
    with closing(found):
        for chunk in found:
            broken += len(chunk.rejects)
            with write() as session:
                row = _upload_of(session, job)
                uploads.add_rejects(session, row.id, chunk.rejects)
                row.rejected = row.lines = broken
                jobs.checkpoint(
                    session, job, done=chunk.position // 1_000, total=upload.bytes // 1_000
                )
    if broken:
        raise BrokenRecordsError


def _upload_of(session: Session, job: JobRow) -> UploadRow:
    return uploads.get(session, int(job.dataset_id or 0), int(job.params["upload"]))
