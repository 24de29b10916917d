import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import balance, evidence, frame, levels, projection, ward
from app.geometry.balance import State
from tests.geometry import clouds

TARGET = clouds.scatter(1500, clusters=30)
FITTED = frame.fit(TARGET, external=True)


def _data(counts: list[int], seed: int = 1) -> np.ndarray:
    """So many samples of each of thirty clusters."""
    pool = clouds.scatter(12_000, clusters=30, seed=seed)
    centres = clouds.unit(np.random.default_rng(99).normal(size=(30, 16)))
    cluster = (pool @ centres.T).argmax(axis=1)
    rows = [np.flatnonzero(cluster == number)[:count] for number, count in enumerate(counts)]
    return pool[np.concatenate(rows)]


def test_a_hot_cluster_and_a_missing_one_are_found() -> None:
    counts = [50] * 30
    counts[3], counts[7] = 250, 0
    places = frame.place(FITTED, _data(counts))

    found = evidence.weigh(FITTED, places.cell, places.levels)

    held = np.bincount(places.cell[places.cell >= 0], minlength=FITTED.cells)
    verdict = balance.judge(held, FITTED.shares, external=True, portions=found.portions)
    hot = np.zeros(len(places.cell), bool)
    hot[150:400] = True
    assert found.over[hot].mean() > 0.8
    assert found.over[~hot].mean() < 0.05
    assert found.gap.sum() == pytest.approx(50, abs=15)
    assert State.OVER_DENSE in verdict.state
    assert State.GAP in verdict.state


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 3000), st.integers(0, 1000), st.booleans())
def test_evidence_is_one_mark_each_and_portions_are_shares(
    count: int, seed: int, external: bool
) -> None:
    fitted = FITTED if external else frame.fit(TARGET[:300], external=False)
    places = frame.place(fitted, clouds.scatter(count, clusters=40, seed=seed))
    found = evidence.weigh(fitted, places.cell, places.levels)
    assert len(found.over) == count
    assert len(found.gap) == len(fitted.target_rows)
    assert not found.over[places.cell < 0].any()
    for portion in (found.portions.over, found.portions.gap):
        assert portion.shape == (fitted.cells,)
        assert ((portion >= 0) & (portion <= 1)).all()
    assert external or not found.gap.any()


def test_random_draws_from_the_target_are_not_flagged() -> None:
    for seed in range(10):
        places = frame.place(FITTED, clouds.scatter(1500, clusters=30, seed=seed + 50))
        found = evidence.weigh(FITTED, places.cell, places.levels)
        assert not found.over.any()
        assert not found.gap.any()


def test_each_level_counts_each_vector_once() -> None:
    seen = projection.apply(FITTED.projection, TARGET)
    parts = levels.assign(FITTED.levels, seen)
    starts = FITTED.levels.starts
    for level in range(len(starts) - 1):
        assert (parts[:, level] >= starts[level]).all()
        assert (parts[:, level] < starts[level + 1]).all()
        shares = FITTED.levels.shares[starts[level] : starts[level + 1]]
        assert shares.sum() == pytest.approx(1)
    assert np.array_equal(parts, FITTED.target_levels)


@given(st.integers(1, 80), st.integers(1, 100))
@settings(deadline=None, max_examples=30)
def test_a_cut_gives_no_more_centres_than_asked_for(size: int, count: int) -> None:
    points = clouds.scatter(size)
    tree = ward.link(points, np.ones(size))
    assert 1 <= len(levels.cut(points, np.ones(size), tree, count)) <= min(size, count)


def test_a_projection_keeps_the_widest_directions() -> None:
    generator = np.random.default_rng(0)
    wide = generator.normal(size=(800, 100)) @ generator.normal(size=(100, 150))
    view = projection.fit(clouds.unit(wide))
    seen = projection.apply(view, clouds.unit(wide))
    assert seen.shape == (800, 100)
    assert np.allclose(np.linalg.norm(seen, axis=1), 1, atol=1e-4)
    assert np.allclose(view.axes.T @ view.axes, np.eye(100), atol=1e-4)


def test_identical_vectors_are_not_blown_up_into_differences() -> None:
    target = np.repeat(clouds.scatter(1, dimensions=200), 600, axis=0)
    assert frame.fit(target, external=False).cells == 1
