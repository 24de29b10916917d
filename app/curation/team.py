"""The people of a data set: who has done how much, and how far they agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlmodel import Session

from app.checks import agreement
from app.curation import assigning, opinions
from app.curation.board_views import DatasetHead
from app.curation.opinions import Reader
from app.curation.team_views import (
    AgreementView,
    ConfusionRow,
    PairView,
    PersonView,
    SplitView,
    TeamView,
)
from app.storage import assignments, datasets, jobs, judgements, samples
from app.storage.judgements import Tally
from app.storage.tables import Status, now

DAYS = 14
SHARED = 20_000
"""Most samples with several judgements that are compared, the newest of them."""
SHOWN_SPLITS = 50
PAUSE = timedelta(minutes=5)
"""A longer gap between two judgements is a break, not work."""
FEW = 5
RELIABLE, TENTATIVE = 0.8, 2 / 3
"""Krippendorff, Content Analysis (2004), p. 241: the customary lines."""

Judged = Mapping[int, Mapping[str, str]]


def show(session: Session, slug: str, reader: Reader, *, query: str = "") -> TeamView:
    """The page: people, agreement, disagreements, assignments.

    Where several judge each sample, whoever is one of them learns how others judged a sample
    when they have judged it too: till then its votes are neither shown nor counted for them.
    """
    dataset = datasets.get(session, slug)
    is_blind = dataset.overlap > 1 and not reader.sees_all
    every = judgements.shared(session, dataset.id, limit=SHARED)
    shared = {it: unit for it, unit in every.items() if not is_blind or reader.name in unit}
    head = DatasetHead(
        slug, dataset.name, samples.count(session, dataset.id), jobs.count_open(session)
    )
    people = _people(session, dataset.id, shared, reader.name if is_blind else "")
    known = {person.name for person in people} | set(assignments.people(session))
    return TeamView(
        head=head,
        overlap=dataset.overlap,
        most=opinions.MOST,
        people=people,
        agreement=agree(shared),
        splits=_splits(session, dataset.id, slug, every, shared),
        assignments=assigning.of_dataset(session, slug),
        names=tuple(sorted(known)),
        query=query,
        blind=is_blind,
    )


def agree(shared: Judged) -> AgreementView:
    """How far people agree on the samples that several judged."""
    units = list(shared.values())
    confused = agreement.confusion(units)
    found = {status for pair in confused for status in pair}
    statuses = tuple(status.value for status in Status if status.value in found)
    alpha = agreement.alpha(units)
    return AgreementView(
        shared=len(units),
        split=sum(map(agreement.is_split, units)),
        alpha=alpha,
        verdict=_verdict(alpha, len(units)),
        statuses=statuses,
        confusion=tuple(
            ConfusionRow(one, tuple(_met(confused, one, other) for other in statuses))
            for one in statuses
        ),
        pairs=tuple(PairView(*names, *met) for names, met in agreement.pairs(units).items()),
    )


def pace_of(moments: Sequence[datetime]) -> int | None:
    """Samples an hour, by the median gap of work without a break; None for too few."""
    gaps = [later - earlier for earlier, later in pairwise(moments) if later - earlier <= PAUSE]
    if len(gaps) < FEW:
        return None
    return round(3_600 / max(median(gap.total_seconds() for gap in gaps), 1.0))


def _people(
    session: Session, dataset_id: int, shared: Judged, asker: str
) -> tuple[PersonView, ...]:
    """Everybody who judged; how they did, for an `asker` only where that one judged too."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=DAYS - 1)
    moments: dict[str, list[datetime]] = defaultdict(list)
    for actor, at in judgements.moments(session, dataset_id, since=since):
        moments[actor].append(at)
    every = judgements.tallies(session, dataset_id)
    told = _by_person(judgements.tallies(session, dataset_id, beside=asker) if asker else every)
    met = _met_by(shared)
    people = [
        _person(tallies, told.get(name, []), moments[name], today, met.get(name, (0, 0)))
        for name, tallies in _by_person(every).items()
    ]
    return tuple(sorted(people, key=lambda person: -person.total))


def _by_person(tallies: Iterable[Tally]) -> dict[str, list[Tally]]:
    found: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        found[tally.actor].append(tally)
    return dict(found)


def _person(
    every: Sequence[Tally],
    told: Sequence[Tally],
    moments: Sequence[datetime],
    today: datetime,
    met: tuple[int, int],
) -> PersonView:
    counts = {tally.status: tally.count for tally in told}
    per_day = Counter((today.date() - moment.date()).days for moment in moments)
    days = tuple(per_day[ago] for ago in reversed(range(DAYS)))
    return PersonView(
        name=every[0].actor,
        today=days[-1],
        week=sum(days[-7:]),
        total=sum(tally.count for tally in every),
        approved=counts.get(Status.APPROVED, 0),
        rejected=counts.get(Status.REJECTED, 0),
        needs_work=counts.get(Status.NEEDS_WORK, 0),
        days=days,
        pace=pace_of(moments),
        agreed=met[0],
        both=met[1],
        last_at=max(tally.last for tally in every),
    )


def _met_by(shared: Judged) -> dict[str, tuple[int, int]]:
    """For each person: meetings in which they agreed with another, and all meetings."""
    found: dict[str, tuple[int, int]] = {}
    for names, (agreed, both) in agreement.pairs(shared.values()).items():
        for name in names:
            before = found.get(name, (0, 0))
            found[name] = (before[0] + agreed, before[1] + both)
    return found


def _splits(
    session: Session, dataset_id: int, slug: str, every: Judged, shared: Judged
) -> tuple[SplitView, ...]:
    split = [sample_id for sample_id, unit in every.items() if agreement.is_split(unit)]
    found = samples.waiting(session, dataset_id, split)
    return tuple(
        SplitView(
            row.id,
            row.version,
            row.preview,
            f"/d/{slug}/s/{row.id}",
            tuple(shared.get(row.id, {}).items()),
        )
        for row in found[:SHOWN_SPLITS]
    )


def _met(confused: Mapping[tuple[str, str], int], one: str, other: str) -> int:
    first, second = sorted((one, other))
    return confused.get((first, second), 0)


def _verdict(alpha: float | None, shared: int) -> str:
    if not shared:
        return "Nobody has judged a sample that somebody else judged too."
    if alpha is None:
        return "Too few different judgements to tell agreement from chance."
    if alpha >= RELIABLE:
        return "People agree well; the guideline does its work."
    if alpha >= TENTATIVE:
        return "People agree roughly: good enough for a first model, worth a clearer guideline."
    return (
        "People agree too little: what they decide depends on who is asked. Clarify the guideline."
    )
