"""The last step of an import: what was looked at is kept, or it is thrown away."""

from pathlib import Path

from sqlmodel import Session

from app.curation import checking, intake, reading, targeting
from app.curation.parsing import BrokenRecordsError
from app.errors import InvalidError
from app.formats import mapping
from app.formats.mapping import Mapping
from app.storage import datasets, jobs, targets, uploads
from app.storage.tables import UploadState

NEXT_PAGES = {
    "itself": "board",
    "reference": "target#reference",
    "quotas": "target#quotas",
    "dataset": "target#dataset",
    "probes": "target/probes",
}
"""What the data can be compared with, and where that choice is gone on with."""


class UnknownTargetError(InvalidError):
    """There is no such kind of target."""


def keep(
    session: Session, slug: str, upload_id: int, *, actor: str, all_or_nothing: bool = False
) -> None:
    """Keep the samples of an undecided upload.

    Raises:
        DecidedError: they are kept already.
        BrokenRecordsError: some are broken, and it was to be all or nothing.
    """
    upload = checking.undecided(session, slug, upload_id)
    if all_or_nothing and upload.rejected:
        raise BrokenRecordsError
    uploads.forget_counts(session, upload)
    upload.all_or_nothing = all_or_nothing
    intake.begin(session, datasets.get(session, slug), upload, actor=actor)


def keep_as_target(session: Session, slug: str, upload_id: int, *, actor: str, spool: Path) -> None:
    """Compare the data with what an undecided upload asks: it holds inputs, not samples.

    Raises:
        DecidedError: its samples are kept already.
    """
    upload = checking.undecided(session, slug, upload_id)
    head = reading.read_head(spool / upload.spool_name)
    if not upload.mapping and not head.detection.dialect:
        name = mapping.guess_input([record.value for record in head.records])
        upload.mapping = mapping.to_json(Mapping({name: "input"})) if name else ""
    uploads.forget_counts(session, upload)
    upload.purpose = "target"
    intake.begin(session, datasets.get(session, slug), upload, actor=actor)


def keep_checked(session: Session, slug: str, *, actor: str) -> None:
    """Keep the samples of every upload that has been checked; broken records are set aside."""
    for upload in uploads.undecided_of(session, datasets.get(session, slug).id):
        if upload.state is UploadState.CHECKED:
            keep(session, slug, upload.id, actor=actor)


def choose_target(session: Session, slug: str, kind: str, *, actor: str) -> str:
    """Compare the data with this from now on; the page on which that goes on, or nothing."""
    if kind not in NEXT_PAGES:
        raise UnknownTargetError
    dataset = datasets.get(session, slug)
    current = targets.find(session, dataset.id, dataset.side)
    if kind == (current.kind if current else "itself"):
        return ""
    if kind == "itself":
        targeting.use_itself(session, slug, actor=actor)
    return NEXT_PAGES[kind]


def discard(session: Session, slug: str, upload_id: int) -> str:
    """Forget an upload of which nothing is kept; returns the name of its file in the spool.

    Raises:
        DecidedError: its samples are kept.
    """
    upload = uploads.get(session, datasets.get(session, slug).id, upload_id)
    if upload.state not in uploads.UNDECIDED:
        raise checking.DecidedError
    for job in jobs.open_of(session, upload.dataset_id):
        if job.params.get("upload") == upload.id:
            jobs.cancel(session, job.id)
    uploads.remove(session, upload)
    return upload.spool_name
