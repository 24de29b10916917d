"""What the board page may show: plain values, ready to print.

All lengths are in the drawing's own pixels: the rim has radius RIM, the middle
is (0, 0), y grows downwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

RIM = 334.0
RING_NAMES = ("typical", "common", "uncommon", "rare")


@dataclass(frozen=True, slots=True)
class DatasetHead:
    """The data set as every one of its pages names it."""

    slug: str
    name: str
    samples: int
    jobs: int  # that wait or run, of the whole instance


@dataclass(frozen=True, slots=True)
class JobView:
    """How far a job has got."""

    id: int
    kind: str
    title: str
    state: str
    phase: str
    done: int
    total: int
    share: float | None  # None: the total is not known yet
    eta_seconds: float | None
    error: str
    dataset: str  # slug, or ""
    created_at: datetime
    running: bool
    can_retry: bool


@dataclass(frozen=True, slots=True)
class CellView:
    """One sub-topic of the board."""

    id: str  # "3.2": second cell of topic 3, counted round the board and outward
    topic: str  # the topic's first word
    name: str  # the cell's own words
    ring: str  # typical, common, uncommon or rare
    have: int
    expected: float
    ratio: float
    state: str  # over_dense, high, on_target, sparse, gap, unknown
    badge: str  # "x3.6", "+35" or ""
    cut: int
    write: int
    heat: int  # 0 to 4: how strongly an over-dense cell is filled
    alternate: bool  # every second cell is shaded a little
    path: str  # SVG path of the cell
    inner_path: str  # the same, inset: for the dashes of a gap and for the selection
    x: float  # of its middle
    y: float
    sentence: str  # all of the above for screen readers and the tooltip
    change: str = ""  # in a comparison: more, less or same
    change_heat: int = 0  # 0 to 4: how strongly the share changed
    then: int = 0  # how many the other side has here
    badge_clear: bool = True  # there is room for the badge on the drawing


@dataclass(frozen=True, slots=True)
class TopicView:
    """One slice of the board, with its label beside it."""

    id: str
    words: tuple[str, ...]
    have: int
    expected: float
    state: str  # over_dense, gap or on_target: the worst of its cells
    spoke: str  # SVG path of its left border
    leader: str  # SVG path from the rim to the label
    anchor: str  # start or end
    label_x: float
    label_y: float
    bar_x: float
    bar_width: float
    tick_x: float  # where the expected count would end
    number_x: float


@dataclass(frozen=True, slots=True)
class GroupView:
    """A coarse group of topics: an arc outside the rim."""

    path: str
    text_path: str  # the path its name runs along
    name: str


@dataclass(frozen=True, slots=True)
class KnotView:
    """A near-duplicate component of five or more, drawn where it lies."""

    x: float
    y: float
    samples: int
    number: int
    cell: str


@dataclass(frozen=True, slots=True)
class RegionView:
    """Adjacent flagged cells, as one line of "Cut first" or "Write next"."""

    topic: str
    name: str
    ring: str
    cell: str  # id of its worst cell: what a click selects
    cells: tuple[str, ...]
    have: int
    expected: float
    ratio: float
    act: int  # how many to cut or to write
    share: float  # of the largest act in the list, for its bar


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A sample as a line of a list."""

    id: int
    preview: str
    status: str
    label: str
    near_duplicates: int
    href: str


@dataclass(frozen=True, slots=True)
class UncoveredLine:
    """An input of the target that nothing covers, and the sample that comes nearest to it."""

    text: str
    nearest: str  # the beginning of that sample, "" where none was looked for
    alike: float
    href: str


@dataclass(frozen=True, slots=True)
class CellPanel:
    """The selected cell beside the board."""

    cell: CellView
    near_duplicates: int
    samples: tuple[SampleLine, ...]
    uncovered: tuple[UncoveredLine, ...]
    query: str  # that finds its samples
    list_href: str


@dataclass(frozen=True, slots=True)
class MoveView:
    """What a refit did to a topic: new, gone, or moved (its share changed a good deal)."""

    kind: str
    words: tuple[str, ...]
    was: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class ColourLine:
    """A value that darts are coloured by."""

    name: str
    samples: int
    hue: int  # from 1; 0 for everything else
    href: str  # its samples, or ""


@dataclass(frozen=True, slots=True)
class ColourView:
    """What the darts are coloured by, and the legend of it."""

    key: str
    lines: tuple[ColourLine, ...]


@dataclass(frozen=True, slots=True)
class CompareView:
    """What the board is compared with; cells then carry their change."""

    key: str
    name: str
    then: int  # samples on the other side
    more: int  # cells whose share surely grew
    less: int
    marks: tuple[tuple[str, str], ...]  # (new, removed or both; what that says) of the darts


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """Something to compare with."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A label, or a value of another facet, beside its quota."""

    value: str
    have: int
    want: float  # 0: not asked for
    state: str  # over, even, under, missing or unasked
    href: str  # its samples, or ""


@dataclass(frozen=True, slots=True)
class BoardView:
    """Everything that templates/boards/show.html may show."""

    head: DatasetHead
    state: str  # empty, waiting, small or ready
    view: str  # board or table
    job: JobView | None  # what is being done for this board now
    target_kind: str  # itself, quotas, reference, dataset or probes
    target_name: str
    target_sentence: str  # what the board can and cannot say with it
    frame: int
    fitted_on: int
    fitted_at: datetime | None
    encoder: str
    encoder_note: str  # what to know about the encoder in use, or ""
    score: int
    score_label: str
    score_arc: str  # SVG path of the ring round the score
    placed: int
    waiting: int
    outsiders: int
    refit_hint: str
    to_cut: int
    to_write: int
    cut_first: tuple[RegionView, ...]
    write_next: tuple[RegionView, ...]
    cells: tuple[CellView, ...]
    topics: tuple[TopicView, ...]
    groups: tuple[GroupView, ...]
    knots: tuple[KnotView, ...]
    selected: CellPanel | None
    darts_href: str
    query: str  # the query string that narrows the board, without "?"
    query_pairs: tuple[tuple[str, str], ...] = ()  # the same, for the fields of a form
    version: str = ""  # the number of the version that is looked at, as it was frozen
    side: str = "input"
    zoom: str = ""  # id of the slice that is spread out, or ""
    zoom_name: str = ""
    zoom_span: tuple[float, float] | None = None  # its angles on the whole board, radians
    moves: tuple[MoveView, ...] = ()
    refitted: bool = False  # the board before it can be shown beside it
    colour: ColourView | None = None  # None: by balance, or by a comparison
    colours: tuple[str, ...] = ()
    compare: CompareView | None = None
    compare_choices: tuple[CompareChoice, ...] = ()
    target_definition: Mapping[str, Any] = field(default_factory=dict)
    external: bool = False  # the target is not the data themselves: there can be gaps
    quotas: tuple[QuotaLine, ...] = ()
