"""Queries about samples."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert
from sqlmodel import Session, col, func, select, update

from app.errors import NotFoundError
from app.storage.filters import Column, Facet, Filter, conditions
from app.storage.tables import SampleRow, Status

ANY = Filter()
IDS_PER_QUERY = 5_000

LISTED = (
    SampleRow.id,
    SampleRow.external_id,
    SampleRow.status,
    SampleRow.origin,
    SampleRow.label,
    SampleRow.source,
    SampleRow.split,
    SampleRow.language,
    SampleRow.turns,
    SampleRow.length,
    SampleRow.version,
    SampleRow.preview,
    SampleRow.flagged,
    SampleRow.quality,
    SampleRow.marks,
)

MOVABLE = (
    SampleRow.status,
    SampleRow.label,
    SampleRow.revision,
    SampleRow.origin,
    SampleRow.deleted,
    SampleRow.flagged,
    SampleRow.quality,
    SampleRow.marks,
)


class SampleNotFoundError(NotFoundError):
    """There is no such sample."""


def add_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new samples, in order."""
    if rows:
        session.execute(insert(SampleRow), list(rows))


def known_fingerprints(session: Session, dataset_id: int, asked: Sequence[str]) -> set[str]:
    """Which of these fingerprints the data set holds already, in the trash or not."""
    query = select(SampleRow.fingerprint).where(
        SampleRow.dataset_id == dataset_id, col(SampleRow.fingerprint).in_(asked)
    )
    return set(session.exec(query))


def by_external_id(session: Session, dataset_id: int, asked: Sequence[str]) -> dict[str, SampleRow]:
    """The samples that carry one of these ids of their source."""
    if not asked:
        return {}
    query = select(SampleRow).where(
        SampleRow.dataset_id == dataset_id, col(SampleRow.external_id).in_(asked)
    )
    return {row.external_id: row for row in session.exec(query)}


def fingerprints_by_name(session: Session, dataset_id: int, asked: Sequence[str]) -> dict[str, str]:
    """The fingerprints of the samples that carry one of these ids of their source."""
    if not asked:
        return {}
    query = select(SampleRow.external_id, SampleRow.fingerprint).where(
        SampleRow.dataset_id == dataset_id, col(SampleRow.external_id).in_(asked)
    )
    return dict(session.exec(query).all())


def get(session: Session, dataset_id: int, sample_id: int) -> SampleRow:
    """Return the sample of this data set, or raise SampleNotFoundError."""
    row = session.get(SampleRow, sample_id)
    if row is None or row.dataset_id != dataset_id:
        raise SampleNotFoundError
    return row


def find_anywhere(session: Session, sample_id: int) -> SampleRow | None:
    """The sample with this id, of whichever data set, or None."""
    return session.get(SampleRow, sample_id)


def page(
    session: Session, dataset_id: int, wanted: Filter, *, after: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """The next samples by id, with the columns a list shows."""
    query = (
        select(*LISTED)  # type: ignore[call-overload]
        .where(*conditions(dataset_id, wanted), col(SampleRow.id) > after)
        .order_by(col(SampleRow.id))
        .limit(limit)
    )
    rows: Sequence[Row[Any]] = session.exec(query).all()
    return rows


def before(session: Session, dataset_id: int, wanted: Filter, sample_id: int) -> int | None:
    """The id of the sample before this one in the filtered list, or None."""
    query = select(func.max(SampleRow.id)).where(
        *conditions(dataset_id, wanted), col(SampleRow.id) < sample_id
    )
    return session.exec(query).one()


def count(session: Session, dataset_id: int, wanted: Filter = ANY, *, also: Filter = ANY) -> int:
    """How many samples match, and match `also` as well."""
    query = select(func.count()).select_from(SampleRow).where(*conditions(dataset_id, wanted))
    if also != ANY:
        query = query.where(*conditions(dataset_id, also))
    return session.exec(query).one()


def values_of(session: Session, dataset_id: int, facet: Facet, *, limit: int) -> list[str]:
    """Some values of a facet, ascending, each by one look into its index: nothing is counted."""
    column, found = getattr(SampleRow, facet), list[str]()
    query = select(func.min(column)).where(*conditions(dataset_id, ANY))
    while len(found) < limit:
        following = session.exec(query.where(column > found[-1]) if found else query).one()
        if following is None:
            break
        found.append(str(following))
    return found


def after(session: Session, dataset_id: int, wanted: Filter, sample_id: int) -> int | None:
    """The id of the sample after this one in the filtered list, or None."""
    query = select(func.min(SampleRow.id)).where(
        *conditions(dataset_id, wanted), col(SampleRow.id) > sample_id
    )
    return session.exec(query).one()


def place_of(session: Session, dataset_id: int, wanted: Filter, sample_id: int) -> int:
    """How many samples stand before this one in the filtered list."""
    query = select(func.count()).select_from(SampleRow)
    where = (*conditions(dataset_id, wanted), col(SampleRow.id) < sample_id)
    return session.exec(query.where(*where)).one()


def count_by_status(session: Session, dataset_id: int) -> dict[Status, int]:
    """How many samples have each status, those in the trash left out."""
    query = (
        select(SampleRow.status, func.count())
        .where(*conditions(dataset_id, Filter()))
        .group_by(col(SampleRow.status))
    )
    return {Status(status): number for status, number in session.exec(query)}


def count_by_facet(
    session: Session, dataset_id: int, facet: Column, *, limit: int = 50, wanted: Filter = ANY
) -> list[tuple[str, int]]:
    """The most frequent values of a facet among the samples that match, and how many have each."""
    column = getattr(SampleRow, facet)
    query = (
        select(column, func.count())
        .where(*conditions(dataset_id, wanted))
        .group_by(column)
        .order_by(func.count().desc(), column)
        .limit(limit)
    )
    return [(value, number) for value, number in session.exec(query)]


def ids_matching(session: Session, dataset_id: int, wanted: Filter) -> list[int]:
    """The ids of all that match, ascending."""
    query = select(SampleRow.id).where(*conditions(dataset_id, wanted))
    return list(session.exec(query.order_by(col(SampleRow.id))))


def movable(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What people may change about samples, by id and by column."""
    found: dict[int, dict[str, Any]] = {}
    for part in _parts(ids):
        query = select(SampleRow.id, *MOVABLE).where(col(SampleRow.id).in_(part))  # type: ignore[call-overload]
        found |= {row.id: _plain(row) for row in session.execute(query)}
    return found


def find_by_fingerprint(session: Session, dataset_id: int, fingerprint: str) -> int | None:
    """The id of the sample with exactly this conversation, or None."""
    query = select(SampleRow.id).where(
        SampleRow.dataset_id == dataset_id, SampleRow.fingerprint == fingerprint
    )
    return session.exec(query).first()


def highest_id(session: Session, dataset_id: int) -> int:
    """The id of the newest sample, 0 when there is none."""
    query = select(func.max(SampleRow.id)).where(SampleRow.dataset_id == dataset_id)
    return session.exec(query).one() or 0


def change(session: Session, ids: Sequence[int], **values: Any) -> None:
    """Set columns of many samples at once; each gets a new version."""
    for part in _parts(ids):
        session.exec(
            update(SampleRow)
            .where(col(SampleRow.id).in_(part))
            .values(version=SampleRow.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def waiting(session: Session, dataset_id: int, ids: Sequence[int]) -> list[Row[Any]]:
    """(id, version, preview) of those that wait for a decision, in the order of `ids`."""
    found: dict[int, Row[Any]] = {}
    for part in _parts(ids):
        query = select(SampleRow.id, SampleRow.version, SampleRow.preview).where(
            SampleRow.dataset_id == dataset_id,
            col(SampleRow.id).in_(part),
            SampleRow.status == Status.PENDING,
            col(SampleRow.deleted).is_(False),
        )
        found |= {row.id: row for row in session.execute(query)}
    return [found[sample_id] for sample_id in ids if sample_id in found]


def previews_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The first words of samples, by id; those in the trash are left out."""
    query = select(SampleRow.id, SampleRow.preview).where(
        col(SampleRow.id).in_(ids), col(SampleRow.deleted).is_(False)
    )
    return dict(session.exec(query).all())


def described(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, str, str]]:
    """Id, messages, language and origin of samples, in ascending order of id."""
    for part in _parts(sorted(ids)):
        query = (
            select(SampleRow.id, SampleRow.messages, SampleRow.language, SampleRow.origin)
            .where(col(SampleRow.id).in_(part))
            .order_by(col(SampleRow.id))
        )
        for number, messages, language, origin in session.exec(query):
            yield number, messages, language, str(origin)


def texts_of(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, Status]]:
    """Id, messages and status of samples, in ascending order of id."""
    for part in _parts(sorted(ids)):
        query = select(SampleRow.id, SampleRow.messages, SampleRow.status)
        rows = session.exec(query.where(col(SampleRow.id).in_(part)).order_by(col(SampleRow.id)))
        yield from ((row[0], row[1], Status(row[2])) for row in rows)


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {
        "status": str(row.status),
        "label": row.label,
        "revision": row.revision,
        "origin": str(row.origin),
        "deleted": bool(row.deleted),
        "flagged": bool(row.flagged),
        "quality": row.quality,
        "marks": row.marks,
    }


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (ids[at : at + IDS_PER_QUERY] for at in range(0, len(ids), IDS_PER_QUERY))
