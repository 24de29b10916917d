"""The page on which an export is put together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.curation import board, export, export_order, export_preview, queries, versions
from app.curation.board_views import DatasetHead
from app.curation.export import ExportView, FormatView
from app.curation.export_order import Order
from app.curation.export_preview import PreviewView
from app.formats.exporters import EXPORTERS
from app.formats.rules import FOR_THE_CALLER, Rule
from app.storage import datasets, samples
from app.storage.tables import Status

CHECKED_WITH_THE_PAGE = 1_000  # more than these, and the page comes first, the check after it

USUAL = ((Status.APPROVED,), (Status.APPROVED, Status.PENDING))


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One choice of what to export."""

    statuses: str  # the value of its field: "approved,pending"
    words: tuple[str, ...]
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class ExportPage:
    """What can be exported, and what would come of the present choice.

    `query` is the query language's string; `address` the page's own with all
    choices in it. `preview` is None where it takes longer than a page may.
    `unchecked` is what no export looks at.
    """

    head: DatasetHead
    formats: tuple[FormatView, ...]
    format: str
    query: str
    pairs: tuple[tuple[str, str], ...]  # the query as the hidden fields of a form
    choices: tuple[ChoiceView, ...]
    address: str
    preview: PreviewView | None
    exports: tuple[ExportView, ...]
    unchecked: tuple[Rule, ...] = FOR_THE_CALLER


def read_order(pairs: Iterable[tuple[str, str]]) -> Order:
    """The choices of an address: format, statuses; all other names are the query's.

    Raises:
        InvalidError: a choice that there is not.
    """
    said = list(pairs)
    mine = {name: value for name, value in said if name in ("format", "statuses")}
    query = queries.parse(said, leaving=("format", "statuses", "preview"))
    order = Order(
        mine.get("format") or next(iter(EXPORTERS)),
        query=queries.write(query),
        statuses=_statuses(mine.get("statuses", "")),
    )
    export_order.exporter_of(order)
    return order


def read_form(format_name: str, statuses: str, query: str) -> Order:
    """The same choices as a form sends them."""
    pairs = [("format", format_name), ("statuses", statuses)]
    order = read_order(pairs)
    return replace(order, query=queries.write(queries.parse_string(query)))


def page(session: Session, slug: str, order: Order, *, check: bool = False) -> ExportPage:
    """The page for these choices; `check` makes it wait for the preview, however long."""
    choices = _choices(session, slug, order)
    chosen = next(choice for choice in choices if choice.chosen)
    preview = None
    if check or chosen.count <= CHECKED_WITH_THE_PAGE:
        preview = export_preview.preview(session, slug, order)
    return ExportPage(
        head=board.head(session, slug),
        formats=export.formats(),
        format=order.format,
        query=order.query,
        pairs=tuple(queries.pairs(queries.parse_string(order.query))),
        choices=choices,
        address=_address(slug, order, chosen),
        preview=preview,
        exports=export.history(session, slug),
    )


def _choices(session: Session, slug: str, order: Order) -> tuple[ChoiceView, ...]:
    """The usual choices, and the one that the address asks for if it is another."""
    dataset_id = datasets.get(session, slug).id
    wanted = versions.resolve(session, dataset_id, order.query)
    asked = export_order.statuses_of(order, order.query)
    offered = (*USUAL, asked) if asked not in USUAL else USUAL
    return tuple(
        ChoiceView(
            ",".join(statuses),
            tuple(status.value.replace("_", " ") for status in statuses),
            samples.count(session, dataset_id, replace(wanted, statuses=statuses)),
            chosen=statuses == asked,
        )
        for statuses in offered
    )


def _address(slug: str, order: Order, chosen: ChoiceView) -> str:
    query = f"&{order.query}" if order.query else ""
    return f"/d/{slug}/export?format={order.format}&statuses={chosen.statuses}{query}"


def _statuses(text: str) -> tuple[Status, ...]:
    return tuple(Status(value) for value in queries.parse([("status", text)]).values("status"))
