"""The board before the last refit beside the board after it: topics matched, moves listed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlmodel import Session

from app.curation import board, outline
from app.curation import frames as packing
from app.curation.board_views import CellView, DatasetHead
from app.curation.fitting import MOVED
from app.curation.judging import judge
from app.errors import NotFoundError
from app.geometry import balance, sector
from app.geometry.balance import Balance, State
from app.geometry.frame import Frame
from app.storage import datasets, frames, targets
from app.storage.board_tables import FrameRow

NUMBER_RADIUS = 352.0


class RefitNotFoundError(NotFoundError):
    """This board was not refitted, or too long ago to know what it was before."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A topic's number beside its slice: the same on both boards where the topic is the same."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class HalfView:
    """One of the two boards, without its darts."""

    frame: int
    fitted_at: datetime
    fitted_on: int
    target: str
    score: int
    placed: int
    cells: tuple[CellView, ...]
    spokes: tuple[str, ...]
    numerals: tuple[Numeral, ...]


@dataclass(frozen=True, slots=True)
class TopicPair:
    """One topic, before and after; a share is None where the topic is not."""

    number: int
    kind: str  # same, moved, new or gone
    was: str
    share_before: float | None
    now: str
    share_now: float | None


@dataclass(frozen=True, slots=True)
class RefitView:
    """Everything that templates/boards/refit.html may show."""

    head: DatasetHead
    before: HalfView
    after: HalfView
    topics: tuple[TopicPair, ...]


def view(session: Session, slug: str) -> RefitView:
    """The two newest boards of the side that is shown."""
    dataset = datasets.get(session, slug)
    judged = judge(session, dataset)
    told = judged.row.facts.get("before", {}) if judged else {}
    if judged is None or "counts" not in told:
        raise RefitNotFoundError
    row = frames.get(session, dataset.id, told["frame"])
    old, new = _Half(row, packing.unpack(row)), _Half(judged.row, judged.frame)
    earlier = _positions(row.facts, told["topics"])
    verdict, counts = _verdict(old.frame, told), told["counts"]
    return RefitView(
        head=board.head(session, slug),
        before=_draw(session, old, verdict, counts, _numbers(old.frame, earlier)),
        after=_draw(session, new, judged.balance, judged.counts, list(range(1, len(earlier) + 1))),
        topics=tuple(_pairs(old, new, earlier)),
    )


@dataclass(frozen=True, slots=True)
class _Half:
    """A frame and its row."""

    row: FrameRow
    frame: Frame

    def name(self, topic: int) -> str:
        """The first words of a topic."""
        return ", ".join(self.row.facts["topics"][topic]["words"][:3]) or "other"

    def share(self, topic: int) -> float:
        """A topic's share of the target."""
        return float(self.frame.shares[self.frame.topic == topic].sum())


def _verdict(frame: Frame, told: Mapping[str, Any]) -> Balance:
    """What the old board said last; its expectations follow from its counts."""
    found = balance.judge(np.array(told["counts"]), frame.shares, external=frame.external)
    return replace(
        found,
        state=tuple(State(name) for name in told["states"]),
        cut=np.array(told["cut"]),
        write=np.array(told["write"]),
        score=float(told["score"]),
    )


def _positions(facts: dict[str, Any], ids: Sequence[str]) -> list[int]:
    """For each new topic the index of the old one, -1 for none."""
    known = {topic["id"]: at for at, topic in enumerate(facts["topics"])}
    return [known.get(one, -1) for one in ids]


def _numbers(old: Frame, earlier: Sequence[int]) -> list[int]:
    """The number of each old topic: that of its new one, and further ones for what is gone."""
    found = {was: number for number, was in enumerate(earlier, start=1) if was >= 0}
    gone = [at for at in range(int(old.topic.max()) + 1) if at not in found]
    found |= {was: number for number, was in enumerate(gone, start=len(earlier) + 1)}
    return [found[at] for at in range(len(found))]


def _pairs(old: _Half, new: _Half, earlier: Sequence[int]) -> Iterator[TopicPair]:
    for at, was in enumerate(earlier):
        share = new.share(at)
        if was < 0:
            yield TopicPair(at + 1, "new", "", None, new.name(at), share)
            continue
        before = old.share(was)
        moved = abs(share - before) > MOVED * max(share, before)
        kind = "moved" if moved else "same"
        yield TopicPair(at + 1, kind, old.name(was), before, new.name(at), share)
    for was, number in enumerate(_numbers(old.frame, earlier)):
        if number > len(earlier):
            yield TopicPair(number, "gone", old.name(was), old.share(was), "", None)


def _draw(
    session: Session, half: _Half, verdict: Balance, counts: list[int], numbers: Sequence[int]
) -> HalfView:
    frame, row = half.frame, half.row
    cells = tuple(outline.cells(frame, verdict, counts, row.facts))
    target = targets.get_by_id(session, row.target_id)
    return HalfView(
        frame=row.number, fitted_at=row.created_at, fitted_on=row.fitted_on,
        target="this data only" if target.kind == "itself" else target.name or target.kind,
        score=round(verdict.score), placed=sum(counts), cells=cells,
        spokes=tuple(topic.spoke for topic in outline.topics(frame, cells, row.facts)),
        numerals=tuple(_numeral(frame, at, number) for at, number in enumerate(numbers)),
    )  # fmt: skip


def _numeral(frame: Frame, topic: int, number: int) -> Numeral:
    start, end = frame.sectors.topic_angles[topic : topic + 2]
    x, y = sector.point(NUMBER_RADIUS, float(start + end) / 2)
    return Numeral(number, round(x, 1), round(y, 1))
