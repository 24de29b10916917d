"""Whether Dartboard can do its work right now."""

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.storage import people


def is_ready(session: Session) -> bool:
    """Whether the database answers and has its tables."""
    try:
        people.find(session, "")
    except SQLAlchemyError:
        return False
    return True
