import numpy as np

from app.geometry import balance, frame, regions
from app.geometry.balance import State
from tests.geometry import clouds

FITTED = frame.fit(clouds.scatter(1500), external=True)


def _judge(counts: np.ndarray) -> balance.Balance:
    return balance.judge(counts, FITTED.shares, external=True)


def test_regions_hold_every_flagged_cell_once_and_largest_effect_first() -> None:
    counts = np.rint(FITTED.shares * 5000).astype(int)
    counts[[2, 3, 20, 40]] *= 6
    counts[[10, 30, 31]] = 0
    verdict = _judge(counts)

    found = regions.join(FITTED, verdict)

    held = [cell for region in found for cell in region.cells]
    flagged = [
        cell for cell, state in enumerate(verdict.state) if state in (State.OVER_DENSE, State.GAP)
    ]
    assert sorted(held) == flagged
    for kind, effects in ((State.OVER_DENSE, verdict.cut), (State.GAP, verdict.write)):
        sizes = [region.effect for region in found if region.kind is kind]
        assert sizes == sorted(sizes, reverse=True)
        assert sum(sizes) == effects.sum()


def test_cells_that_touch_are_one_region() -> None:
    one, other = FITTED.adjacent[0]
    counts = np.rint(FITTED.shares * 5000).astype(int)
    counts[[one, other]] *= 6
    assert [region.cells for region in regions.join(FITTED, _judge(counts))] == [(one, other)]


def test_nothing_flagged_is_no_region() -> None:
    assert regions.join(FITTED, _judge(np.rint(FITTED.shares * 5000).astype(int))) == ()


def test_touching_is_said_once_for_each_pair() -> None:
    assert (FITTED.adjacent[:, 0] < FITTED.adjacent[:, 1]).all()
    assert len(np.unique(FITTED.adjacent, axis=0)) == len(FITTED.adjacent)
