"""What may be asked of a sample, what became of it, and why it may be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.curation import review_fold, texts
from app.curation.review_fold import State
from app.errors import ConflictError, InvalidError
from app.storage.tables import Status

LONGEST_REMARK = 4_000
LONGEST_LABEL = 200
LONGEST_MARKS = 1_000
BEST = 5


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to be so; None leaves a thing as it is.

    `messages` are records with role and content; of a pair `rejected` are those of the other
    answer and `answer_turns` says how many at the end of `messages` are the better one.
    `marks` are all marks, `mark` and `unmark` one that comes or goes. `reason` goes with the
    decision, `note` is a remark of its own; `accepts` is the suggestion that it follows,
    `declines` one that is not to be shown again. A `final` status settles what people disagree
    about: it counts however many of them the data set asks.
    """

    status: str | None = None
    label: str | None = None
    deleted: bool | None = None
    messages: Sequence[Mapping[str, object]] | None = None
    reason: str = ""
    note: str = ""
    flagged: bool | None = None
    quality: int | None = None
    marks: Sequence[str] | None = None
    mark: str = ""
    unmark: str = ""
    rejected: Sequence[Mapping[str, object]] | None = None
    answer_turns: int | None = None
    accepts: int | None = None
    declines: int | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a change of one sample; `batch` is "" when nothing changed."""

    sample_id: int
    version: int
    status: str
    label: str
    revision: int
    deleted: bool
    batch: str

    @property
    def changed(self) -> bool:
        """Whether anything is different now."""
        return bool(self.batch)


class StaleSampleError(ConflictError):
    """Somebody changed this sample since you read it."""

    code = "stale"

    def __init__(self, theirs: Mapping[str, object], yours: Mapping[str, object]) -> None:
        super().__init__()
        self.theirs, self.yours = theirs, yours

    @property
    def facts(self) -> Mapping[str, object]:
        """Both sides: the sample as it is now, and what was asked."""
        return {"theirs": self.theirs, "yours": self.yours}


class SameTextError(ConflictError):
    """Another sample of this data set says exactly the same."""

    code = "same_text"

    def __init__(self, sample_id: int) -> None:
        super().__init__(f"Sample {sample_id} says exactly the same already.")
        self.sample_id = sample_id

    @property
    def facts(self) -> Mapping[str, object]:
        """Which sample that is."""
        return {"samples": [self.sample_id]}


class ChangeError(InvalidError):
    """This is nothing that a sample can be."""

    code = "change"


def check(change: Change) -> None:
    """Refuse values that no sample can have."""
    if change.status is not None and change.status not in set(Status):
        known = ", ".join(status.value for status in Status)
        raise ChangeError(f"{change.status[:60]!r} is not a status; there is {known}.")
    if change.quality is not None and not 0 <= change.quality <= BEST:
        raise ChangeError(f"A quality is 1 to {BEST}, or 0 for none.")
    for name, text, most in (
        ("label", change.label or "", LONGEST_LABEL),
        ("reason", change.reason, LONGEST_REMARK),
        ("note", change.note, LONGEST_REMARK),
        *(("mark", mark, LONGEST_LABEL) for mark in _named_marks(change)),
    ):
        if len(text) > most:
            raise ChangeError(f"A {name} has at most {most:,} characters.")
        if not texts.is_storable(text):
            raise ChangeError(f"The {name} holds a character that no text can hold.")
    if any("|" in mark for mark in _named_marks(change)):
        raise ChangeError("A mark holds no |.")


def wish_of(change: Change) -> dict[str, Any]:
    """What a change names whatever the sample is: columns as events write them, a mark."""
    named = {
        "status": change.status,
        "label": change.label,
        "deleted": change.deleted,
        "flagged": change.flagged,
        "quality": change.quality,
        "mark": change.mark or None,
        "unmark": change.unmark or None,
    }
    return {name: value for name, value in named.items() if value is not None}


def is_about_columns(change: Change) -> bool:
    """Whether a change asks for anything but another text or a remark."""
    return bool(wish_of(change)) or change.marks is not None


def wanted_of(change: Change, state: State) -> dict[str, Any]:
    """What a change makes of a sample in this state: only what is really new."""
    wish = wish_of(change)
    if change.marks is not None:
        wish["marks"] = review_fold.written({*change.marks} - {""})
    new = state.after(wish)
    if has_too_many_marks(new):
        raise ChangeError("These are too many marks for one sample.")
    return new


def has_too_many_marks(new: Mapping[str, Any]) -> bool:
    """Whether no sample can have what is new."""
    return len(new.get("marks", "")) > LONGEST_MARKS


def kind_of(change: Change) -> str:
    """What the event of a change is called."""
    if change.deleted is not None:
        return "trashed" if change.deleted else "restored"
    if change.status is not None:
        return "decided"
    if change.flagged is not None:
        return "flagged"
    return "rated" if change.quality is not None else "labelled"


def why_of(change: Change) -> dict[str, Any]:
    """What the events of a change tell beside the change."""
    told: dict[str, Any] = {"reason": change.reason.strip()} if change.reason.strip() else {}
    return told if change.accepts is None else {**told, "accepts": change.accepts}


def _named_marks(change: Change) -> tuple[str, ...]:
    return (*(change.marks or ()), change.mark, change.unmark)
