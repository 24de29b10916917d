"""A spooled file -> an upload and its job. The parsing is in `parsing`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlmodel import Session

from app.curation import audit, remembering, spooling
from app.curation.column_roles import NOTHING_TOLD, Told
from app.curation.spooling import Spooled
from app.errors import ConflictError, DartboardError
from app.storage import datasets, events, jobs, uploads
from app.storage.database import Sessions
from app.storage.events import Event
from app.storage.tables import DatasetRow, RejectRow, UploadRow, UploadState

SHOWN_REJECTS = 50
REJECTS_PER_READ = 500


class KeyReusedError(ConflictError):
    """This Idempotency-Key was used before for another upload."""

    code = "key_reused"


@dataclass(frozen=True, slots=True)
class RejectView:
    """One record that could not be read."""

    line: int
    code: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class UploadView:
    """What became of an upload; accepted + updated + duplicate + rejected + blank = lines."""

    id: int
    dataset: str
    filename: str
    purpose: str
    state: str
    error: str
    bytes: int
    container: str
    dialect: str
    lines: int
    accepted: int
    updated: int
    duplicate: int
    rejected: int
    blank: int
    job: int | None
    rejects: tuple[RejectView, ...]

    @property
    def running(self) -> bool:
        """Whether the numbers may still grow."""
        return self.state in (UploadState.RECEIVED, UploadState.PARSING)

    @property
    def checked(self) -> bool:
        """Whether its numbers say what would become of it, or soon will."""
        return self.state in (UploadState.CHECKING, UploadState.CHECKED)

    @property
    def undecided(self) -> bool:
        """Whether nothing of it is kept yet."""
        return self.state in uploads.UNDECIDED


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who sent a file, under which label and key, and how it is to be read.

    Nothing is kept of one that is `held` before somebody has looked at it.
    """

    actor: str
    filename: str = ""
    key: str | None = None
    told: Told = NOTHING_TOLD
    held: bool = False
    all_or_nothing: bool = False


def accept(
    session: Session, slug: str, spooled: Spooled, arrival: Arrival, *, spool: Path
) -> UploadView:
    """Note the upload and ask for it to be parsed; a 2xx after this is on disk.

    The same key with the same bytes gives the first answer again.

    Raises:
        DatasetNotFoundError: no such data set.
        InvalidError: it cannot be read in the way that its sender says.
        KeyReusedError: the key came before with other bytes.
        TooManyJobsError: too many of the sender's jobs wait already.
    """
    try:
        return _accept(session, slug, spooled, arrival, spool=spool)
    except DartboardError:
        spooling.remove(spool, spooled.name)
        raise


def _accept(
    session: Session, slug: str, spooled: Spooled, arrival: Arrival, *, spool: Path
) -> UploadView:
    dataset = datasets.get(session, slug)
    told = remembering.resolve(session, dataset.id, arrival.told)
    sent = _row(dataset.id, spooled, arrival, told)
    known = arrival.key and uploads.find_by_key(session, arrival.actor, arrival.key)
    if known:
        if not _same(known, sent):
            raise KeyReusedError
        spooling.remove(spool, spooled.name)
        return view(session, slug, known.id)
    upload = uploads.add(session, sent)
    if not arrival.held:
        begin(session, dataset, upload, actor=arrival.actor)
    return view(session, slug, upload.id)


def begin(session: Session, dataset: DatasetRow, upload: UploadRow, *, actor: str) -> None:
    """Ask for the samples of an upload to be kept, and note who did."""
    upload.state = UploadState.RECEIVED
    title = f"Read {upload.filename or 'an upload'} into {dataset.name}"
    jobs.enqueue(session, "parse", dataset.id, title=title, upload=upload.id)
    event = Event(None, "uploaded", {"upload": upload.id, "sha256": upload.sha256})
    events.append(session, dataset.id, [event], actor=actor, batch=f"u{upload.id}")
    audit.record(
        session, actor=actor, kind=audit.Kind.UPLOADED, subject=dataset.slug,
        upload=upload.id, bytes=upload.bytes, sha256=upload.sha256,
    )  # fmt: skip


def view(session: Session, slug: str, upload_id: int) -> UploadView:
    """Describe an upload as it stands now."""
    dataset = datasets.get(session, slug)
    upload = uploads.get(session, dataset.id, upload_id)
    rejects = uploads.rejects_of(session, upload_id, limit=SHOWN_REJECTS)
    job = next(
        (job.id for job in jobs.of_dataset(session, dataset.id) if _reads(job.params, upload_id)),
        None,
    )
    shown = tuple(RejectView(row.line, row.code, row.reason, row.text) for row in rejects)
    return UploadView(
        id=upload.id, dataset=slug, filename=upload.filename, purpose=upload.purpose,
        state=upload.state, error=upload.error, bytes=upload.bytes,
        container=upload.container, dialect=upload.dialect, lines=upload.lines,
        accepted=upload.accepted, updated=upload.updated, duplicate=upload.duplicate,
        rejected=upload.rejected, blank=upload.blank, job=job, rejects=shown,
    )  # fmt: skip


def history(session: Session, slug: str) -> tuple[UploadView, ...]:
    """The newest uploads of a data set."""
    dataset = datasets.get(session, slug)
    rows = uploads.of_dataset(session, dataset.id, limit=10)
    return tuple(view(session, slug, row.id) for row in rows)


def undecided(session: Session, slug: str) -> tuple[UploadView, ...]:
    """The uploads that somebody began and has not decided on."""
    rows = uploads.undecided_of(session, datasets.get(session, slug).id)
    return tuple(view(session, slug, row.id) for row in rows)


def check_upload(session: Session, slug: str, upload_id: int) -> None:
    """Raise UploadNotFoundError when the data set has no such upload."""
    uploads.get(session, datasets.get(session, slug).id, upload_id)


def rejected_lines(read: Sessions, slug: str, upload_id: int) -> Iterator[bytes]:
    """The quarantined records as JSON Lines, read as they are asked for: there may be millions."""
    after = -1
    while True:
        with read() as session:
            check_upload(session, slug, upload_id)
            rows = list(uploads.rejects_of(session, upload_id, after=after, limit=REJECTS_PER_READ))
        if not rows:
            return
        after = rows[-1].position
        yield b"".join(orjson.dumps(_told(row)) + b"\n" for row in rows)


def _told(row: RejectRow) -> dict[str, object]:
    return {
        "line": row.line,
        "offset": row.offset,
        "code": row.code,
        "reason": row.reason,
        "text": row.text,
    }


def _row(dataset_id: int, spooled: Spooled, arrival: Arrival, told: Told) -> UploadRow:
    return UploadRow(
        dataset_id=dataset_id,
        actor=arrival.actor,
        idempotency_key=arrival.key,
        filename=arrival.filename[:255],
        purpose=told.purpose,
        mapping=told.mapping,
        read_as=told.read_as,
        all_or_nothing=arrival.all_or_nothing,
        state=UploadState.WAITING if arrival.held else UploadState.RECEIVED,
        spool_name=spooled.name,
        bytes=spooled.bytes,
        sha256=spooled.sha256,
    )


def _same(known: UploadRow, sent: UploadRow) -> bool:
    names = ("sha256", "dataset_id", "mapping", "read_as")
    return all(getattr(known, name) == getattr(sent, name) for name in names)


def _reads(params: dict[str, object], upload_id: int) -> bool:
    return params.get("upload") == upload_id
