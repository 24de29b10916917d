"""The queue: every order visits each waiting sample once, and no two reviewers get one card."""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import pytest
from sqlmodel import Session, update

from app.curation import queries, queueing, review
from app.curation.orders import ORDERS, Order
from app.curation.queueing import Reviewer
from app.curation.review import Change
from app.curation.sample_views import QueueEnd, SampleView
from app.curation.walking import Walk
from app.storage import frames, samples
from app.storage.board_tables import PlacementRow, TargetRow
from app.storage.database import Sessions
from app.storage.review_tables import LeaseRow
from app.storage.tables import DatasetRow, now
from tests.stocked import stock_plain

MIA, NOOR = Reviewer("mia", may_decide=True), Reviewer("noor", may_decide=True)
WATCHER = Reviewer("vic", may_decide=False)
PLAIN = Walk(queries.parse([]))


def next_card(session: Session, walk: Walk, who: Reviewer, after: int = 0) -> SampleView | QueueEnd:
    """The next card, all of it in one transaction that the test looks into."""

    def here() -> AbstractContextManager[Session]:
        return nullcontext(session)

    return queueing.hand_out(here, here, "recipes", walk, who, after=after)


def visit(session: Session, walk: Walk, who: Reviewer = MIA) -> list[int]:
    """Every card from the beginning to the end."""
    seen: list[int] = []
    while isinstance(
        card := next_card(session, walk, who, after=seen[-1] if seen else 0),
        SampleView,
    ):
        assert len(seen) < 100, "it goes round in circles"
        seen.append(card.id)
    return seen


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stock_plain(session, dataset.id, 12)


def throw(session: Session, dataset: DatasetRow, ids: list[int]) -> None:
    """A board of three cells: the first has one dart, the second six, the third three."""
    target = TargetRow(dataset_id=dataset.id, kind="itself")
    session.add(target)
    session.flush()
    cells = [{"id": f"{at}.1", "topic": str(at), "words": []} for at in range(3)]
    frame = frames.add(
        session, dataset_id=dataset.id, target_id=target.id, side="input", encoder="none",
        fitted_on=10, facts={"cells": cells, "topics": []}, arrays=b"",
    )  # fmt: skip
    for at, (sample_id, cell) in enumerate(zip(ids, [0, *[1] * 6, *[2] * 3, -1], strict=False)):
        session.add(
            PlacementRow(
                frame_id=frame.id, sample_id=sample_id, text_hash="", cell=cell, x=0, y=0,
                distance=0, similarity=at / 20, redundancy=-at,
            )
        )  # fmt: skip


@pytest.mark.parametrize("order", [one for one in ORDERS if one != "uncertain"])
@pytest.mark.parametrize("board", [False, True], ids=["no board", "a board"])
def test_every_order_visits_each_waiting_sample_once(
    write: Sessions, dataset: DatasetRow, ids: list[int], order: Order, board: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from app.curation import orders

    with write() as session:
        if board:
            throw(session, dataset, ids)
            # The frame of this test has no geometry: three cells of one share each.
            monkeypatch.setattr(orders, "cells_by_density", lambda *_: [1, 2, 0, -1])
        row = samples.get(session, dataset.id, ids[3])
        review.decide(session, "recipes", row.id, Change(status="approved"), version=1, actor="mia")
        seen = visit(session, Walk(queries.parse([]), True, order, 7))
        assert sorted(seen) == [it for it in ids if it != ids[3]]
        if board and order == "similar":
            assert seen[:3] == [ids[10], ids[9], ids[8]]
        if board and order == "dense":
            assert set(seen[:5]) == set(ids[1:7]) - {ids[3]}
            assert seen[-1] == ids[11], "what has no place comes last"
        if board and order == "gaps":
            assert seen[0] == ids[0]
        if order == "random":
            assert seen != sorted(seen)
            assert seen == visit(session, Walk(queries.parse([]), True, order, 7)), "same seed"
            assert seen != visit(session, Walk(queries.parse([]), True, order, 8))


def test_reviewers_who_disagree_are_shown_their_disagreement(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        for who, at, status in (
            ("mia", 1, "approved"), ("noor", 1, "rejected"), ("mia", 2, "approved"),
            ("noor", 2, "approved"), ("mia", 4, "rejected"),
        ):  # fmt: skip
            version = samples.get(session, dataset.id, ids[at]).version
            change = Change(status=status)
            review.decide(session, "recipes", ids[at], change, version=version, actor=who)
        assert visit(session, Walk(queries.parse([]), True, "uncertain")) == [ids[1]]


def test_two_reviewers_never_have_the_same_card(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        first = next_card(session, PLAIN, MIA)
        second = next_card(session, PLAIN, NOOR)
        assert isinstance(first, SampleView)
        assert isinstance(second, SampleView)
        assert (first.id, second.id) == (ids[0], ids[1])
        again = next_card(session, PLAIN, MIA)
        assert isinstance(again, SampleView)
        assert again.id == ids[0], "one's own card comes again"
        watched = next_card(session, PLAIN, WATCHER)
        assert isinstance(watched, SampleView)
        assert watched.id == ids[2], "who may not decide takes no card from anybody"
        session.execute(update(LeaseRow).values(until=now() - timedelta(seconds=1)))
        late = next_card(session, PLAIN, NOOR)
        assert isinstance(late, SampleView)
        assert late.id == ids[0], "after ten minutes it is free"


def test_the_end_says_what_is_before_others(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        one = Walk(queries.parse([("ids", str(ids[0]))]))
        next_card(session, one, MIA)
        end = next_card(session, one, NOOR)
        assert isinstance(end, QueueEnd)
        assert (end.skipped, end.elsewhere) == (1, 1)


def test_the_last_decisions_are_at_hand(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        for at, sample_id in enumerate(ids):
            change = Change(status="rejected" if at % 2 else "approved")
            review.decide(session, "recipes", sample_id, change, version=1, actor="mia")
        found = queueing.recent(session, dataset, PLAIN, "mia")
        assert [it.sample_id for it in found] == ids[:1:-1]
        assert [it.letter for it in found[:2]] == ["X", "A"]
        assert queueing.recent(session, dataset, PLAIN, "noor") == ()
