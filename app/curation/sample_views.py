"""What the samples pages may show: plain values, ready to print.

Addresses (`href`s) are complete paths with their query; `query` is the query
string in normal form, without "?".
"""

from dataclasses import dataclass
from datetime import datetime

from app.curation.board_views import DatasetHead
from app.curation.list_views import ChipView, LandingView, MenuView, OptionView, ViewLink
from app.curation.team_views import CommentView


@dataclass(frozen=True, slots=True)
class FlagView:
    """Something the board found about a sample."""

    name: str  # near_duplicate, knot or outsider
    shown: str  # "near copy 0.97"
    sentence: str  # for the tooltip and for screen readers


@dataclass(frozen=True, slots=True)
class RowView:
    """A sample as a row of the list. `id="sample-12"` is its element."""

    id: int
    external_id: str
    preview: str
    status: str
    label: str
    origin: str
    source: str
    split: str
    language: str
    topic: str  # "refund, charge" or "" while it has no place
    cell: str  # "3.2" or ""
    cell_name: str
    flags: tuple[FlagView, ...]
    turns: int
    length: int
    version: int
    flagged: bool
    quality: int
    marks: tuple[str, ...]
    href: str  # its page, in the context of the list
    decide_href: str  # where a decision posts to, with "?" and the list's query behind it
    similar_href: str  # the list of what is most like it
    snippet: tuple[tuple[str, bool], ...] = ()  # where the words were found; True: to be marked
    alike: float | None = None  # how like it is to what was asked for, 1 is the same
    starts: str = ""  # of a page's first row: where the page begins, as `after` says it


@dataclass(frozen=True, slots=True)
class LabelView:
    """One label of the scheme, as the bar of labels shows it on a sample."""

    name: str
    key: str  # "1" or "Shift+1", "" without one
    act: str  # of the key: "label-1"
    hue: int  # 1..8, 0: none
    exclusive: bool
    on: bool  # whether the sample has it


@dataclass(frozen=True, slots=True)
class CountsView:
    """How many samples of the data set have each status."""

    total: int
    pending: int
    approved: int
    rejected: int
    needs_work: int

    @property
    def reviewed(self) -> int:
        """How many are decided one way or the other."""
        return self.approved + self.rejected


@dataclass(frozen=True, slots=True)
class MoreRows:
    """The next rows of a list: what its block `rows` needs, and no more."""

    rows: tuple[RowView, ...]
    next_after: str  # where the list goes on, "" at its end
    more_href: str  # the next rows, "" at the end


@dataclass(frozen=True, slots=True)
class SamplesView:
    """Everything that templates/samples/list.html may show."""

    head: DatasetHead
    rows: tuple[RowView, ...]
    total: int  # how many match the query
    at_least: bool  # there are more than that; they are counted when it matters
    counts: CountsView
    menus: tuple[MenuView, ...]
    sorts: MenuView
    chips: tuple[ChipView, ...]
    views: tuple[ViewLink, ...]  # saved queries
    landing: LandingView | None  # where a thrown text falls
    sort: str
    earlier_href: str  # the list from its beginning, when this page is not that; else ""
    words: str  # what stands in the search field
    query: str
    fields: tuple[tuple[str, str], ...]  # the query as hidden fields of a form
    list_href: str  # this list from its beginning
    more_href: str  # the next rows, "" at the end
    review_href: str  # the queue of what matches and is pending
    labels: tuple[LabelView, ...] = ()  # of the scheme


@dataclass(frozen=True, slots=True)
class MessageView:
    """One turn of a conversation."""

    role: str
    content: str
    extra: str  # what else its source says about it (tool calls), as JSON; "" for nothing


@dataclass(frozen=True, slots=True)
class RecentView:
    """One of the last decisions of a person."""

    sample_id: int
    letter: str  # A, X, N, P, E or L
    said: str
    href: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A label that a rule or a model proposes; nothing is so until a person accepts it."""

    seq: int
    label: str
    exclusive: bool
    by: str  # "rule" or the name of a model
    why: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a sample."""

    who: str
    at: datetime
    sentence: str
    remark: str  # the reason or the note that came with it


@dataclass(frozen=True, slots=True)
class SampleView:
    """Everything that templates/samples/show.html may show."""

    head: DatasetHead
    id: int
    external_id: str
    preview: str
    status: str
    version: int
    revision: int
    label: str
    deleted: bool
    messages: tuple[MessageView, ...]  # of a pair those before the two answers
    chosen: tuple[MessageView, ...]  # of a pair the better answer, else nothing
    rejected: tuple[MessageView, ...]  # of a pair the other answer
    verdict: str  # whether an answer is "good" or "bad", "" when nobody said
    raw: str  # the record as it came
    pretty: str  # the messages as indented JSON
    facts: tuple[tuple[str, str], ...]  # (name, value), empty values left out
    cell: str
    cell_name: str
    cell_href: str  # the board with that cell selected, or ""
    flags: tuple[FlagView, ...]
    history: tuple[HistoryLine, ...]  # newest first
    counts: CountsView
    position: int  # n of m, from 1; 0 when the query does not find it (any more)
    matching: int
    previous_href: str  # "" at the beginning
    next_href: str  # "" at the end
    list_href: str
    decide_href: str  # where a decision posts to, with "?" and the query behind it
    query: str
    fields: tuple[tuple[str, str], ...]  # the query as hidden fields of the decision's form
    queue: bool  # one at a time: after a decision the next pending sample comes
    walk: str  # the query string that leads on, with the order of the queue
    order: str
    orders: tuple[OptionView, ...]  # the orders of the queue, to change to
    edit_href: str
    history_href: str
    skip_href: str  # of the queue, the next card without deciding
    flagged: bool
    quality: int  # 1..5, 0: not rated
    marks: tuple[str, ...]
    labels: tuple[LabelView, ...]  # of the scheme; nothing without one
    suggestions: tuple[SuggestionView, ...]
    guideline: str
    recent: tuple[RecentView, ...] = ()
    comments: tuple[CommentView, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueEnd:
    """Nothing is left to decide under this query; templates/samples/done.html."""

    head: DatasetHead
    counts: CountsView
    skipped: int  # pending samples before this place in the queue
    elsewhere: int  # how many of them are before other reviewers now
    again_href: str  # the queue from its beginning
    list_href: str
    query: str


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """A sample as programs read it."""

    dataset: str
    id: int
    external_id: str
    version: int
    revision: int
    status: str
    label: str
    origin: str
    source: str
    split: str
    language: str
    deleted: bool
    kind: str  # chat, preference, kto or text
    messages: tuple[dict[str, object], ...]
    rejected: tuple[dict[str, object], ...]  # what a preference's last messages are preferred to
    answer_turns: int  # how many messages at the end are the answer
    desirable: bool | None  # of kto, whether the answer is one to learn
    raw: str
    cell: str
    flags: tuple[str, ...]
    flagged: bool
    quality: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that people did to a sample, as programs read it."""

    seq: int
    actor: str
    at: datetime
    kind: str
    sentence: str
    body: dict[str, object]
