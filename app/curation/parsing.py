"""A spooled upload -> samples and rejects, in chunks. Runs in the worker.

A chunk's rows, its rejects, the upload's counts and the job's cursor are one
transaction: a worker killed at any instant loses and doubles nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from app.curation import chunks, column_roles, storing
from app.curation.chunks import Chunk
from app.curation.column_roles import Told
from app.errors import InvalidError
from app.formats import containers, dialects
from app.formats.dialects import Detection
from app.formats.entries import Entry, Record
from app.formats.sample import KINDS
from app.storage import datasets, jobs, uploads
from app.storage.database import Sessions
from app.storage.tables import JobRow, UploadRow, UploadState

DETECT_ON = 200


class NoInputError(InvalidError):
    """No input could be read from this file."""


class BrokenRecordsError(InvalidError):
    """Some records cannot be read, so that nothing of the file was kept, as it was wished."""

    code = "broken_records"


def parse_upload(read: Sessions, write: Sessions, job: JobRow, spool: Path) -> None:
    """Store what an upload holds; then ask for its samples to be embedded."""
    with read() as session:
        upload = _upload_of(session, job)
    path = spool / upload.spool_name
    try:
        if upload.all_or_nothing and not job.cursor:
            _refuse_broken(write, job, upload, path)
        _parse(write, job, upload, path)
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read: what it is, and its chunks as they come."""

    container: str
    dialect: str
    chunks: Iterator[Chunk]
    position: Callable[[], int]  # bytes read so far, as they lie on disk


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its first entries, and the dialect of its records."""

    container: str
    entries: list[Entry]
    detection: Detection

    @property
    def records(self) -> list[Record]:
        """The entries that could be read as objects."""
        return [entry for entry in self.entries if isinstance(entry, Record)]


def read_file(path: Path, told: Told, *, skip: int = 0) -> Reading:
    """Read a spooled file, as its sender says it is, from its entry number `skip` on."""
    if told.purpose == "target":
        dialect = read_head(path).detection.dialect
        sort = chunks.sorter(column_roles.input_reader(told))
    else:
        dialect, parse = column_roles.reader(told, lambda: read_head(path).detection)
        sort = chunks.sorter(parse)
    stream = path.open("rb")
    contents = containers.open_contents(stream, skip=skip)

    def read() -> Iterator[Chunk]:
        start = skip
        with stream:
            while entries := list(islice(contents.entries, chunks.ENTRIES)):
                yield sort(entries, start)
                start += len(entries)

    return Reading(contents.container, dialect, read(), stream.tell)


def read_head(path: Path) -> Head:
    """The first 200 entries, and what they speak."""
    with path.open("rb") as stream:
        contents = containers.open_contents(stream)
        entries = list(islice(contents.entries, DETECT_ON))
    values = [entry.value for entry in entries if isinstance(entry, Record)]
    return Head(contents.container, entries, dialects.detect(values, kinds=KINDS))


def told_of(upload: UploadRow) -> Told:
    """What was said about an upload when it was sent."""
    return Told(upload.mapping, upload.read_as, upload.purpose)


def _parse(write: Sessions, job: JobRow, upload: UploadRow, path: Path) -> None:
    done = int((job.cursor or {}).get("entries", 0))
    reading = read_file(path, told_of(upload), skip=done)
    for chunk in reading.chunks:
        # Bytes read are the honest measure while the number of lines is unknown.
        share = min(reading.position(), upload.bytes)
        with write() as session:
            row = _upload_of(session, job)
            row.container, row.dialect = reading.container, reading.dialect
            storing.store(session, row, chunk)
            jobs.checkpoint(
                session, job, cursor={"entries": chunk.start + chunk.entries}, phase="read",
                done=share // 1_000, total=upload.bytes // 1_000,
            )  # fmt: skip


def _refuse_broken(write: Sessions, job: JobRow, upload: UploadRow, path: Path) -> None:
    """Read the whole file first; the records that cannot be read are the report of the refusal."""
    with write() as session:
        uploads.forget_counts(session, _upload_of(session, job))
        jobs.checkpoint(session, job, phase="check")
    reading, broken = read_file(path, told_of(upload)), 0
    for chunk in reading.chunks:
        broken += len(chunk.rejects)
        with write() as session:
            row = _upload_of(session, job)
            uploads.add_rejects(session, row.id, chunk.rejects)
            row.rejected = row.lines = broken
            jobs.checkpoint(
                session, job, done=reading.position() // 1_000, total=upload.bytes // 1_000
            )
    if broken:
        raise BrokenRecordsError


def _upload_of(session: Session, job: JobRow) -> UploadRow:
    return uploads.get(session, int(job.dataset_id or 0), int(job.params["upload"]))
