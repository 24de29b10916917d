"""Queries about samples."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session, col, func, select, update

from app.errors import NotFoundError
from app.storage import bulk, facets, listed, text_search
from app.storage.database import is_sqlite
from app.storage.filters import Facet, Filter, conditions
from app.storage.tables import IS_NAMED, SampleRow, Status

ANY = Filter()

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
    SampleRow.changed_ms,
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


def add_many(session: Session, rows: Sequence[Mapping[str, Any]], entries: Iterable[str]) -> None:
    """Insert new samples, in order, and index the words of each, as text_search.entries."""
    if not rows:
        return
    text_search.add(session, zip(_insert(session, rows), entries, strict=True))


def note_growth(session: Session) -> None:
    """Let Postgres see how many samples there are by now; it does so by itself once a minute.

    Until then it plans as for the few there were, and reads all for each thousand of an import.
    """
    if not is_sqlite(session):
        session.execute(text("ANALYZE sample, sample_words"))


def state_of(row: SampleRow | Row[Any]) -> dict[str, Any]:
    """All of a sample that people may change, as plain values."""
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


def by_external_id(session: Session, dataset_id: int, asked: Sequence[str]) -> dict[str, SampleRow]:
    """The samples that carry one of these ids of their source."""
    if not asked:
        return {}
    query = select(SampleRow).where(
        SampleRow.dataset_id == dataset_id, IS_NAMED, col(SampleRow.external_id).in_(asked)
    )
    return {row.external_id: row for row in session.exec(query)}


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
    both = (wanted,) if also == ANY else (wanted, also)  # ANY leaves the trash out
    counted = facets.count(session, dataset_id, *both)
    if counted is not None:
        return counted
    query, wanted = facets.led_by_words(
        session, dataset_id, select(func.count(col(SampleRow.id))), wanted
    )
    query = query.where(*conditions(dataset_id, wanted))
    if also != ANY:
        query = query.where(*conditions(dataset_id, also))
    return int(session.exec(query).one())


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


def ids_matching(session: Session, dataset_id: int, wanted: Filter) -> list[int]:
    """The ids of all that match, ascending."""
    query = select(SampleRow.id).where(*conditions(dataset_id, wanted))
    return list(session.exec(query.order_by(col(SampleRow.id))))


def movable(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What people may change about samples, by id and by column."""
    found: dict[int, dict[str, Any]] = {}
    for part in listed.parts(ids):
        query = select(SampleRow.id, *MOVABLE).where(col(SampleRow.id).in_(part))  # type: ignore[call-overload]
        found |= {row.id: state_of(row) for row in session.execute(query)}
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
    values = {"changed_ms": now_ms(), **values}
    for part in listed.parts(ids):
        session.exec(
            update(SampleRow)
            .where(col(SampleRow.id).in_(part))
            .values(version=SampleRow.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
    for row in session.identity_map.values():
        if isinstance(row, SampleRow):
            session.expire(row)
    if "messages" in values:
        said = text_search.words_in(values["messages"], values["rest"])
        text_search.write(session, [(it, said) for it in ids])


def now_ms() -> int:
    """The current time as samples note it."""
    return time.time_ns() // 1_000_000


def waiting(session: Session, dataset_id: int, ids: Sequence[int]) -> list[Row[Any]]:
    """(id, version, preview) of those that wait for a decision, in the order of `ids`."""
    found: dict[int, Row[Any]] = {}
    for part in listed.parts(ids):
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
    for part in listed.parts(sorted(ids)):
        query = (
            select(SampleRow.id, SampleRow.messages, SampleRow.language, SampleRow.origin)
            .where(col(SampleRow.id).in_(part))
            .order_by(col(SampleRow.id))
        )
        for number, messages, language, origin in session.exec(query):
            yield number, messages, language, str(origin)


def texts_of(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, Status]]:
    """Id, messages and status of samples, in ascending order of id."""
    for part in listed.parts(sorted(ids)):
        query = select(SampleRow.id, SampleRow.messages, SampleRow.status)
        rows = session.exec(query.where(col(SampleRow.id).in_(part)).order_by(col(SampleRow.id)))
        yield from ((row[0], row[1], Status(row[2])) for row in rows)


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of the new rows, in their order."""
    bulk.insert(session, SampleRow.__table__, rows)  # type: ignore[attr-defined]
    known: dict[tuple[int, int], int] = {}
    for upload_id in {row["upload_id"] for row in rows}:
        places = [row["position"] for row in rows if row["upload_id"] == upload_id]
        query = select(SampleRow.position, SampleRow.id).where(
            SampleRow.upload_id == upload_id,
            col(SampleRow.position).between(min(places), max(places)),
        )
        known |= {(upload_id, position): number for position, number in session.exec(query)}
    return [known[row["upload_id"], row["position"]] for row in rows]
