"""The page where a sample's text is edited: what stands there, and what would be different."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.curation import browsing, queries, review, turns
from app.curation.board_views import DatasetHead
from app.curation.changing import ChangeError, Decision, SameTextError
from app.curation.turns import Turn, TurnChange
from app.curation.walking import Walk
from app.storage import datasets, samples


@dataclass(frozen=True, slots=True)
class EditView:
    """Everything that templates/samples/edit.html may show."""

    head: DatasetHead
    id: int
    version: int
    turns: tuple[Turn, ...]
    changes: tuple[TurnChange, ...]  # against what is stored now
    fault: str  # why it cannot be saved as it stands, or ""
    twin: int | None  # the sample that says exactly this already
    edit_href: str  # where the form posts to
    back_href: str
    query: str
    queue: bool

    @property
    def changed(self) -> bool:
        """Whether anything is different from what is stored."""
        return any(change.kind != "same" for change in self.changes)


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is to be the sample's, made from the version that its writer has read."""

    turns: tuple[Turn, ...]
    version: int
    status: str | None = None


def show(
    session: Session, slug: str, sample_id: int, walk: Walk, draft: Sequence[Turn] = ()
) -> EditView:
    """The form with what is stored, or with a draft of it, and what the draft would change."""
    dataset = datasets.get(session, slug)
    row = samples.get(session, dataset.id, sample_id)
    stored = turns.load(row.messages, row.rest)
    written = tuple(draft) or stored
    return EditView(
        head=browsing.head_of(session, dataset),
        id=sample_id,
        version=row.version,
        turns=written,
        changes=turns.compared(stored, written),
        fault=_fault(written, stored),
        twin=None,
        edit_href=walk.href(slug, f"s/{sample_id}/edit"),
        back_href=walk.href(slug, f"s/{sample_id}"),
        query=queries.write(walk.query),
        queue=walk.queue,
    )


def save(session: Session, slug: str, sample_id: int, draft: Draft, *, actor: str) -> Decision:
    """Make the draft the sample's text, and decide about it with the same act if it asks to.

    Raises: what review.decide raises.
    """
    row = samples.get(session, datasets.get(session, slug).id, sample_id)
    change = turns.change_of(draft.turns, turns.load(row.messages, row.rest))
    wanted = replace(change, status=draft.status)
    return review.decide(session, slug, sample_id, wanted, version=draft.version, actor=actor)


def merged(
    session: Session, slug: str, sample_id: int, mine: Sequence[Turn], choices: Sequence[str]
) -> tuple[Turn, ...]:
    """What is stored now and a draft as one text: of each turn that differs, the chosen one."""
    row = samples.get(session, datasets.get(session, slug).id, sample_id)
    return turns.merged(turns.load(row.messages, row.rest), mine, choices)


def refused(view: EditView, error: ChangeError | SameTextError) -> EditView:
    """The form as it was sent, with why it was not saved."""
    twin = error.sample_id if isinstance(error, SameTextError) else None
    return replace(view, fault=str(error), twin=twin)


def _fault(written: Sequence[Turn], stored: Sequence[Turn]) -> str:
    try:
        change = turns.change_of(written, stored)
        if any(turn.role == "assistant" for turn in stored):
            review.read_messages(change.messages or ())
        if change.rejected is not None:
            review.read_messages(change.rejected)
    except ChangeError as error:
        return str(error)
    return ""
