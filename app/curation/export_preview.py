"""What an export would hold, before anything is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.curation import (
    export_check,
    export_order,
    export_outcome,
    export_recipe,
    export_reviews,
    rendering,
    versions,
)
from app.curation.dealing import NoBoardError
from app.curation.export_check import Findings
from app.curation.export_order import Order
from app.curation.export_outcome import OutcomeView
from app.curation.export_recipe import NO_FOLDER, SPLITS, Recipe
from app.curation.export_reviews import Reviews
from app.curation.rendering import FailureView, Press, Tally
from app.encoders import tokenizer_files
from app.formats.exporters import Exporter
from app.storage import datasets, exports, samples, traits
from app.storage.board_tables import FrameRow
from app.storage.exports import Content
from app.storage.tables import Status
from app.storage.traits import Traits

CHECKED_AT_ONCE = 20_000  # samples that are checked while somebody waits for the page
CHUNK = 1_000
SHOWN_LINES = 5
SHOWN_CHARACTERS = 4_000

Fetch = Callable[[int], Sequence[Content]]
Traited = Callable[[FrameRow | None], Traits]


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What an export would hold; not exact where only `checked` of `total` samples were checked."""

    format: str
    title: str
    query: str
    statuses: tuple[str, ...]
    total: int
    checked: int
    passed: int
    failed: int
    failures: tuple[FailureView, ...]
    left: tuple[FailureView, ...]  # what is left in samples that pass
    lines: tuple[str, ...]
    outcome: OutcomeView | None  # None where only all samples together could tell
    refused: str = ""  # why they cannot be dealt as asked

    @property
    def exact(self) -> bool:
        """Whether every sample was checked."""
        return self.checked == self.total


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which samples, and where the next of them come from."""

    query: str
    statuses: tuple[Status, ...]
    total: int
    fetch: Fetch
    traited: Traited
    reviewed: Callable[[Sequence[int]], Reviews]


def preview(
    session: Session, slug: str, order: Order, *, tokenizers: Path = NO_FOLDER
) -> PreviewView:
    """What the order would export now: counts per rule and split, and the first five lines."""
    exporter = export_order.exporter_of(order)
    recipe = export_recipe.check(order.recipe, tokenizers)
    find = _of_query if order.version is None else _of_version
    asked = find(session, slug, order)
    press = Press(exporter, _tokenizer(recipe, tokenizers), recipe.limit, recipe.clean)
    found, sizes = Findings([], [], [], Tally()), _Sizes(len(exporter.prefix), [])
    for part in _parts(asked.fetch):
        seen = len(found.passing)
        found.add(press, part)
        passing = zip(part, found.passing[seen:], strict=True)
        sizes.add(press, [content for content, passes in passing if passes])
    if recipe.review:
        sizes.add_reviews(asked.reviewed(sizes.ids))
    outcome, refused = _outcome(session, slug, (asked, found), recipe)
    return _describe(exporter, asked, found.tally, sizes, (outcome, refused))


@dataclass(slots=True)
class _Sizes:
    """How long the file would be, and its first lines."""

    total: int
    lines: list[bytes]
    ids: list[int] = field(default_factory=list)  # of the samples of the lines

    def add(self, press: Press, contents: Sequence[Content]) -> None:
        for content in contents:
            line = press.exporter.write(rendering.sample_of(content), content.raw)
            self.total += len(line)
            if len(self.lines) < SHOWN_LINES:
                self.lines.append(line)
                self.ids.append(content.sample_id)

    def add_reviews(self, reviews: Reviews) -> None:
        told = zip(self.lines, self.ids, strict=True)
        self.lines = [export_reviews.beside(line, reviews[number]) for line, number in told]


def _tokenizer(recipe: Recipe, folder: Path) -> Any:
    if not recipe.tokenizer:
        return None
    return tokenizer_files.load(tokenizer_files.find(recipe.tokenizer, folder))


def _outcome(
    session: Session, slug: str, state: tuple[_Asked, Findings], recipe: Recipe
) -> tuple[OutcomeView | None, str]:
    """What would become of the samples, or why that cannot be told."""
    asked, found = state
    if not recipe.deals:
        return export_outcome.of_one_file(found.tally), ""
    if len(found.passing) < asked.total:
        return None, ""
    dataset_id = datasets.get(session, slug).id
    try:
        return export_check.deal(session, dataset_id, found, recipe, asked.traited).outcome, ""
    except NoBoardError as error:
        return None, str(error)


def _of_query(session: Session, slug: str, order: Order) -> _Asked:
    dataset_id = datasets.get(session, slug).id
    statuses = export_order.statuses_of(order, order.query)
    wanted = replace(versions.resolve(session, dataset_id, order.query), statuses=statuses)
    total = samples.count(session, dataset_id, wanted)

    def fetch(after: int) -> Sequence[Content]:
        return exports.live(session, dataset_id, wanted, after=after, limit=CHUNK)

    def traited(frame: FrameRow | None) -> Traits:
        return traits.of_query(session, dataset_id, wanted, frame)

    reviewed = partial(export_reviews.live, session)
    return _Asked(order.query, statuses, total, fetch, traited, reviewed)


def _of_version(session: Session, slug: str, order: Order) -> _Asked:
    version = versions.find_row(session, slug, order.version or 0)
    statuses = export_order.statuses_of(order, version.query)
    total = exports.count_frozen(session, version.id, statuses)

    def fetch(after: int) -> Sequence[Content]:
        return exports.frozen(session, version.id, statuses, after=after, limit=CHUNK)

    def traited(frame: FrameRow | None) -> Traits:
        return traits.of_version(session, version.id, statuses, frame)

    reviewed = partial(export_reviews.frozen, session, version.id)
    return _Asked(version.query, statuses, total, fetch, traited, reviewed)


def _parts(fetch: Fetch) -> Iterator[Sequence[Content]]:
    after, seen = 0, 0
    while seen < CHECKED_AT_ONCE and (part := fetch(after)):
        yield part
        after, seen = part[-1].sample_id, seen + len(part)


def _describe(
    exporter: Exporter,
    asked: _Asked,
    tally: Tally,
    sizes: _Sizes,
    told: tuple[OutcomeView | None, str],
) -> PreviewView:
    checked, outcome = tally.passed + tally.failed, told[0]
    # Whether the whole file is too short or too long is only known once all is checked.
    rows = tally.passed + asked.total - checked
    if outcome is not None and checked == asked.total:
        rows = outcome.rows.get(SPLITS[0], 0)
    return PreviewView(
        format=exporter.name,
        title=exporter.title,
        query=asked.query,
        statuses=tuple(status.value for status in asked.statuses),
        total=asked.total,
        checked=checked,
        passed=tally.passed,
        failed=tally.failed,
        failures=rendering.explain(exporter, tally, rows=rows, size=sizes.total),
        left=rendering.left_in(tally),
        lines=tuple(line.decode().rstrip("\n")[:SHOWN_CHARACTERS] for line in sizes.lines),
        outcome=outcome,
        refused=told[1],
    )
