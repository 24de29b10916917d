"""What waits for one person, over all data sets."""

from sqlmodel import Session

from app.curation import assigning, commenting
from app.curation.team_views import InboxView
from app.storage import assignments


def show(session: Session, person: str) -> InboxView:
    """Comments that name this person, and what they are asked to do."""
    return InboxView(
        mentions=commenting.mentions_of(session, person),
        assignments=assigning.waiting_for(session, person),
    )


def see(session: Session, person: str) -> None:
    """Nothing that named this person so far is new any more."""
    assignments.see(session, person)


def count(session: Session, person: str) -> int:
    """How many comments and assignments wait for this person."""
    return assignments.count_waiting(session, person)
