"""What a data set should cover is chosen here; the board is drawn anew for it."""

from sqlmodel import Session

from app.storage import datasets, events, jobs, targets
from app.storage.events import Event
from app.storage.tables import JobRow


def use_itself(session: Session, slug: str, *, actor: str) -> JobRow:
    """Compare the data with themselves from now on."""
    dataset = datasets.get(session, slug)
    target = targets.add(session, dataset.id, "itself")
    event = Event(None, "target", {"kind": "itself"})
    events.append(session, dataset.id, [event], actor=actor, batch=f"t{target.id}")
    return _draw(session, dataset.id, dataset.name)


def redraw(session: Session, slug: str, *, refit: bool = False) -> JobRow:
    """Place what is new; with refit, cut the board anew."""
    dataset = datasets.get(session, slug)
    return _draw(session, dataset.id, dataset.name, refit=refit)


def _draw(session: Session, dataset_id: int, name: str, *, refit: bool = False) -> JobRow:
    params = {"refit": True} if refit else {}
    return jobs.enqueue(session, "draw", dataset_id, title=f"Draw the board of {name}", **params)
