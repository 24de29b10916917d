"""Ask for files that a trainer accepts, see what would be left out, fetch them.

The files themselves are written by export_run, in the worker.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from app.curation import (
    audit,
    export_order,
    export_outcome,
    export_recipe,
    export_run,
    gauges,
    progress,
    rendering,
    versions,
)
from app.curation.board_views import JobView
from app.curation.export_order import Order
from app.curation.export_outcome import OutcomeView
from app.curation.export_preview import PreviewView, preview
from app.curation.export_recipe import NO_FOLDER, Recipe
from app.curation.export_run import run
from app.curation.rendering import FailureView
from app.errors import ConflictError, InvalidError
from app.formats.exporters import EXPORTERS
from app.formats.rules import FOR_THE_CALLER, Rule
from app.formats.sample import Kind
from app.storage import asker, datasets, exports, jobs
from app.storage import versions as version_rows
from app.storage.exports import ExportNotFoundError
from app.storage.release_tables import ExportRow
from app.storage.tables import DatasetRow, JobState, Status
from app.storage.versions import Label

__all__ = ["Order", "PreviewView", "preview", "run"]

UNCHECKED = FOR_THE_CALLER
_LARGEST_ID = 2**31 - 1


class NothingToExportError(InvalidError):
    """No sample has the status that is exported."""

    code = "nothing_to_export"


class TooManyExportsError(ConflictError):
    """As many of your exports as may wait or run do so; wait for one to end, or cancel it."""

    code = "too_many_exports"


@dataclass(frozen=True, slots=True)
class FileView:
    """A finished file."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as it stands now."""

    id: int
    dataset: str  # slug
    format: str
    title: str
    note: str  # what a person should know of the format and no rule can tell
    version: int
    version_hash: str
    query: str
    statuses: tuple[str, ...]
    dry_run: bool
    state: str
    recipe: Recipe
    outcome: OutcomeView
    total: int  # samples asked for
    rows: int  # lines written
    failed: int  # samples left out
    failures: tuple[FailureView, ...]
    left: tuple[FailureView, ...]  # what is left in samples that pass
    files: tuple[FileView, ...]
    actor: str
    created_at: datetime
    job: JobView | None

    @property
    def running(self) -> bool:
        """Whether it may still change."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class FormatView:
    """One choice of format, with the rules that its samples must keep, and what none can tell."""

    name: str
    title: str
    note: str
    rules: tuple[Rule, ...]
    source: str  # where the trainer says so; "" where it is no trainer's
    checked: str
    kinds: tuple[Kind, ...]  # of samples that it takes


def start(
    session: Session, slug: str, order: Order, *, actor: str, tokenizers: Path = NO_FOLDER
) -> ExportView:
    """Freeze what is asked for (or take the version named) and ask for its files.

    While the same export of the same person is still open, that one is returned.

    Raises:
        NotFoundError: no such data set or version.
        InvalidError: no such format, a query that cannot be read, or nothing to export.
        TooManyExportsError: this person has as many open exports as are allowed.
    """
    exporter = export_order.exporter_of(order)
    recipe = export_recipe.check(order.recipe, tokenizers)
    dataset = datasets.get(session, slug)
    version = (
        versions.freeze_row(session, slug, Label(query=order.query, actor=actor))
        if order.version is None
        else versions.find_row(session, slug, order.version)
    )
    statuses = export_order.statuses_of(order, version.query)
    total = exports.count_frozen(session, version.id, statuses)
    if not total:
        raise NothingToExportError(_nothing(version.rows, statuses))
    row = ExportRow(
        dataset_id=dataset.id,
        version_id=version.id,
        format=exporter.name,
        options={
            "statuses": [status.value for status in statuses],
            "dry_run": order.dry_run,
            **recipe.options,
        },
        total=total,
        failures=[],
        files=[],
        actor=actor,
    )
    row = _same_open(session, row) or _enqueue(session, dataset, row, version.number)
    gauges.keep(session, slug, version)
    audit.record(
        session, actor=actor, kind=audit.Kind.EXPORTED, subject=slug,
        export=row.id, format=row.format, version=version.number,
    )  # fmt: skip
    return _describe(session, slug, row)


def view(session: Session, slug: str, export_id: int) -> ExportView:
    """Describe an export as it stands now."""
    dataset = datasets.get(session, slug)
    return _describe(session, slug, _find(session, dataset.id, export_id))


def history(
    session: Session, slug: str, *, before: int | None = None, limit: int = 10
) -> tuple[ExportView, ...]:
    """The exports of a data set, newest first."""
    dataset = datasets.get(session, slug)
    rows = exports.of_dataset(session, dataset.id, limit=limit, before=before)
    return tuple(_describe(session, slug, row) for row in rows)


def open_file(session: Session, slug: str, export_id: int, name: str, *, folder: Path) -> Path:
    """Where a finished file of an export lies, or raise ExportNotFoundError.

    The name only chooses among the export's own files; it never becomes a path.
    """
    dataset = datasets.get(session, slug)
    row = _find(session, dataset.id, export_id)
    known = next((file["name"] for file in row.files if file["name"] == name), None)
    if known is None:
        raise ExportNotFoundError("This export has no such file.")
    path = export_run.path_of(folder, row.id, known)
    if not path.is_file():
        raise ExportNotFoundError("This file was removed; export the version again.")
    return path


def formats() -> tuple[FormatView, ...]:
    """Every format that can be exported."""
    return tuple(
        FormatView(
            exporter.name, exporter.title, exporter.note, exporter.rules,
            source=exporter.rules[0].source,
            checked=exporter.rules[0].checked,
            kinds=exporter.kinds,
        )
        for exporter in EXPORTERS.values()
    )  # fmt: skip


def _nothing(rows: int, statuses: tuple[Status, ...]) -> str:
    wanted = " or ".join(status.value.replace("_", " ") for status in statuses)
    return f"None of the {rows:,} samples is {wanted}, so there is nothing to export."


def _same_open(session: Session, wanted: ExportRow) -> ExportRow | None:
    """The open export that is the same as this one; raise when too many others are open."""
    found = exports.open_of(session, wanted.actor)
    for row in found:
        if (row.version_id, row.format, row.options) == (
            wanted.version_id, wanted.format, wanted.options
        ):  # fmt: skip
            return row
    most = asker.current().most_exports
    if most and len(found) >= most:
        raise TooManyExportsError
    return None


def _enqueue(session: Session, dataset: DatasetRow, row: ExportRow, number: int) -> ExportRow:
    exports.add(session, row)
    title = f"Export version {number} of {dataset.name} as {EXPORTERS[row.format].title}"
    row.job_id = jobs.enqueue(session, "export", dataset.id, title=title, export=row.id).id
    session.flush()
    return row


def _find(session: Session, dataset_id: int, export_id: int) -> ExportRow:
    if not 0 < export_id <= _LARGEST_ID:
        raise ExportNotFoundError
    return exports.get(session, dataset_id, export_id)


def _failed(row: ExportRow) -> int:
    """How many samples break a rule; an old export tells only what it did not write."""
    if row.state != JobState.DONE:
        return 0
    return int(row.told["failed"]) if row.told else row.total - row.rows


def _describe(session: Session, slug: str, row: ExportRow) -> ExportView:
    version = version_rows.get_by_id(session, row.version_id)
    job = progress.view(session, row.job_id) if row.job_id else None
    exporter = EXPORTERS.get(row.format)
    return ExportView(
        id=row.id,
        dataset=slug,
        format=row.format,
        title=exporter.title if exporter else row.format,
        note=exporter.note if exporter else "",
        version=version.number,
        version_hash=version.hash,
        query=version.query,
        statuses=tuple(row.options["statuses"]),
        dry_run=bool(row.options["dry_run"]),
        state=row.state if row.state == JobState.DONE or job is None else job.state,
        total=row.total,
        rows=row.rows,
        recipe=Recipe.load(row.options),
        outcome=export_outcome.load(row.told),
        failed=_failed(row),
        failures=tuple(rendering.load_failure(found) for found in row.failures),
        left=tuple(rendering.load_failure(found) for found in row.told.get("left", ())),
        files=tuple(FileView(**found) for found in row.files),
        actor=row.actor,
        created_at=row.created_at,
        job=job,
    )
