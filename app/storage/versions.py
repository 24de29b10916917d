"""Queries about frozen versions: immutable lists of (sample, revision, fingerprint, status).

A version's hash is sha256 over one line per sample, in ascending order of the
sample's id: the fingerprint, a space, the status, a line feed. Then comes one line
for each sample to which an import brought other columns: its fingerprint, a space,
the sha256 of the columns that it has beside its messages. So the hash says what the version
holds, not when or by whom it was frozen.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, and_, delete, insert, literal, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from app.errors import NotFoundError
from app.storage import facets, revisions
from app.storage.filters import Column, Filter, conditions
from app.storage.release_tables import VersionItemRow, VersionRow, VersionUseRow
from app.storage.tables import DatasetRow, RevisionRow, SampleRow, Status

FIRST_IDS = 50
ROWS_PER_FETCH = 10_000
MOST_VALUES = 50
FACTS: tuple[Column, ...] = ("origin", "label", "language")
OTHERS = "(others)"
"""What the facts of a version call all values beyond the most frequent MOST_VALUES."""


class VersionNotFoundError(NotFoundError):
    """There is no such version."""


@dataclass(frozen=True, slots=True)
class Change:
    """How many samples changed in one way, and the first of them."""

    count: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What lies between two versions; a sample may be both edited and differ in status."""

    added: Change
    edited: Change
    removed: Change
    status_changed: Change


@dataclass(frozen=True, slots=True)
class Label:
    """What people call a version, and what it was asked for by."""

    name: str = ""
    note: str = ""
    query: str = ""
    actor: str = ""


def add_frozen(session: Session, dataset_id: int, wanted: Filter, label: Label) -> VersionRow:
    """Freeze the samples that match now, under the next number.

    Where they are what the newest version holds already, that version is
    returned; it takes the name and the note if it had none.
    """
    # One freeze at a time, so that two never take the same number.
    session.exec(select(DatasetRow.id).where(DatasetRow.id == dataset_id).with_for_update()).one()
    newest = find_newest(session, dataset_id)
    version = VersionRow(
        dataset_id=dataset_id,
        number=newest.number + 1 if newest else 1,
        rows=0,
        hash="",
        **asdict(label),
    )
    session.add(version)
    session.flush()
    _copy_items(session, version.id, conditions(dataset_id, wanted))
    version.rows, version.hash = measure(session, version.id)
    if newest is None or (newest.rows, newest.hash) != (version.rows, version.hash):
        version.facts = _facts(session, dataset_id, wanted)
        session.flush()
        return version
    _remove(session, version)
    newest.name, newest.note = newest.name or label.name, newest.note or label.note
    session.flush()
    return newest


def measure(session: Session, version_id: int) -> tuple[int, str]:
    """The number of samples in a version, and its hash."""
    item = VersionItemRow
    # One text a row, and past the ORM: a million rows are hashed in seconds, not in tens of them.
    line = col(item.fingerprint) + " " + type_coerce(col(item.status), String) + "\n"
    query = (
        select(line)
        .where(item.version_id == version_id)
        .order_by(col(item.sample_id))
        .execution_options(yield_per=ROWS_PER_FETCH)
    )
    rows, digest = 0, hashlib.sha256()
    for part in session.connection().execute(query).partitions():
        rows += len(part)
        digest.update("".join([told for (told,) in part]).encode())
    for told in _beside(session, version_id):
        digest.update(told.encode())
    return rows, digest.hexdigest()


def _beside(session: Session, version_id: int) -> Iterator[str]:
    item, kept, first = VersionItemRow, aliased(RevisionRow), aliased(RevisionRow)
    query = (
        select(item.fingerprint, kept.rest, first.rest)
        .join(
            kept,
            and_(col(kept.sample_id) == item.sample_id, col(kept.number) == item.revision),
        )
        .join(first, and_(col(first.sample_id) == item.sample_id, col(first.number) == 1))
        .where(item.version_id == version_id, item.revision > 1)
        .order_by(col(item.sample_id))
    )
    rows = session.exec(query.execution_options(yield_per=ROWS_PER_FETCH))
    for fingerprint, rest, at_first in rows:
        columns = revisions.columns_of(rest)
        if columns != revisions.columns_of(at_first):
            yield f"{fingerprint} {hashlib.sha256(columns.encode()).hexdigest()}\n"


def get(session: Session, dataset_id: int, number: int) -> VersionRow:
    """Return the version of this data set, or raise VersionNotFoundError."""
    query = select(VersionRow).where(
        VersionRow.dataset_id == dataset_id, VersionRow.number == number
    )
    row = session.exec(query).one_or_none()
    if row is None:
        raise VersionNotFoundError
    return row


def get_by_id(session: Session, version_id: int) -> VersionRow:
    """Return the version with this id, or raise VersionNotFoundError."""
    row = session.get(VersionRow, version_id)
    if row is None:
        raise VersionNotFoundError
    return row


def find_newest(session: Session, dataset_id: int) -> VersionRow | None:
    """The version of the highest number, or None before the first freeze."""
    query = select(VersionRow).where(VersionRow.dataset_id == dataset_id)
    return session.exec(query.order_by(col(VersionRow.number).desc()).limit(1)).one_or_none()


def of_dataset(
    session: Session, dataset_id: int, *, limit: int = 50, before: int | None = None
) -> Sequence[VersionRow]:
    """The versions of a data set, newest first; `before` is a number to go on below."""
    query = select(VersionRow).where(VersionRow.dataset_id == dataset_id)
    if before is not None:
        query = query.where(VersionRow.number < before)
    return session.exec(query.order_by(col(VersionRow.number).desc()).limit(limit)).all()


def count_by_status(session: Session, version_id: int) -> dict[Status, int]:
    """How many samples of a version had each status."""
    item = VersionItemRow
    query = (
        select(item.status, func.count())
        .where(item.version_id == version_id)
        .group_by(col(item.status))
    )
    return {Status(status): number for status, number in session.exec(query)}


def compare(session: Session, old_id: int, new_id: int) -> Difference:
    """What changed from one version to another."""
    return Difference(
        added=_absent(session, new_id, old_id),
        edited=_changed(session, old_id, new_id, "revision"),
        removed=_absent(session, old_id, new_id),
        status_changed=_changed(session, old_id, new_id, "status"),
    )


def _copy_items(session: Session, version_id: int, wanted: list[ColumnElement[bool]]) -> None:
    row = SampleRow
    frozen = select(  # type: ignore[call-overload]
        literal(version_id), row.id, row.revision, row.fingerprint, row.status
    ).where(*wanted)
    names = ["version_id", "sample_id", "revision", "fingerprint", "status"]
    session.execute(insert(VersionItemRow).from_select(names, frozen.order_by(col(row.id))))


def _facts(session: Session, dataset_id: int, wanted: Filter) -> dict[str, Any]:
    """Who wrote how many samples of each status, their labels and languages, as they are now."""
    facts: dict[str, Any] = {}
    for name in FACTS:
        for status, value, count in facets.count_by_status_and(session, dataset_id, name, wanted):
            counts = facts.setdefault(status.value, {}).setdefault(name, {})
            key = value if value in counts or len(counts) < MOST_VALUES else OTHERS
            counts[key] = counts.get(key, 0) + count
    return facts


def items(
    session: Session, version_id: int, *, after: int = 0, limit: int
) -> Sequence[VersionItemRow]:
    """The next samples of a version by id, as they were frozen."""
    item = VersionItemRow
    query = select(item).where(item.version_id == version_id, col(item.sample_id) > after)
    return session.exec(query.order_by(col(item.sample_id)).limit(limit)).all()


def others(
    session: Session, dataset_id: int, version_id: int, wanted: Filter, *, after: int, limit: int
) -> list[int]:
    """The next samples by id that match now and that the version does not hold."""
    item, row = VersionItemRow, SampleRow
    held = select(item.sample_id).where(
        item.version_id == version_id, col(item.sample_id) == col(row.id)
    )
    query = select(row.id).where(
        *conditions(dataset_id, wanted), col(row.id) > after, ~held.exists()
    )
    return list(session.exec(query.order_by(col(row.id)).limit(limit)))


def add_use(session: Session, version_id: int, used_by: str, *, actor: str) -> None:
    """Note what was trained on a version."""
    session.add(VersionUseRow(version_id=version_id, used_by=used_by, actor=actor))
    session.flush()


def uses_of(session: Session, version_ids: Sequence[int]) -> Sequence[VersionUseRow]:
    """What was trained on these versions, oldest first."""
    query = select(VersionUseRow).where(col(VersionUseRow.version_id).in_(version_ids))
    return session.exec(query.order_by(col(VersionUseRow.id))).all()


def remove_use(session: Session, version_id: int, use_id: int) -> None:
    """Forget one of them; one that is not there, is not there."""
    row = session.get(VersionUseRow, use_id)
    if row is not None and row.version_id == version_id:
        session.delete(row)
        session.flush()


def _remove(session: Session, version: VersionRow) -> None:
    session.execute(delete(VersionItemRow).where(col(VersionItemRow.version_id) == version.id))
    session.delete(version)


def _absent(session: Session, here_id: int, there_id: int) -> Change:
    """The samples of one version that the other does not hold."""
    here, there = aliased(VersionItemRow), aliased(VersionItemRow)
    other = select(there.sample_id).where(
        there.version_id == there_id, col(there.sample_id) == col(here.sample_id)
    )
    return _change(session, here, [col(here.version_id) == here_id, ~other.exists()])


def _changed(
    session: Session, old_id: int, new_id: int, column: Literal["revision", "status"]
) -> Change:
    """The samples of both versions whose column differs."""
    old, new = aliased(VersionItemRow), aliased(VersionItemRow)
    other = select(old.sample_id).where(
        old.version_id == old_id,
        col(old.sample_id) == col(new.sample_id),
        getattr(old, column) != getattr(new, column),
    )
    return _change(session, new, [col(new.version_id) == new_id, other.exists()])


def _change(
    session: Session, item: type[VersionItemRow], wanted: list[ColumnElement[bool]]
) -> Change:
    number = session.exec(select(func.count()).select_from(item).where(*wanted)).one()
    first = select(item.sample_id).where(*wanted).order_by(col(item.sample_id)).limit(FIRST_IDS)
    return Change(number, tuple(session.exec(first)) if number else ())
