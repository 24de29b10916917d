"""The data sets of the house: list, create, rename, put in the trash and take out again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import audit, browsing, progress, texts
from app.curation.audit import Kind
from app.curation.board_views import JobView
from app.curation.sample_views import CountsView
from app.storage import datasets, events, people
from app.storage.access import Role
from app.storage.datasets import DatasetNameError
from app.storage.events import Event
from app.storage.tables import DatasetRow, now

AUDITED = {
    "created": Kind.DATASET_CREATED,
    "renamed": Kind.DATASET_CHANGED,
    "trashed": Kind.DATASET_TRASHED,
    "restored": Kind.DATASET_RESTORED,
}


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """A data set as a line of the list."""

    slug: str
    name: str
    task: str
    side: str
    counts: CountsView
    reviewed: float  # the part of its samples that is decided, 0 to 1
    created_at: datetime
    changed_at: datetime
    job: JobView | None  # what is being done for it now
    in_trash: bool


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """Everything that templates/datasets/list.html may show."""

    datasets: tuple[DatasetCard, ...]


def listing(session: Session) -> CatalogueView:
    """All data sets, the newest change first."""
    return CatalogueView(tuple(_card(session, row) for row in datasets.all_of(session)))


def page(
    session: Session, *, after: int = 0, limit: int = 100
) -> tuple[tuple[DatasetCard, ...], int | None]:
    """Some data sets in the order in which they were created, and the id to go on after."""
    rows = datasets.page(session, after=after, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return tuple(_card(session, row) for row in rows[:limit]), following


def show(session: Session, slug: str) -> DatasetCard:
    """One data set, or DatasetNotFoundError."""
    return _card(session, datasets.get(session, slug))


def create(
    session: Session,
    name: str,
    *,
    actor: str,
    owner: int | None = None,
    task: str = "",
    side: str = "input",
) -> DatasetCard:
    """Add an empty data set; the person who is its owner, if any, is an admin in it.

    Raises:
        DatasetNameError: the name is empty, too long, or without a letter or digit.
        DatasetExistsError: the name is taken, perhaps by one in the trash.
    """
    _check(name, task)
    row = datasets.add(session, name, task=task.strip(), side=side)
    if owner is not None:  # or nobody but an admin of all could say who belongs to it
        people.place(session, row.id, owner, Role.ADMIN)
    _note(session, row, actor, "created", {"name": row.name, "task": row.task, "side": side})
    return _card(session, row)


def rename(
    session: Session, slug: str, *, actor: str, name: str | None = None, task: str | None = None
) -> DatasetCard:
    """Change the name or the task. The address stays, so that links keep working."""
    row = datasets.get(session, slug)
    name, task = (row.name if name is None else name), (row.task if task is None else task)
    _check(name, task)
    datasets.slug_of(name)  # it raises for a name that is none
    new = {"name": name.strip(), "task": task.strip()}
    before = {"name": row.name, "task": row.task}
    if new != before:
        row.name, row.task = new["name"], new["task"]
        _note(session, row, actor, "renamed", {"from": before, "to": new})
    return _card(session, row)


def trash(session: Session, slug: str, *, actor: str) -> None:
    """Put the data set into the trash; nothing of it is lost."""
    row = datasets.get(session, slug)
    row.deleted_at = now()
    _note(session, row, actor, "trashed", {})


def restore(session: Session, slug: str, *, actor: str) -> DatasetCard:
    """Take the data set out of the trash."""
    row = datasets.get_in_trash(session, slug)
    row.deleted_at = None
    _note(session, row, actor, "restored", {})
    return _card(session, row)


def _check(name: str, task: str) -> None:
    if not texts.is_storable(name + task):
        raise DatasetNameError("A name or task holds a character that no text can hold.")


def _note(
    session: Session, row: DatasetRow, actor: str, kind: str, body: dict[str, object]
) -> None:
    session.flush()
    events.append(session, row.id, [Event(None, kind, body)], actor=actor, batch=f"d{row.id}")
    audit.record(session, actor=actor, kind=AUDITED[kind], subject=row.slug, name=row.name)


def _card(session: Session, row: DatasetRow) -> DatasetCard:
    counts = browsing.counts_of(session, row)
    return DatasetCard(
        slug=row.slug,
        name=row.name,
        task=row.task,
        side=row.side,
        counts=counts,
        reviewed=counts.reviewed / counts.total if counts.total else 0.0,
        created_at=row.created_at,
        changed_at=row.changed_at,
        job=progress.running_of(session, row.id),
        in_trash=row.deleted_at is not None,
    )
