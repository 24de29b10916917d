"""Which data sets may be seen while somebody's request is answered.

The doors narrow it once per request; queries that list or find data sets and
jobs then leave out the rest by themselves, so that no route can forget to.
Workers and the command line ask for nobody and see everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, true

_visible: ContextVar[frozenset[int] | None] = ContextVar("visible", default=None)


@contextmanager
def narrowed(dataset_ids: frozenset[int] | None) -> Iterator[None]:
    """Let queries see these data sets only, until the block ends; None is all of them."""
    token = _visible.set(dataset_ids)
    try:
        yield
    finally:
        _visible.reset(token)


def within(dataset_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The condition that a column names a data set that may be seen."""
    visible = _visible.get()
    return true() if visible is None else dataset_id.in_(visible)


def includes(dataset_id: int) -> bool:
    """Whether this data set may be seen."""
    visible = _visible.get()
    return visible is None or dataset_id in visible
