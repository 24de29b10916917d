"""What people say to each other about a sample. A comment stands in the sample's history."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from app.curation import moves, texts
from app.curation.team_views import CommentView, MentionView
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.storage import assignments, datasets, events, samples
from app.storage.events import Event
from app.storage.tables import EventRow

COMMENTED, WITHDRAWN = "commented", "withdrawn"
LONGEST = 4_000
_MENTION = re.compile(r"(?<![\w@])@([\w.-]{1,120})")


class CommentError(InvalidError):
    """This is no comment."""

    code = "comment"


class CommentNotFoundError(NotFoundError):
    """There is no such comment here."""


class NotYoursError(ForbiddenError):
    """Only a curator takes back what somebody else said."""

    code = "not_yours"


@dataclass(frozen=True, slots=True)
class Commenter:
    """Who takes a comment back; one who moderates may take back anybody's."""

    name: str
    may_moderate: bool


def mentioned(text: str) -> tuple[str, ...]:
    """Who is named in a comment: @mia, each once; a full stop ends a sentence, not a name."""
    return tuple(dict.fromkeys(name.rstrip(".-") for name in _MENTION.findall(text)))


def add(session: Session, slug: str, sample_id: int, text: str, *, actor: str) -> CommentView:
    """Say something about a sample; whoever is named in it finds it in the inbox.

    Raises:
        CommentError: it is empty, too long, or no text.
        SampleNotFoundError: there is no such sample in this data set.
    """
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise CommentError(f"A comment has 1 to {LONGEST:,} characters.")
    if not texts.is_storable(said):
        raise CommentError("The comment holds a character that no text can hold.")
    dataset_id = datasets.get(session, slug).id
    events.lock(session, dataset_id)
    samples.get(session, dataset_id, sample_id)
    told = {"from": {}, "to": {}, "text": said}
    batch = moves.new_remark()
    events.append(
        session, dataset_id, [Event(sample_id, COMMENTED, told)], actor=actor, batch=batch
    )
    row = events.part_of_batch(session, batch)[0]
    assignments.mention(session, dataset_id, sample_id, mentioned(said), seq=row.seq)
    return _view(row)


def withdraw(session: Session, slug: str, sample_id: int, seq: int, actor: Commenter) -> None:
    """Take a comment back: the history keeps that there was one, and its text is shown no more.

    Raises:
        CommentNotFoundError: there is no such comment on this sample, or not any more.
        NotYoursError: somebody else said it.
    """
    dataset_id = datasets.get(session, slug).id
    events.lock(session, dataset_id)
    samples.get(session, dataset_id, sample_id)
    said = {view.seq: view for view in of_sample(session, sample_id)}.get(seq)
    if said is None:
        raise CommentNotFoundError
    if said.who != actor.name and not actor.may_moderate:
        raise NotYoursError
    event = Event(sample_id, WITHDRAWN, {"from": {}, "to": {}, "withdraws": seq})
    batch = moves.new_remark()
    events.append(session, dataset_id, [event], actor=actor.name, batch=batch)
    assignments.forget_mentions(session, seq)


def of_sample(session: Session, sample_id: int) -> tuple[CommentView, ...]:
    """What was said about a sample, oldest first."""
    return among(events.of_sample(session, sample_id))


def among(found: Iterable[EventRow]) -> tuple[CommentView, ...]:
    """The comments among a sample's events that nobody took back."""
    told = list(found)
    gone = withdrawn_among(told)
    return tuple(_view(row) for row in told if row.kind == COMMENTED and row.seq not in gone)


def withdrawn_among(found: Iterable[EventRow]) -> set[int]:
    """The comments that were taken back, by the seq of their events."""
    return {int(row.body["withdraws"]) for row in found if row.kind == WITHDRAWN}


def mentions_of(session: Session, person: str) -> tuple[MentionView, ...]:
    """Comments that name this person, unread ones first."""
    return tuple(
        MentionView(
            who=event.actor,
            text=str(event.body["text"]),
            at=event.at,
            new=mention.seen_at is None,
            dataset=dataset.name,
            sample_id=mention.sample_id,
            href=f"/d/{dataset.slug}/s/{mention.sample_id}",
        )
        for mention, event, dataset in assignments.mentions_of(session, person)
    )


def _view(row: EventRow) -> CommentView:
    return CommentView(row.seq, row.actor, str(row.body["text"]), row.at)
