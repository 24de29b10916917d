"""What an export would hold, before anything is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.curation import export_order, rendering, versions
from app.curation.export_order import Order
from app.curation.rendering import FailureView, Tally
from app.formats.exporters import Exporter
from app.storage import datasets, exports, samples
from app.storage.exports import Content
from app.storage.tables import Status

CHECKED_AT_ONCE = 20_000  # samples that are checked while somebody waits for the page
CHUNK = 1_000
SHOWN_LINES = 5
SHOWN_CHARACTERS = 4_000

Fetch = Callable[[int], Sequence[Content]]


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
    lines: tuple[str, ...]

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


def preview(session: Session, slug: str, order: Order) -> PreviewView:
    """What the order would export now: counts per rule, and the first five lines."""
    exporter = export_order.exporter_of(order)
    find = _of_query if order.version is None else _of_version
    asked = find(session, slug, order)
    tally, size, lines = Tally(), len(exporter.prefix), list[bytes]()
    for part in _parts(asked.fetch):
        found = rendering.render(exporter, part, tally)
        size += sum(map(len, found))
        lines += found[: SHOWN_LINES - len(lines)]
    return _describe(exporter, asked, tally, size=size, lines=lines)


def _of_query(session: Session, slug: str, order: Order) -> _Asked:
    dataset_id = datasets.get(session, slug).id
    statuses = export_order.statuses_of(order, order.query)
    wanted = replace(versions.resolve(session, dataset_id, order.query), statuses=statuses)
    total = samples.count(session, dataset_id, wanted)

    def fetch(after: int) -> Sequence[Content]:
        return exports.live(session, dataset_id, wanted, after=after, limit=CHUNK)

    return _Asked(order.query, statuses, total, fetch)


def _of_version(session: Session, slug: str, order: Order) -> _Asked:
    version = versions.find_row(session, slug, order.version or 0)
    statuses = export_order.statuses_of(order, version.query)
    total = exports.count_frozen(session, version.id, statuses)

    def fetch(after: int) -> Sequence[Content]:
        return exports.frozen(session, version.id, statuses, after=after, limit=CHUNK)

    return _Asked(version.query, statuses, total, fetch)


def _parts(fetch: Fetch) -> Iterator[Sequence[Content]]:
    after, seen = 0, 0
    while seen < CHECKED_AT_ONCE and (part := fetch(after)):
        yield part
        after, seen = part[-1].sample_id, seen + len(part)


def _describe(
    exporter: Exporter, asked: _Asked, tally: Tally, *, size: int, lines: Sequence[bytes]
) -> PreviewView:
    checked = tally.passed + tally.failed
    # Whether the whole file is too short or too long is only known once all is checked.
    rows = tally.passed + asked.total - checked
    return PreviewView(
        format=exporter.name,
        title=exporter.title,
        query=asked.query,
        statuses=tuple(status.value for status in asked.statuses),
        total=asked.total,
        checked=checked,
        passed=tally.passed,
        failed=tally.failed,
        failures=rendering.explain(exporter, tally, rows=rows, size=size),
        lines=tuple(line.decode().rstrip("\n")[:SHOWN_CHARACTERS] for line in lines),
    )
