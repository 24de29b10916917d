"""The page on which a person reads proposed probes and approves or drops each."""

from dataclasses import dataclass

from sqlmodel import Session

from app.curation import board, probing, progress
from app.curation.board_views import DatasetHead, JobView
from app.storage import datasets, jobs, probes, targets
from app.storage.board_tables import ProbeRow
from app.storage.tables import JobState

SHOWN = 100
APPROVED_SHOWN = 400


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which language model is configured, as people may know it; never its key."""

    place: str = ""  # host and port, "" without a usable address
    name: str = ""


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """One probe."""

    id: int
    text: str
    edited: bool
    actor: str  # who approved it


@dataclass(frozen=True, slots=True)
class ProbePage:
    """Everything that templates/targets/probes.html may show."""

    head: DatasetHead
    task: str
    side: str
    model: ModelFacts
    proposals: tuple[ProbeLine, ...]
    approved: tuple[ProbeLine, ...]
    waiting: int
    agreed: int
    dropped: int
    most: int  # that can be asked for at a time
    in_force: bool
    job: JobView | None
    failed: str  # why the newest proposals were not made


def show(session: Session, slug: str, model: ModelFacts) -> ProbePage:
    """Describe proposals, approved probes and what asking for more would send where."""
    dataset = datasets.get(session, slug)
    counts = probes.count(session, dataset.id)
    target = targets.find(session, dataset.id, dataset.side)
    proposals = probes.in_state(session, dataset.id, "proposed", limit=SHOWN)
    approved = probes.in_state(session, dataset.id, "approved", limit=APPROVED_SHOWN)
    return ProbePage(
        head=board.head(session, slug),
        task=dataset.task,
        side=dataset.side,
        model=model,
        proposals=tuple(map(_line, proposals)),
        approved=tuple(map(_line, approved)),
        waiting=counts.get("proposed", 0),
        agreed=counts.get("approved", 0),
        dropped=counts.get("dropped", 0),
        most=probing.MOST_ASKED,
        in_force=target is not None and target.kind == "probes",
        job=progress.running_of(session, dataset.id),
        failed=_failed(session, dataset.id),
    )


def _line(row: ProbeRow) -> ProbeLine:
    return ProbeLine(row.id, row.text, row.edited, row.actor)


def _failed(session: Session, dataset_id: int) -> str:
    newest = next(
        (job for job in jobs.of_dataset(session, dataset_id) if job.kind == "probe"), None
    )
    return newest.error if newest is not None and newest.state == JobState.FAILED else ""
