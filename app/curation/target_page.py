"""The page on which people choose what their data should cover, and set quotas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.curation import board, progress, quotas
from app.curation.board_views import DatasetHead, JobView
from app.curation.quotas import PLURALS, QuotaError
from app.storage import datasets, facets, probes, samples, targets, versions
from app.storage.board_tables import TargetRow
from app.storage.facets import FACETS, QuotaFacet
from app.storage.tables import DatasetRow

BLANK_ROWS = 3
MOST_ROWS = 100
VERSIONS_SHOWN = 20

KINDS: Mapping[str, tuple[str, str, str]] = {
    "quotas": (
        "Quotas",
        "Which labels are too full and which too thin, by shares you set.",
        "What a label without any sample would hold; what is missing inside a label.",
    ),
    "reference": (
        "A reference file",
        "What is repeated, crowded and missing beside real inputs: the strongest evidence.",
        "What the file does not hold.",
    ),
    "dataset": (
        "Another data set or version",
        "What is crowded and missing beside it, as beside a file.",
        "What that data set lacks too.",
    ),
    "probes": (
        "Probes",
        "What is crowded and missing by the task's own words, before any real use.",
        "How people really ask. A model proposes the inputs, and you approve each.",
    ),
    "itself": (
        "This data only",
        "What is repeated and what is crowded.",
        "What is missing: without a target the board never says so.",
    ),
}
"""Title, what it can say, what it cannot."""


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind of target."""

    kind: str
    title: str
    can: str
    cannot: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A data set, or a version of one, that can be the target."""

    key: str  # slug or slug@number
    name: str


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """One label in the editor: how many there are, and what is wanted, as it was typed."""

    value: str
    have: int
    present: float  # its share of all samples now, in percent
    wanted: str


@dataclass(frozen=True, slots=True)
class QuotaEditor:
    """The form in which quotas are set."""

    facet: str
    facets: tuple[str, ...]
    plural: str
    rows: tuple[QuotaRow, ...]
    total: float | None  # of what is typed, in percent; None while something is no number
    unlabelled: int
    error: str


@dataclass(frozen=True, slots=True)
class TargetPage:
    """Everything that templates/targets/show.html may show."""

    head: DatasetHead
    side: str
    kinds: tuple[KindView, ...]
    name: str
    sentence: str
    sources: tuple[SourceChoice, ...]
    editor: QuotaEditor
    approved: int  # probes
    proposed: int
    job: JobView | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the editor, row by row, and what they want of it."""

    values: Sequence[str] = ()
    shares: Sequence[str] = ()
    blank: int = BLANK_ROWS
    error: str = ""


def show(
    session: Session, slug: str, *, facet: str = "", fill: str = "", typed: Typed | None = None
) -> TargetPage:
    """Describe the choice.

    Args:
        facet: what the editor is about; by default what the quotas in force are about.
        fill: "equal" or "present": shares to begin with.
        typed: what was typed already, to be shown again.
    """
    dataset = datasets.get(session, slug)
    current = targets.find(session, dataset.id, dataset.side)
    kind = current.kind if current else "itself"
    counts = probes.count(session, dataset.id)
    return TargetPage(
        head=board.head(session, slug),
        side=dataset.side,
        kinds=tuple(KindView(one, *told, one == kind) for one, told in KINDS.items()),
        name=current.name if current else "",
        sentence=board.SENTENCES[kind],
        sources=tuple(_sources(session, dataset)),
        editor=_editor(session, dataset, current, _facet(facet, current), fill, typed),
        approved=counts.get("approved", 0),
        proposed=counts.get("proposed", 0),
        job=progress.running_of(session, dataset.id),
    )


def read_typed(typed: Typed) -> dict[str, float]:
    """The shares that somebody typed, in percent or any other measure; blank ones left out.

    Raises:
        QuotaError: a share is no number, has no label, or a label stands there twice.
    """
    shares: dict[str, float] = {}
    for value, text in zip(typed.values, typed.shares, strict=False):
        name, written = value.strip(), text.strip()
        if not written:
            continue
        if not name:
            raise QuotaError(f"The share {written[:20]} stands beside no name.")
        if name in shares:
            raise QuotaError(f"{name} stands there twice.")
        shares[name] = _number(name, written)
    return shares


def read_source(key: str) -> tuple[str, int | None]:
    """Slug and version number of a source's key."""
    slug, _, number = key.partition("@")
    number = number.removeprefix("v")
    return slug, int(number) if number.isdecimal() and len(number) < 10 else None


def _number(name: str, written: str) -> float:
    try:
        return float(written.rstrip("% ").replace(",", "."))
    except ValueError:
        raise QuotaError(f"The share of {name} is not a number: {written[:20]}") from None


def _facet(asked: str, current: TargetRow | None) -> QuotaFacet:
    if not asked and current is not None and current.kind == "quotas":
        asked = quotas.read(current.definition).facet
    return next((facet for facet in FACETS if facet == asked), "label")


def _editor(
    session: Session, dataset: DatasetRow, current: TargetRow | None, facet: QuotaFacet,
    fill: str, typed: Typed | None,
) -> QuotaEditor:  # fmt: skip
    held = facets.count_of(session, dataset.id, facet)
    given = _given(current, facet, held, fill)
    typed = typed or Typed(tuple(given), tuple(given.values()))
    named = [(value.strip(), text.strip()) for value, text in _pairs(typed)]
    total = max(sum(held.values()), 1)
    rows = [
        QuotaRow(value, held.get(value, 0), 100 * held.get(value, 0) / total, text)
        for value, text in named
        if value or text
    ]
    blank = [QuotaRow("", 0, 0.0, "")] * typed.blank
    return QuotaEditor(
        facet=facet,
        facets=FACETS,
        plural=PLURALS[facet],
        rows=(*rows, *blank),
        total=_sum(typed),
        unlabelled=held.get("", 0),
        error=typed.error,
    )


def _given(
    current: TargetRow | None, facet: QuotaFacet, held: Mapping[str, int], fill: str
) -> dict[str, str]:
    """What the editor begins with: the quotas in force, then what else the data hold."""
    found = [value for value in held if value][:MOST_ROWS]
    if fill == "equal":
        return {value: f"{100 / len(found):.4g}" for value in found}
    if fill == "present":
        total = sum(held[value] for value in found)
        return {value: f"{100 * held[value] / total:.4g}" for value in found}
    asked: dict[str, str] = {}
    if current is not None and current.kind == "quotas":
        known = quotas.read(current.definition)
        if known.facet == facet:
            asked = {value: f"{100 * share:.4g}" for value, share in known.shares.items()}
    return asked | {value: "" for value in found if value not in asked}


def _pairs(typed: Typed) -> list[tuple[str, str]]:
    return list(zip(typed.values, typed.shares, strict=False))


def _sum(typed: Typed) -> float | None:
    try:
        return sum(read_typed(typed).values())
    except QuotaError:
        return None


def _sources(session: Session, dataset: DatasetRow) -> list[SourceChoice]:
    found = []
    for row in datasets.all_of(session):
        if row.id != dataset.id and samples.count(session, row.id):
            found.append(SourceChoice(row.slug, f"{row.name}, as it is now"))
        for version in versions.of_dataset(session, row.id, limit=VERSIONS_SHOWN):
            told = f"{row.name} v{version.number}" + (f", {version.name}" if version.name else "")
            found.append(SourceChoice(f"{row.slug}@{version.number}", told))
    return found
