"""What nobody wants any more goes: removed exports, and the half files of cancelled ones."""

import shutil
from pathlib import Path

from sqlmodel import Session

from app.curation import audit, export_run
from app.errors import ConflictError
from app.storage import datasets, exports, jobs
from app.storage.exports import ExportNotFoundError
from app.storage.tables import JobState


class ExportRunningError(ConflictError):
    """This export is being written; cancel it first."""

    code = "export_running"


def remove(session: Session, slug: str, export_id: int, *, actor: str) -> None:
    """Forget an export; its files go by `remove_files` once this is committed.

    Raises:
        ExportNotFoundError: there is no such export.
        ExportRunningError: it is not finished yet.
    """
    dataset = datasets.get(session, slug)
    if not 0 < export_id < 2**31:
        raise ExportNotFoundError
    row = exports.get(session, dataset.id, export_id)
    if row.job_id and jobs.get(session, row.job_id).state in jobs.OPEN:
        raise ExportRunningError
    exports.remove(session, row)
    audit.record(
        session, actor=actor, kind=audit.Kind.EXPORT_REMOVED, subject=slug, export=export_id
    )


def remove_files(folder: Path, export_id: int) -> None:
    """Remove the files of an export that is forgotten."""
    shutil.rmtree(export_run.path_of(folder, export_id, ""), ignore_errors=True)


def sweep(session: Session, folder: Path) -> int:
    """Remove what removed and cancelled exports left on disk; return how many were touched."""
    touched = 0
    for home in sorted(path for path in folder.glob("*") if path.name.isdecimal()):
        row = exports.find(session, int(home.name))
        if row is None:
            remove_files(folder, int(home.name))
            touched += 1
        elif row.job_id and jobs.get(session, row.job_id).state == JobState.CANCELLED:
            touched += _remove_partials(home)
    return touched


def _remove_partials(home: Path) -> bool:
    partials = list(home.glob("*.partial"))
    for partial in partials:
        partial.unlink(missing_ok=True)
    return bool(partials)
