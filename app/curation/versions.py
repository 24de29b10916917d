"""Freeze what a query finds, so that a fine-tuning job can say what it was trained on."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.curation import audit, gauges, queries
from app.curation.gauge_views import GaugeMove
from app.errors import InvalidError
from app.storage import datasets, events, versions
from app.storage.events import Event
from app.storage.filters import Filter
from app.storage.release_tables import VersionRow, VersionUseRow
from app.storage.tables import Status
from app.storage.versions import Label

NAME_LENGTH, NOTE_LENGTH, USE_LENGTH = 200, 4_000, 500
_LARGEST_NUMBER = 2**31 - 1
_NUMBER = re.compile(r"v?([0-9]{1,10})")
_PAIR = re.compile(r"(latest|v?[0-9]{1,10})\.\.\.(latest|v?[0-9]{1,10})")
_SPACE = re.compile(r"[\s\x00-\x1f]")


class EmptyVersionError(InvalidError):
    """There are no samples to freeze."""

    code = "empty_version"


class FrozenTrashError(InvalidError):
    """Samples in the trash cannot be frozen or exported; restore them first."""

    code = "in_trash"


class VersionNameError(InvalidError):
    """The name of a version has at most 200 characters, its note 4,000."""


class UseError(InvalidError):
    """Say in 1 to 500 characters what was trained: a job's name, or its address."""

    code = "version_use"


class VersionPairError(InvalidError):
    """Two versions are compared as a...b, such as 1...2."""

    code = "version_pair"


@dataclass(frozen=True, slots=True)
class UseView:
    """What somebody trained on a version; `link` says that it is an address one can follow."""

    id: int
    used_by: str
    link: bool
    actor: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """A frozen version; `hash` says what it holds (see storage/versions)."""

    dataset: str  # slug
    number: int
    name: str
    note: str
    query: str
    rows: int
    hash: str
    actor: str
    created_at: datetime
    statuses: tuple[tuple[str, int], ...]  # how many samples had each, most important first
    uses: tuple[UseView, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Samples that changed in one way: how many, and the first 50 of them."""

    count: int
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """What lies between two versions; one sample may be edited and differ in status."""

    old: VersionView
    new: VersionView
    added: ChangeView
    edited: ChangeView
    removed: ChangeView
    status_changed: ChangeView
    gauges: tuple[GaugeMove, ...]  # those that were read of both versions


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The versions of a data set, newest first, and what the newest one changed."""

    dataset: str
    versions: tuple[VersionView, ...]
    next: int | None  # go on below this number
    newest: DifferenceView | None


def freeze(
    session: Session, slug: str, *, query: str = "", name: str = "", note: str = "", actor: str
) -> VersionView:
    """Freeze the samples that match the query; those in the trash never do.

    What the newest version holds already is not frozen twice: that version is returned.

    Raises:
        DatasetNotFoundError: no such data set.
        InvalidError: the query cannot be read, or finds nothing.
    """
    row = freeze_row(session, slug, Label(name, note, query, actor))
    gauges.keep(session, slug, row)
    return view(session, slug, row)


def freeze_row(session: Session, slug: str, label: Label) -> VersionRow:
    """Freeze, and return the row: for stages that go on with it."""
    dataset, query, actor = datasets.get(session, slug), label.query, label.actor
    if len(label.name) > NAME_LENGTH or len(label.note) > NOTE_LENGTH:
        raise VersionNameError
    asked = queries.parse_string(query)
    wanted = resolve(session, dataset.id, query)
    before = versions.find_newest(session, dataset.id)
    label = Label(label.name.strip(), label.note.strip(), queries.write(asked), actor)
    row = versions.add_frozen(session, dataset.id, wanted, label)
    if not row.rows:
        raise EmptyVersionError
    if before is None or row.number > before.number:
        told = {"version": row.number, "hash": row.hash, "rows": row.rows}
        events.append(
            session, dataset.id, [Event(None, "frozen", told)], actor=actor, batch=f"v{row.id}"
        )
        audit.record(session, actor=actor, kind=audit.Kind.VERSION_FROZEN, subject=slug, **told)
    return row


def get(session: Session, slug: str, number: int) -> VersionView:
    """Describe one version."""
    return view(session, slug, find_row(session, slug, number))


def newest_number(session: Session, slug: str) -> int | None:
    """The number of the newest version, or None before the first."""
    row = versions.find_newest(session, datasets.get(session, slug).id)
    return row.number if row else None


def read_number(session: Session, slug: str, text: str) -> int:
    """The version that an address means: `latest`, `v7` or `7`.

    Raises:
        VersionNotFoundError: there is none, or the words mean none.
    """
    if text == "latest":
        number = newest_number(session, slug)
    else:
        match = _NUMBER.fullmatch(text)
        number = int(match[1]) if match else None
    if number is None:
        raise versions.VersionNotFoundError
    return number


def find_row(session: Session, slug: str, number: int) -> VersionRow:
    """The row of a version, or raise VersionNotFoundError."""
    dataset = datasets.get(session, slug)
    if not 0 < number <= _LARGEST_NUMBER:
        raise versions.VersionNotFoundError
    return versions.get(session, dataset.id, number)


def add_use(session: Session, slug: str, number: int, used_by: str, *, actor: str) -> VersionView:
    """Note which fine-tuning job a version was used for: a name, or an address."""
    told = used_by.strip()
    if not 0 < len(told) <= USE_LENGTH or "\0" in told:
        raise UseError
    row = find_row(session, slug, number)
    if told not in (use.used_by for use in versions.uses_of(session, [row.id])):
        versions.add_use(session, row.id, told, actor=actor)
    return view(session, slug, row)


def remove_use(session: Session, slug: str, number: int, use_id: int) -> VersionView:
    """Forget that a version was used for something."""
    row = find_row(session, slug, number)
    versions.remove_use(session, row.id, use_id)
    return view(session, slug, row)


def history(
    session: Session, slug: str, *, before: int | None = None, limit: int = 50
) -> HistoryView:
    """The versions of a data set, newest first."""
    dataset = datasets.get(session, slug)
    rows = versions.of_dataset(session, dataset.id, limit=limit + 1, before=before)
    shown = tuple(view(session, slug, row) for row in rows[:limit])
    more = shown[-1].number if len(rows) > limit else None
    newest = None
    if before is None and len(shown) > 1:
        newest = compare(session, slug, shown[1].number, shown[0].number)
    return HistoryView(slug, shown, more, newest)


def compare(session: Session, slug: str, old: int, new: int) -> DifferenceView:
    """What changed from one version to another."""
    first, second = find_row(session, slug, old), find_row(session, slug, new)
    found = versions.compare(session, first.id, second.id)
    return DifferenceView(
        old=view(session, slug, first),
        new=view(session, slug, second),
        added=_change(found.added),
        edited=_change(found.edited),
        removed=_change(found.removed),
        status_changed=_change(found.status_changed),
        gauges=gauges.moved(session, first.id, second.id),
    )


def read_pair(session: Session, slug: str, text: str) -> tuple[int, int]:
    """`1...2`, `v1...v2` or `v1...latest` as two numbers.

    Raises:
        VersionPairError: these are no two versions.
        VersionNotFoundError: there is no such version.
    """
    match = _PAIR.fullmatch(text)
    if match is None:
        raise VersionPairError
    return read_number(session, slug, match[1]), read_number(session, slug, match[2])


def resolve(session: Session, dataset_id: int, query: str) -> Filter:
    """The samples that a query means, as they can be frozen."""
    wanted = queries.resolve(session, dataset_id, queries.parse_string(query))
    if wanted.deleted:
        raise FrozenTrashError
    return wanted


def view(session: Session, slug: str, row: VersionRow) -> VersionView:
    """Describe a version's row."""
    found = versions.count_by_status(session, row.id)
    order = (Status.APPROVED, Status.PENDING, Status.NEEDS_WORK, Status.REJECTED)
    return VersionView(
        dataset=slug,
        number=row.number,
        name=row.name,
        note=row.note,
        query=row.query,
        rows=row.rows,
        hash=row.hash,
        actor=row.actor,
        created_at=row.created_at,
        statuses=tuple((status.value, found[status]) for status in order if status in found),
        uses=tuple(_use(use) for use in versions.uses_of(session, [row.id])),
    )


def _use(row: VersionUseRow) -> UseView:
    link = row.used_by.startswith(("https://", "http://")) and not _SPACE.search(row.used_by)
    return UseView(row.id, row.used_by, link, row.actor, row.created_at)


def _change(change: versions.Change) -> ChangeView:
    return ChangeView(change.count, change.ids)
