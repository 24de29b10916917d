"""Probes as a program reads and rules on them: pages of one state, exact ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.curation import probing
from app.curation.probing import Ruling
from app.errors import NotFoundError
from app.storage import datasets, probes
from app.storage.probes import State


class ProbeNotFoundError(NotFoundError):
    """There is no such probe in this data set; nothing was decided."""


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """One probe as it stands."""

    id: int
    text: str
    state: str
    edited: bool
    actor: str


@dataclass(frozen=True, slots=True)
class ProbeLines:
    """Some probes of a state, and how many there are of every state."""

    lines: tuple[ProbeLine, ...]
    counts: Mapping[str, int]


def page(session: Session, slug: str, state: State, *, after: int, limit: int) -> ProbeLines:
    """The probes of a state whose id is above `after`, in the order of their ids."""
    dataset = datasets.get(session, slug)
    rows = probes.in_state(session, dataset.id, state, after=after, limit=limit)
    counts = dict.fromkeys(("proposed", "approved", "dropped"), 0)
    return ProbeLines(
        lines=tuple(ProbeLine(row.id, row.text, row.state, row.edited, row.actor) for row in rows),
        counts=counts | probes.count(session, dataset.id),
    )


def rule(
    session: Session,
    slug: str,
    approve: Mapping[int, str | None],
    drop: Sequence[int],
    *,
    actor: str,
) -> dict[str, int]:
    """Approve some probes, with another text where one is given, and drop others.

    Raises:
        ProbeNotFoundError: one of them is not a probe of this data set.
    """
    dataset = datasets.get(session, slug)
    known = probes.of_ids(session, dataset.id, [*approve, *drop])
    if len(known) < len({*approve, *drop}):
        raise ProbeNotFoundError
    kept = [
        Ruling(number, known[number].text if text is None else text, chosen=True)
        for number, text in approve.items()
    ]
    gone = [Ruling(number, known[number].text, chosen=True) for number in drop]
    told = probing.decide(session, slug, kept, "approve", actor=actor)
    also = probing.decide(session, slug, gone, "drop", actor=actor)
    return {state: told[state] + also[state] for state in told}
