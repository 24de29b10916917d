"""What pages and the API show of the gauges: plain values, ready to print."""

from dataclasses import dataclass
from datetime import datetime

from app.curation.board_views import DatasetHead, JobView


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What a gauge read of a version; x and y lie in a box of 100 by 24."""

    version: int
    value: float
    shown: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class GaugeView:
    """One gauge: the number, what it means in a sentence, whether it asks for something.

    `place`, `place_low`, `place_high` and `place_limit` are where the value, its band and a fixed
    limit lie on a bar from 0 to 1. The band is None where nothing is known to compare with.
    """

    name: str
    title: str
    value: float
    shown: str
    sentence: str
    flagged: bool
    low: float | None
    high: float | None
    place: float
    place_low: float | None
    place_high: float | None
    place_limit: float | None
    trend: tuple[TrendPoint, ...]  # versions, oldest first, the last one is now
    trend_line: str  # the points of a polyline in a box of 100 by 24; "" for fewer than two
    href: str  # the samples, or the board, behind it; "" where there is nothing to open
    link: str  # what the link says


@dataclass(frozen=True, slots=True)
class GaugeMove:
    """What one gauge read of two versions, and as it is shown.

    Where the boards differ the numbers are of different measures of the same thing.
    """

    name: str
    title: str
    old: float
    new: float
    old_shown: str
    new_shown: str
    same_board: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One gauge: what it read of each version, "" where it read nothing, and now."""

    name: str
    title: str
    then: tuple[str, ...]
    now: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The gauges of the newest versions, oldest of them first."""

    versions: tuple[int, ...]
    lines: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class PairView:
    """Two samples that are more alike than the threshold, and only just."""

    alike: float
    first: int
    first_preview: str
    second: int
    second_preview: str
    href: str  # both of them in the list


@dataclass(frozen=True, slots=True)
class TemplateView:
    """Samples that fill one template: how many, one of them, and the list of them."""

    samples: int
    preview: str
    href: str  # up to 300 of them
    whole: bool  # the list holds all of them


@dataclass(frozen=True, slots=True)
class StepView:
    """A threshold of likeness, and how many samples have another that is at least so alike."""

    tau: float
    samples: int
    share: float
    x: float  # in a box of 100 by 40
    y: float
    height: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class LikenessView:
    """The redundancy slider: the threshold that is looked at, all others, the pairs above it."""

    tau: float
    usual_tau: float  # the one that flags
    samples: int
    share: float
    steps: tuple[StepView, ...]
    pairs: tuple[PairView, ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place of a facet grid; `heat` is 0 (none) to 5 (most of the samples)."""

    samples: int
    heat: int
    thin: bool  # some, but fewer than three
    href: str  # up to forty of its samples


@dataclass(frozen=True, slots=True)
class LineView:
    """One row of a facet grid; `wanted` when its value is asked for and thin."""

    value: str
    wanted: bool
    samples: int
    places: tuple[PlaceView, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of a facet grid."""

    value: str
    wanted: bool
    samples: int


@dataclass(frozen=True, slots=True)
class GridView:
    """Two facets against one another."""

    down: str
    across: str
    columns: tuple[ColumnView, ...]
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class GaugesView:
    """The gauges of samples on the newest board. Without `gauges` nothing has been read yet."""

    gauges: tuple[GaugeView, ...]
    flagged: tuple[GaugeView, ...]
    measured_at: datetime | None
    since: int  # changes of samples since then, at most 1,000
    old: bool  # read of a board that is not the newest any more
    likeness: LikenessView | None
    grids: tuple[GridView, ...]
    templates: tuple[TemplateView, ...] = ()
    history: HistoryView | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that templates/report/show.html may show."""

    head: DatasetHead
    job: JobView | None
    state: str  # of the board: empty, waiting, small or ready
    score: int
    score_label: str
    score_arc: str
    target_kind: str
    target_name: str
    target_sentence: str
    frame: int
    placed: int
    outsiders: int
    to_cut: int
    to_write: int
    over_regions: int
    gap_regions: int
    gauges: GaugesView
    query: str  # what the samples were narrowed by, or ""
    query_pairs: tuple[tuple[str, str], ...]  # the same, for the fields of a form
    version: str  # the number of the version that it asks for alone, or ""
