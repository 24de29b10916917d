"""Several people's judgements of one sample: kept each for itself, and when they make a status.

With an overlap of one, a decision is the sample's status at once. With more, a
decision is one judgement: the status follows when as many people as the data set
asks for agree. Where they do not, it stays pending until somebody settles it.
"""

from dataclasses import dataclass

from sqlmodel import Session

from app.checks import agreement
from app.curation.moves import Act
from app.errors import InvalidError
from app.storage import datasets, events, judgements
from app.storage.events import Event
from app.storage.tables import DatasetRow, SampleRow
from app.storage.team_tables import JudgementRow

JUDGED = "judged"
MOST = 5


class OverlapError(InvalidError):
    """So many people cannot be asked about each sample."""

    code = "overlap"

    def __init__(self) -> None:
        super().__init__(f"Each sample can be judged by 1 to {MOST} people.")


@dataclass(frozen=True, slots=True)
class Opinion:
    """One person's judgement of a sample."""

    sample: SampleRow
    status: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a judgement makes of a sample: does its status follow, is there an event for it?"""

    follows: bool
    noted: bool


def give(session: Session, dataset: DatasetRow, opinion: Opinion, act: Act) -> Standing:
    """Keep a judgement, and say what it makes of the sample.

    Where the status does not follow it, the judgement is an event of its own, so
    that it stands in the history and can be undone.
    """
    sample, alone = opinion.sample, dataset.overlap < 2
    if judgements.of_sample(session, sample.id).get(act.actor) == opinion.status:
        return Standing(follows=alone, noted=False)
    row = JudgementRow(
        dataset_id=dataset.id,
        sample_id=sample.id,
        actor=act.actor,
        status=opinion.status,
        batch=act.batch,
    )
    judgements.add(session, row)
    if alone or (opinion.status != sample.status and _agreed(session, dataset, sample.id)):
        return Standing(follows=True, noted=False)
    told = {"from": {}, "to": {}, JUDGED: opinion.status, **act.told}
    event = Event(sample.id, JUDGED, told)
    events.append(session, dataset.id, [event], actor=act.actor, batch=act.batch)
    return Standing(follows=False, noted=True)


def set_overlap(session: Session, slug: str, people: int, *, actor: str) -> None:
    """Ask for the judgement of so many people about each sample from now on.

    Raises:
        OverlapError: it is not 1 to MOST.
    """
    if not 1 <= people <= MOST:
        raise OverlapError
    dataset = datasets.get(session, slug)
    events.lock(session, dataset.id)
    if people == dataset.overlap:
        return
    body = {"from": {"overlap": dataset.overlap}, "to": {"overlap": people}}
    dataset.overlap = people
    events.append(session, dataset.id, [Event(None, "overlap", body)], actor=actor, batch="overlap")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a history; one who `sees_all` is told every judgement at once."""

    name: str
    sees_all: bool


def hides(session: Session, dataset: DatasetRow, sample_id: int, reader: Reader) -> bool:
    """Whether this reader is not told how others judged a sample: they have yet to judge it."""
    if reader.sees_all or dataset.overlap < 2:
        return False
    return reader.name not in judgements.of_sample(session, sample_id)


def _agreed(session: Session, dataset: DatasetRow, sample_id: int) -> bool:
    given = judgements.of_sample(session, sample_id)
    return len(given) >= dataset.overlap and not agreement.is_split(given)
