"""Queries about vectors: keyed by text and encoder, so nothing is embedded twice."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_
from sqlmodel import Session, col, func, select

from app.storage.board_tables import EmbeddingRow, TargetTextRow
from app.storage.database import insert_into
from app.storage.filters import Filter, conditions
from app.storage.tables import SampleRow

Side = Literal["input", "output"]


def side_of(name: str) -> Side:
    """The side of that name; whatever else it says means the input."""
    return "output" if name == "output" else "input"


def add_many(
    session: Session, encoder: str, hashes: Sequence[str], vectors: NDArray[np.float32]
) -> None:
    """Keep one vector a text; a text that has one already is left alone."""
    rows = [
        {"encoder": encoder, "text_hash": text_hash, "vector": vector}
        for text_hash, vector in zip(hashes, vectors, strict=True)
    ]
    if rows:
        session.execute(insert_into(session, EmbeddingRow).on_conflict_do_nothing(), rows)


def count_missing(session: Session, dataset_id: int, side: Side, encoder: str) -> int:
    """How many distinct texts of this side have no vector yet."""
    column = _hash_column(side)
    query = _missing(select(func.count(func.distinct(column))), dataset_id, side, encoder)
    return int(session.execute(query).scalar_one())


def missing(
    session: Session, dataset_id: int, side: Side, encoder: str, *, after: int, limit: int
) -> list[tuple[int, str, str]]:
    """(id, hash, messages) of the next samples whose text has no vector yet, ascending by id.

    Behind a place, not the first of all: those that have one would be passed over each time.
    """
    columns: Any = select(SampleRow.id, _hash_column(side), SampleRow.messages)
    query = _missing(columns, dataset_id, side, encoder).where(col(SampleRow.id) > after)
    rows = session.execute(query.order_by(col(SampleRow.id)).limit(limit))
    return [(number, text_hash, messages) for number, text_hash, messages in rows]


def missing_of_target(
    session: Session, target_id: int, encoder: str, *, limit: int
) -> list[tuple[str, str]]:
    """Some (hash, text) pairs of a target that have no vector yet."""
    known = select(EmbeddingRow.text_hash).where(EmbeddingRow.encoder == encoder)
    query = (
        select(TargetTextRow.text_hash, func.min(TargetTextRow.text))
        .where(
            TargetTextRow.target_id == target_id,
            col(TargetTextRow.text_hash).not_in(known),
        )
        .group_by(TargetTextRow.text_hash)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def of_samples(
    session: Session, dataset_id: int, side: Side, encoder: str, wanted: Filter | None = None
) -> tuple[list[int], list[str], NDArray[np.float32]]:
    """Ids, text hashes and vectors of the embedded samples, ascending by id.

    Returns:
        ids, hashes: length n.
        vectors: shape (n, d); (0, 0) when there are none.
    """
    column = _hash_column(side)
    query = (
        select(SampleRow.id, column, EmbeddingRow.vector)  # type: ignore[call-overload]
        .join(
            EmbeddingRow,
            and_(col(EmbeddingRow.encoder) == encoder, EmbeddingRow.text_hash == column),
        )
        .where(*conditions(dataset_id, wanted or Filter()))
        .order_by(col(SampleRow.id))
    )
    rows = session.execute(query.execution_options(yield_per=5000))
    return _stacked(rows)


def count_of_samples(session: Session, dataset_id: int, side: Side, encoder: str) -> int:
    """How many samples have a vector, those in the trash too."""
    query = select(func.count()).select_from(SampleRow).join(EmbeddingRow, _has(side, encoder))
    return session.exec(query.where(SampleRow.dataset_id == dataset_id)).one()


def parts_of_samples(
    session: Session, dataset_id: int, side: Side, encoder: str
) -> Iterator[tuple[list[int], list[str], NDArray[np.float16]]]:
    """Ids, hashes and vectors of the same, in parts, ascending by id: never all at once."""
    query = (
        select(SampleRow.id, _hash_column(side), EmbeddingRow.vector)  # type: ignore[call-overload]
        .join(EmbeddingRow, _has(side, encoder))
        .where(SampleRow.dataset_id == dataset_id)
        .order_by(col(SampleRow.id))
    )
    rows = session.execute(query.execution_options(yield_per=5000))
    for part in rows.partitions():
        numbers, names, vectors = zip(*part, strict=True)
        yield list(numbers), list(names), np.stack(vectors)


def of_text(session: Session, encoder: str, text_hash: str) -> NDArray[np.float32] | None:
    """The vector of a text, or None while it has none."""
    row = session.get(EmbeddingRow, (encoder, text_hash))
    return None if row is None else row.vector.astype(np.float32)


def encoder_of(session: Session, dataset_id: int, side: Side) -> str | None:
    """By which encoder the newest sample was embedded that has a vector; None while none has."""
    newest: dict[int, str] = {}
    for encoder in _encoders(session):
        query = select(SampleRow.id).where(*conditions(dataset_id, Filter()), _is_in(side, encoder))
        found = session.exec(query.order_by(col(SampleRow.id).desc()).limit(1)).first()
        if found is not None:
            newest[found] = encoder
    return newest[max(newest)] if newest else None


def of_target(session: Session, target_id: int, encoder: str) -> NDArray[np.float32]:
    """The vectors of a target's texts, (n, d), in the order of its file."""
    query = (
        select(TargetTextRow.position, TargetTextRow.text_hash, EmbeddingRow.vector)  # type: ignore[call-overload]
        .join(
            EmbeddingRow,
            and_(
                col(EmbeddingRow.encoder) == encoder,
                col(EmbeddingRow.text_hash) == TargetTextRow.text_hash,
            ),
        )
        .where(TargetTextRow.target_id == target_id)
        .order_by(TargetTextRow.position)
    )
    return _stacked(session.execute(query.execution_options(yield_per=5000)))[2]


def _stacked(rows: Iterator[Any]) -> tuple[list[int], list[str], NDArray[np.float32]]:
    ids: list[int] = []
    hashes: list[str] = []
    vectors: list[NDArray[np.float16]] = []
    for number, text_hash, vector in rows:
        ids.append(number)
        hashes.append(text_hash)
        vectors.append(vector)
    if not ids:
        return [], [], np.zeros((0, 0), dtype=np.float32)
    return ids, hashes, np.stack(vectors).astype(np.float32)


def _has(side: Side, encoder: str) -> Any:
    return and_(
        col(EmbeddingRow.encoder) == encoder, col(EmbeddingRow.text_hash) == _hash_column(side)
    )


def _hash_column(side: Side) -> Any:
    return col(SampleRow.input_hash) if side == "input" else col(SampleRow.output_hash)


def _missing(query: Any, dataset_id: int, side: Side, encoder: str) -> Select[Any]:
    where = (*conditions(dataset_id, Filter()), ~_is_in(side, encoder))
    narrowed: Select[Any] = query.where(*where)
    return narrowed


def _is_in(side: Side, encoder: str) -> ColumnElement[bool]:
    """The condition that a sample's text has a vector."""
    return select(EmbeddingRow.text_hash).where(_has(side, encoder)).exists()


def _encoders(session: Session) -> Iterator[str]:
    """The encoders that there are vectors of, each by one look into the key."""
    query = select(func.min(EmbeddingRow.encoder))
    found = session.exec(query).one()
    while found is not None:
        yield found
        found = session.exec(query.where(EmbeddingRow.encoder > found)).one()
