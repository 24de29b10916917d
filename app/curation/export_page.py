"""The page on which an export is put together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from sqlmodel import Session

from app.curation import (
    board,
    export,
    export_order,
    export_preview,
    export_recipe,
    queries,
    rendering,
    versions,
)
from app.curation.board_views import DatasetHead
from app.curation.export import ExportView, FormatView
from app.curation.export_order import Order
from app.curation.export_preview import PreviewView
from app.curation.export_recipe import NO_FOLDER, Recipe
from app.encoders import tokenizer_files
from app.formats.exporters import EXPORTERS, TAKE_COLUMNS
from app.formats.sample import Kind
from app.storage import datasets, exports, samples
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
    """

    head: DatasetHead
    kind: Kind  # of the data set's first sample; formats that take it come first
    formats: tuple[FormatView, ...]
    format: str
    query: str
    pairs: tuple[tuple[str, str], ...]  # the query as the hidden fields of a form
    choices: tuple[ChoiceView, ...]
    address: str
    preview: PreviewView | None
    exports: tuple[ExportView, ...]
    recipe: Recipe
    recipe_fields: Mapping[str, str]  # as the form and the address have them
    tokenizers: tuple[str, ...]
    takes_columns: bool  # whether the format leaves a column about the review alone
    splits: Mapping[str, str]  # the kinds of split, in words
    split_means: str  # what the chosen kind does
    version: int | None  # a frozen one, or None for the samples as they are now
    newest: int | None  # the newest frozen version


MINE = (
    "format", "statuses", "version",
    "parts", "by", "seed", "cap", "tokenizer", "limit", "licence", "clean", "review",
)  # fmt: skip
"""What an address says about the export; all its other names are the query's."""


def read_order(pairs: Iterable[tuple[str, str]], *, version: int | None = None) -> Order:
    """The choices of an address.

    Raises:
        InvalidError: a choice that there is not.
    """
    said = list(pairs)
    mine = {name: value for name, value in said if name in MINE}
    query = queries.parse(said, leaving=(*MINE, "preview"))
    name = mine.get("format") or next(iter(EXPORTERS))
    if name not in TAKE_COLUMNS:
        mine.pop("review", "")  # another format was chosen since
    order = Order(
        name,
        version=version,
        query="" if version else queries.write(query),
        statuses=_statuses(mine.get("statuses", "")),
        recipe=export_recipe.read(mine),
    )
    export_order.exporter_of(order)
    return order


def read_form(fields: Mapping[str, str], query: str, *, version: int | None = None) -> Order:
    """The order of the page's form: the fields of an address, and a written query.

    Raises:
        InvalidError: a choice or a query that cannot be read.
    """
    order = read_order(fields.items(), version=version)
    if version:
        return order
    return replace(order, query=queries.write(queries.parse_string(query)))


def page(
    session: Session,
    slug: str,
    order: Order,
    kind: Kind,
    *,
    tokenizers: Path = NO_FOLDER,
    check: bool = False,
) -> ExportPage:
    """The page for these choices, for a data set of this kind of samples.

    `check` makes it wait for the preview, however long.
    """
    recipe = export_recipe.check(order.recipe, tokenizers)
    choices = _choices(session, slug, order)
    chosen = next(choice for choice in choices if choice.chosen)
    preview = None
    if check or chosen.count <= CHECKED_WITH_THE_PAGE:
        preview = export_preview.preview(session, slug, order, tokenizers=tokenizers)
    return ExportPage(
        head=board.head(session, slug),
        kind=kind,
        formats=tuple(sorted(export.formats(), key=lambda one: kind not in one.kinds)),
        format=order.format,
        query=order.query,
        pairs=tuple(queries.pairs(queries.parse_string(order.query))),
        choices=choices,
        address=_address(slug, order, chosen),
        preview=preview,
        exports=export.history(session, slug),
        recipe=recipe,
        recipe_fields=export_recipe.write(order.recipe),
        tokenizers=tokenizer_files.names(tokenizers),
        takes_columns=order.format in TAKE_COLUMNS,
        splits=export_recipe.KINDS,
        split_means=export_recipe.MEANINGS[order.recipe.by],
        version=order.version,
        newest=versions.newest_number(session, slug),
    )


def kind_of(session: Session, slug: str) -> Kind:
    """What kind of samples the data set holds, by the first of them."""
    dataset_id = datasets.get(session, slug).id
    first = exports.live(session, dataset_id, samples.ANY, after=0, limit=1)
    return rendering.sample_of(first[0]).kind if first else "chat"


def usual_format(kind: Kind) -> str:
    """The first format that takes what the data set holds, for whoever has not chosen yet."""
    return next(name for name, exporter in EXPORTERS.items() if kind in exporter.kinds)


def _choices(session: Session, slug: str, order: Order) -> tuple[ChoiceView, ...]:
    """The usual choices, and the one that the address asks for if it is another."""
    count, query = _counting(session, slug, order)
    asked = export_order.statuses_of(order, query)
    offered = (*USUAL, asked) if asked not in USUAL else USUAL
    return tuple(
        ChoiceView(
            ",".join(statuses),
            tuple(status.value.replace("_", " ") for status in statuses),
            count(statuses),
            chosen=statuses == asked,
        )
        for statuses in offered
    )


def _counting(
    session: Session, slug: str, order: Order
) -> tuple[Callable[[tuple[Status, ...]], int], str]:
    """What counts the samples of some statuses, and the query that they are of."""
    if order.version is not None:
        row = versions.find_row(session, slug, order.version)
        return lambda statuses: exports.count_frozen(session, row.id, statuses), row.query
    dataset_id = datasets.get(session, slug).id
    wanted = versions.resolve(session, dataset_id, order.query)
    return (
        lambda statuses: samples.count(session, dataset_id, replace(wanted, statuses=statuses)),
        order.query,
    )


def _address(slug: str, order: Order, chosen: ChoiceView) -> str:
    at = f"@v{order.version}" if order.version else ""
    recipe = urlencode(export_recipe.write(order.recipe))
    told = [f"format={order.format}", f"statuses={chosen.statuses}", recipe, order.query]
    return f"/d/{slug}{at}/export?{'&'.join(part for part in told if part)}"


def _statuses(text: str) -> tuple[Status, ...]:
    return tuple(Status(value) for value in queries.parse([("status", text)]).values("status"))
