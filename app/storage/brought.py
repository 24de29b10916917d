"""What a data set holds already of what an import brings: asked for each chunk of a file.

The queries are made once, without values. SQLAlchemy's queries refer to themselves: a thousand
values in each would lie about until the garbage collector comes by, 150 MB later.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Row, Text, any_, bindparam
from sqlmodel import Session, col, select

from app.storage.database import is_sqlite
from app.storage.tables import IS_NAMED, SampleRow

_IS_HERE = SampleRow.dataset_id == bindparam("dataset")
_EACH: Any = bindparam("asked", expanding=True)
_ALL: Any = bindparam("asked", type_=ARRAY(Text))
_PRINTS = select(SampleRow.fingerprint).where(_IS_HERE)
_NAMES = select(  # type: ignore[call-overload]
    SampleRow.id, SampleRow.external_id, SampleRow.version, SampleRow.fingerprint, SampleRow.extra,
    SampleRow.label, SampleRow.origin, SampleRow.source, SampleRow.split, SampleRow.language,
    SampleRow.family,
).where(_IS_HERE, IS_NAMED)  # fmt: skip


def _both(query: Any, column: Any) -> tuple[Any, Any]:
    """The query for Postgres and for SQLite.

    Postgres is told all values as one: thousands of their own take driver and server longer to
    read than it takes to look them up.
    """
    return query.where(column == any_(_ALL)), query.where(column.in_(_EACH))


_BY_PRINT = _both(_PRINTS, col(SampleRow.fingerprint))
_BY_NAME = _both(_NAMES, col(SampleRow.external_id))


def fingerprints(session: Session, dataset_id: int, asked: Sequence[str]) -> set[str]:
    """Which of these fingerprints the data set holds already, in the trash or not."""
    return set(_ask(session, _BY_PRINT, dataset_id, asked).scalars())


def by_name(session: Session, dataset_id: int, asked: Sequence[str]) -> Sequence[Row[Any]]:
    """What an import may bring, of the samples that carry one of these ids of their source."""
    if not asked:
        return ()
    rows: Sequence[Row[Any]] = _ask(session, _BY_NAME, dataset_id, asked).all()
    return rows


def _ask(session: Session, queries: tuple[Any, Any], dataset_id: int, asked: Sequence[str]) -> Any:
    query = queries[is_sqlite(session)]
    return session.execute(query, {"dataset": dataset_id, "asked": list(asked)})
