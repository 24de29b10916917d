"""Of which samples gauges are read: of all on the board, of a version's, of those a query finds."""

from dataclasses import dataclass

from sqlmodel import Session

from app.curation import queries, tallies
from app.curation.queries import Query
from app.storage import datasets, jobs, measurements, versions
from app.storage.filters import Filter
from app.storage.measurements import Part
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow, JobRow

EVERYTHING = Query()
MOST_QUERIES = 20
"""So many queries of a data set are remembered with what was read of them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part of a data set, and the filter that finds its samples as a board counts them."""

    part: Part
    wanted: Filter


def find(session: Session, dataset_id: int, query: Query) -> Part | None:
    """The part that a query means, or None while nobody wanted it measured.

    Raises:
        QueryError: it asks for a version that is not there.
    """
    if not query.terms:
        return Part(dataset_id)
    if _is_version(query):
        return Part(dataset_id, version_id=_version(session, dataset_id, query))
    known = measurements.find_query(session, dataset_id, queries.write(query))
    return Part(dataset_id, query_id=known) if known is not None else None


def ask(session: Session, slug: str, query: Query = EVERYTHING) -> JobRow:
    """Have gauges read: of all samples, of a version's or of those that a query finds."""
    dataset = datasets.get(session, slug)
    if not query.terms:
        return _enqueue(session, dataset, "")
    queries.resolve(session, dataset.id, query)  # what cannot be asked is told now, not by a job
    if _is_version(query):
        number = query.values("version")[0]
        version_id = _version(session, dataset.id, query)
        return _enqueue(session, dataset, f", version {number}", version=version_id)
    asked = measurements.add_query(session, dataset.id, queries.write(query), most=MOST_QUERIES)
    return _enqueue(session, dataset, ", of some samples", query=asked)


def of_job(session: Session, job: JobRow) -> Chosen | None:
    """The samples that a job is to measure; None when they were forgotten meanwhile."""
    dataset_id, version, query = int(job.dataset_id or 0), *map(job.params.get, _PARAMS)
    part = Part(dataset_id, version_id=version, query_id=query)
    if version is not None:
        return Chosen(part, Filter(statuses=COUNTED, version_id=version, as_frozen=True))
    if query is None:
        return Chosen(part, tallies.ON_BOARD)
    written = measurements.read_query(session, query)
    if written is None:
        return None
    wanted = queries.resolve_counted(session, dataset_id, queries.parse_string(written))
    return Chosen(part, wanted)


_PARAMS = "version", "query"


def _is_version(query: Query) -> bool:
    return [name for name, _ in query.terms] == ["version"]


def _version(session: Session, dataset_id: int, query: Query) -> int:
    resolved = queries.resolve(session, dataset_id, query).version_id
    if resolved is None:
        raise versions.VersionNotFoundError
    return resolved


def _enqueue(session: Session, dataset: DatasetRow, of: str, **params: int) -> JobRow:
    title = f"Read the gauges of {dataset.name}{of}"
    return jobs.enqueue(session, "gauge", dataset.id, title=title, **params)
