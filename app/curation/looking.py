"""How a person looks at the board: which side of the samples, and what its topics are called."""

from typing import Literal, get_args

from sqlmodel import Session

from app.errors import InvalidError, NotFoundError
from app.storage import datasets, events, frames, jobs, placements
from app.storage.events import Event

BoardSide = Literal["input", "output", "pair"]
SIDES: tuple[str, ...] = get_args(BoardSide)
LONGEST_NAME = 60


class SideError(InvalidError):
    """A side is input, output or pair."""


class TopicNotFoundError(NotFoundError):
    """There is no such topic on this board."""


class TopicNameError(InvalidError):
    """A topic's name is 1 to 60 characters."""


def choose_side(session: Session, slug: str, side: str, *, actor: str) -> None:
    """Show this side from now on; its board is drawn when it is not there yet."""
    if side not in SIDES:
        raise SideError
    dataset = datasets.get(session, slug)
    if dataset.side == side:
        return
    event = Event(None, "side", {"from": {"side": dataset.side}, "to": {"side": side}})
    batch = f"side{dataset.id}"
    dataset.side = side
    events.append(session, dataset.id, [event], actor=actor, batch=batch)
    row = frames.of_side(session, dataset.id, side)
    if row is None or placements.count_unplaced(session, dataset.id, row.id):
        jobs.enqueue(session, "draw", dataset.id, title=f"Draw the board of {dataset.name}")


def rename_topic(session: Session, slug: str, topic: str, name: str, *, actor: str) -> None:
    """Give a topic of the board in force a name that stays with it, through refits too."""
    words = [word.strip() for word in name.split(",") if word.strip()]
    if not words or len(name) > LONGEST_NAME or not name.isprintable():
        raise TopicNameError
    dataset = datasets.get(session, slug)
    row = frames.newest(session, dataset.id)
    number = (
        next((at for at, told in enumerate(row.facts["topics"]) if told["id"] == topic), None)
        if row
        else None
    )
    if row is None or number is None:
        raise TopicNotFoundError
    topics = [dict(told) for told in row.facts["topics"]]
    before = topics[number]["words"]
    topics[number] |= {"words": words, "edited": True}
    row.facts = {**row.facts, "topics": topics}
    event = Event(None, "topic", {"topic": topic, "from": before, "to": words})
    events.append(session, dataset.id, [event], actor=actor, batch=f"topic{row.id}")
