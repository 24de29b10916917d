"""What the last two steps of an import may show: the counts as they would be, and the map."""

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from app.curation import board, checking, fields, intake, progress, target_page
from app.curation.board_views import DatasetHead, JobView
from app.curation.intake import UploadView
from app.curation.previewing import PreviewView
from app.curation.target_page import KindView
from app.storage import datasets, jobs, targets
from app.storage.tables import JobRow, JobState

TEXTS_PER_SECOND = 500.0
"""What the built-in model embeds on two cores; used until this machine has shown its own pace."""
RECORDS_PER_SECOND = 5_000.0


@dataclass(frozen=True, slots=True)
class CheckView:
    """Everything that templates/imports/check.html may show."""

    head: DatasetHead
    upload: UploadView
    samples: tuple[PreviewView, ...]
    job: JobView | None  # that counts the upload now
    said: str  # why it was not imported just now


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything that templates/imports/map.html may show."""

    head: DatasetHead
    upload: UploadView
    kinds: tuple[KindView, ...]
    encoder: str
    seconds: float  # an estimate


def check(session: Session, slug: str, upload_id: int, *, spool: Path, said: str = "") -> CheckView:
    """Describe what would become of an undecided upload, or DecidedError."""
    shown = fields.view(session, slug, upload_id, spool=spool)
    rows = jobs.open_of(session, datasets.get(session, slug).id)
    job = next((row for row in rows if _counts(row, upload_id)), None)
    return CheckView(
        head=shown.head, upload=shown.upload, samples=shown.samples, said=said,
        job=progress.view(session, job.id) if job else None,
    )  # fmt: skip


def choose(session: Session, slug: str, upload_id: int, *, encoder: str) -> MapView:
    """Describe what the data can be compared with, or DecidedError."""
    checking.undecided(session, slug, upload_id)
    dataset, upload = datasets.get(session, slug), intake.view(session, slug, upload_id)
    current = targets.find(session, dataset.id, dataset.side)
    kind = current.kind if current else "itself"
    return MapView(
        head=board.head(session, slug), upload=upload, encoder=encoder,
        kinds=tuple(KindView(one, *told, one == kind) for one, told in target_page.KINDS.items()),
        seconds=upload.lines / RECORDS_PER_SECOND + upload.accepted / _pace(session),
    )  # fmt: skip


def _pace(session: Session) -> float:
    """Texts a second, as the newest finished embedding showed it."""
    rows = (row for row in jobs.newest(session) if row.kind == "embed" and row.done > EMBEDDED)
    return next((pace for row in rows if (pace := _pace_of(row))), TEXTS_PER_SECOND)


EMBEDDED = 500
"""Fewer texts than this say nothing about the pace."""


def _pace_of(job: JobRow) -> float:
    if job.state is not JobState.DONE or not job.started_at or not job.finished_at:
        return 0.0
    seconds = (job.finished_at - job.started_at).total_seconds()
    return job.done / seconds if seconds > 0 else 0.0


def _counts(job: JobRow, upload_id: int) -> bool:
    return job.kind == "check" and job.params.get("upload") == upload_id
