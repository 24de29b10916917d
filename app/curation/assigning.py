"""Who is asked to do which part of a data set."""

from sqlmodel import Session

from app.curation import queries, texts
from app.curation.sample_rows import href
from app.curation.team_views import AssignmentView
from app.errors import InvalidError
from app.storage import assignments, datasets, samples
from app.storage.tables import DatasetRow, Status, now
from app.storage.team_tables import AssignmentRow

LONGEST_NAME = 120
LONGEST_NOTE = 1_000


class AssignmentError(InvalidError):
    """Nobody can be asked this."""

    code = "assignment"


def assign(
    session: Session, slug: str, person: str, *, query: str, note: str, actor: str
) -> AssignmentView:
    """Ask somebody to decide what a query finds.

    Raises:
        AssignmentError: nobody is named, or the name or note cannot be kept.
        QueryError: the query is none.
    """
    name, said = person.strip(), note.strip()
    if not name:
        raise AssignmentError("Say who should do it.")
    if len(name) > LONGEST_NAME or len(said) > LONGEST_NOTE:
        raise AssignmentError(f"A note has at most {LONGEST_NOTE:,} characters.")
    if not (texts.is_storable(name) and texts.is_storable(said)):
        raise AssignmentError("The text holds a character that no text can hold.")
    dataset = datasets.get(session, slug)
    row = AssignmentRow(
        dataset_id=dataset.id,
        person=name,
        query=queries.write(queries.parse_string(query)),
        note=said,
        asked_by=actor,
    )
    return _view(session, assignments.add(session, row), dataset)


def finish(session: Session, slug: str, assignment_id: int) -> None:
    """Close an assignment, or AssignmentNotFoundError."""
    row = assignments.get(session, datasets.get(session, slug).id, assignment_id)
    row.done_at = row.done_at or now()


def of_dataset(session: Session, slug: str) -> tuple[AssignmentView, ...]:
    """What people are asked to do here, open ones first."""
    dataset = datasets.get(session, slug)
    found = assignments.of_dataset(session, dataset.id)
    return tuple(_view(session, row, dataset) for row in found)


def waiting_for(session: Session, person: str) -> tuple[AssignmentView, ...]:
    """What this person is asked to do, in every data set."""
    found = assignments.waiting_for(session, person)
    return tuple(_view(session, row, dataset) for row, dataset in found)


def _view(session: Session, row: AssignmentRow, dataset: DatasetRow) -> AssignmentView:
    matching, left = _progress(session, row)
    query = queries.parse_string(row.query)
    return AssignmentView(
        id=row.id,
        person=row.person,
        slug=dataset.slug,
        dataset=dataset.name,
        query=row.query,
        note=row.note,
        asked_by=row.asked_by,
        at=row.created_at,
        done=row.done_at is not None,
        left=left,
        matching=matching,
        review_href=href(dataset.slug, "review", query),
    )


def _progress(session: Session, row: AssignmentRow) -> tuple[int, int]:
    """How many samples the query finds, and how many of them nobody has decided about.

    A query that named cells of a board that was drawn anew finds nothing any more.
    """
    query = queries.parse_string(row.query)
    try:
        matching = samples.count(
            session, row.dataset_id, queries.resolve(session, row.dataset_id, query)
        )
        pending = query.but("status", Status.PENDING.value)
        left = samples.count(
            session, row.dataset_id, queries.resolve(session, row.dataset_id, pending)
        )
    except queries.BoardChangedError:
        return 0, 0
    return matching, left
