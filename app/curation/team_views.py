"""What the pages about several people's work may show: plain values, ready to print."""

from dataclasses import dataclass
from datetime import datetime

from app.curation.board_views import DatasetHead


@dataclass(frozen=True, slots=True)
class PersonView:
    """How far one person has come.

    Attributes:
        approved, rejected, needs_work: how they judged; see `TeamView.blind`.
        days: judgements on each of the last days, today last.
        pace: samples an hour while at work; None when too little is known.
        agreed, both: on how many samples they agree with somebody, of how many pairs.
    """

    name: str
    today: int
    week: int
    total: int
    approved: int
    rejected: int
    needs_work: int
    days: tuple[int, ...]
    pace: int | None
    agreed: int
    both: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class PairView:
    """How far two people agree."""

    one: str
    other: str
    agreed: int
    both: int


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    """One row of the confusion table: how often this status met each of the statuses."""

    status: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """How far those agree who judged the same samples."""

    shared: int
    split: int
    alpha: float | None
    verdict: str
    statuses: tuple[str, ...]
    confusion: tuple[ConfusionRow, ...]
    pairs: tuple[PairView, ...]


@dataclass(frozen=True, slots=True)
class SplitView:
    """A sample about which people disagree and which nobody has settled.

    Attributes:
        judged: (person, status); empty for whoever has yet to judge it.
    """

    id: int
    version: int
    preview: str
    href: str
    judged: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """A part of a data set that somebody is asked to do."""

    id: int
    person: str
    slug: str
    dataset: str
    query: str
    note: str
    asked_by: str
    at: datetime
    done: bool
    left: int
    matching: int
    review_href: str

    @property
    def share(self) -> float:
        """How much of it is decided, 0 to 1."""
        return 1 - self.left / self.matching if self.matching else 1.0


@dataclass(frozen=True, slots=True)
class TeamView:
    """The page of a data set's people."""

    head: DatasetHead
    overlap: int
    most: int
    people: tuple[PersonView, ...]
    agreement: AgreementView
    splits: tuple[SplitView, ...]
    assignments: tuple[AssignmentView, ...]
    names: tuple[str, ...]
    query: str  # the view that is about to be assigned
    blind: bool  # what the asker has yet to judge is left out


@dataclass(frozen=True, slots=True)
class CommentView:
    """What somebody said about a sample."""

    seq: int
    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MentionView:
    """A comment that names somebody."""

    who: str
    text: str
    at: datetime
    new: bool
    dataset: str
    sample_id: int
    href: str


@dataclass(frozen=True, slots=True)
class InboxView:
    """What waits for one person."""

    mentions: tuple[MentionView, ...]
    assignments: tuple[AssignmentView, ...]
