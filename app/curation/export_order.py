"""What somebody wants exported."""

from dataclasses import dataclass

from app.curation import queries
from app.curation.export_recipe import Recipe
from app.errors import InvalidError
from app.formats.exporters import EXPORTERS, TAKE_COLUMNS, Exporter
from app.storage.tables import Status

AS_THEY_ARE = Recipe()
"""Neither capped nor split nor counted."""


class UnknownFormatError(InvalidError):
    """There is no such format."""

    code = "unknown_format"


class ColumnsError(InvalidError):
    """This format takes no further columns: what reviewers said cannot stand beside the text."""

    code = "no_columns"


@dataclass(frozen=True, slots=True)
class Order:
    """What to export: a version, or else what the query finds now.

    `statuses` empty: those that the query names, else approved. `dry_run`
    checks every sample and writes nothing.
    """

    format: str
    version: int | None = None
    query: str = ""
    statuses: tuple[Status, ...] = ()
    dry_run: bool = False
    recipe: Recipe = AS_THEY_ARE


def exporter_of(order: Order) -> Exporter:
    """The exporter that the order names, or raise UnknownFormatError."""
    exporter = EXPORTERS.get(order.format)
    if exporter is None:
        known = ", ".join(EXPORTERS)
        raise UnknownFormatError(f"There is no format {order.format[:60]!r}; there is {known}.")
    if order.recipe.review and order.format not in TAKE_COLUMNS:
        raise ColumnsError
    return exporter


def statuses_of(order: Order, query: str) -> tuple[Status, ...]:
    """The statuses that the order names, else those that the query names, else approved."""
    named = queries.parse_string(query).values("status")
    found = order.statuses or tuple(Status(value) for value in named) or (Status.APPROVED,)
    return tuple(sorted(set(found)))
