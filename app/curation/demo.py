"""The demo data set: samples written for this project, with faults on purpose, and a reference."""

from pathlib import Path

from sqlmodel import Session

from app.curation import catalogue, intake
from app.curation.actors import Actor
from app.curation.column_roles import Told
from app.curation.intake import Arrival
from app.curation.spooling import SpoolWriter
from app.errors import ConflictError
from app.storage.database import Sessions
from app.storage.datasets import DatasetExistsError

NAME = "Everyday fixes"
TASK = (
    "Somebody describes an everyday problem at home, at work or on the way; the answer is one"
    " short, kind, concrete fix: the likely cause, one to three steps, and when to get help."
)
SAMPLES, REFERENCE = "everyday.jsonl", "everyday_reference.jsonl"


class DemoExistsError(ConflictError):
    """The sample set is in the trash; an admin can take it out again."""


def bring(write: Sessions, folder: Path, *, spool: Path, asker: Actor) -> str | None:
    """As `load`, for somebody who asks for it: DemoExistsError where it lies in the trash."""
    slug = load(write, folder, spool=spool, actor=asker.name, owner=asker.user_id)
    with write() as session:
        if slug is None and not catalogue.listing(session).datasets:
            raise DemoExistsError
    return slug


def load(
    write: Sessions, folder: Path, *, spool: Path, actor: str, owner: int | None = None
) -> str | None:
    """Bring the demo into an instance that has no data set yet; return its slug, else None.

    Once it was there it does not come back, not even from the trash.
    """
    with write() as session:
        if catalogue.listing(session).datasets:
            return None
        try:
            slug = catalogue.create(session, NAME, actor=actor, owner=owner, task=TASK).slug
        except DatasetExistsError:
            return None
        # The reference first, so that the first board is drawn against it.
        _send(
            session,
            slug,
            folder / REFERENCE,
            Arrival(actor, REFERENCE, told=Told(purpose="target")),
            spool,
        )
        _send(session, slug, folder / SAMPLES, Arrival(actor, SAMPLES), spool)
    return slug


def _send(session: Session, slug: str, path: Path, arrival: Arrival, spool: Path) -> None:
    content = path.read_bytes()
    with SpoolWriter(spool, limit=len(content)) as writer:
        writer.write(content)
        spooled = writer.finish()
    intake.accept(session, slug, spooled, arrival, spool=spool)
