"""Whether an id is one of very many: the same answer on either database.

A query holds some ten thousand bound values at most; a list of a million ids is one value here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Boolean, ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

IDS_PER_QUERY = 5_000


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, as many at a time as a query is given as values."""
    yield from (ids[at : at + IDS_PER_QUERY] for at in range(0, len(ids), IDS_PER_QUERY))


class _Listed(FunctionElement[bool]):
    """(id, a JSON array of ids): whether the id is in the array."""

    name = "listed"
    type = Boolean()
    inherit_cache = True


class _Among(FunctionElement[Any]):
    """The same, where SQLite may begin with the ids: a truth would be compared with 1 for each."""

    name = "among"
    type = NullType()
    inherit_cache = True


def write(ids: NDArray[Any]) -> str:
    """Ids as the list that `is_listed` reads."""
    return orjson.dumps(ids, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def is_listed(column: Any, ids: str) -> ColumnElement[bool]:
    """The condition that a column's value is in a written list."""
    return _Listed(column, ids)


def is_among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a column's value is one of a few thousand ids: looked up, one by one.

    As one value: to write each of them into a statement takes longer than its answer.
    """
    return _Among(column, orjson.dumps(ids).decode())


class _Joined(FunctionElement[str]):
    """(id): all ids of the rows, with commas between them."""

    name = "joined"
    type = String()
    inherit_cache = True


def joined(column: Any) -> ColumnElement[str]:
    """All values of a column of ids as one text: three times as fast as their rows."""
    return _Joined(column)


def read(text: str | None) -> NDArray[np.int64]:
    """The ids of a joined text."""
    return np.fromstring(text or "", dtype=np.int64, sep=",")


@compiles(_Joined, "sqlite")
def _join_on_sqlite(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(_Joined, "postgresql")
def _join_on_postgres(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **options)} AS text), ',')"


@compiles(_Listed, "sqlite")
@compiles(_Among, "sqlite")
def _on_sqlite(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(it, **options) for it in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({ids})))"  # noqa: S608  values bound


@compiles(_Listed, "postgresql")
@compiles(_Among, "postgresql")
def _on_postgres(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(it, **options) for it in element.clauses)
    values = f"json_array_elements_text(CAST({ids} AS json)) AS one"
    return f"({column} IN (SELECT CAST(one AS bigint) FROM {values}))"  # noqa: S608  values bound
