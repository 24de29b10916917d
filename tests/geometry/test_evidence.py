from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import balance, evidence, frame, levels, projection
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
    alone = evidence.crowded(found.verdict, places.levels)
    assert np.array_equal(alone & (places.cell >= 0), found.over)
    for portion in (found.portions.over, found.portions.gap):
        assert portion.shape == (fitted.cells,)
        assert ((portion >= 0) & (portion <= 1)).all()
    assert external or not found.gap.any()


@pytest.mark.parametrize("helped", [False, True])
def test_random_draws_from_the_target_are_not_flagged(helped: bool) -> None:
    for seed in range(5):
        drawn = clouds.scatter(1500, clusters=30, seed=seed + 50)
        fitted = frame.fit(TARGET, external=True, data=drawn) if helped else FITTED
        places = frame.place(fitted, drawn)
        found = evidence.weigh(fitted, places.cell, places.levels)
        assert not found.over.any()
        assert not found.gap.any()


def test_the_data_at_hand_help_to_tell_a_crowd_from_its_neighbour() -> None:
    # Two kinds that lie so close that twenty target points of each look like one kind.
    generator = np.random.default_rng(5)
    near = clouds.unit(generator.normal(size=(1, 16)))
    step = 0.3 * clouds.unit(generator.normal(size=(1, 16)))

    def draw(crowd: int, usual: int) -> np.ndarray:
        centres = np.repeat(np.vstack([near - step, near + step]), [crowd, usual], axis=0)
        return clouds.unit(centres + 0.1 * generator.normal(size=(crowd + usual, 16)))

    target = np.vstack([TARGET, draw(20, 20)])
    data = np.vstack([clouds.scatter(1500, clusters=30, seed=7), draw(200, 30)])
    flagged = []
    for beside in (None, data):
        fitted = frame.fit(target, external=True, data=beside)
        places = frame.place(fitted, data)
        over = evidence.weigh(fitted, places.cell, places.levels).over
        flagged.append((over[1500:1700].mean(), over[1700:].mean()))
    assert min(crowd for crowd, _ in flagged) > 0.9
    assert flagged[0][1] > 0.9  # the neighbour is taken for a part of the crowd
    assert flagged[1][1] < 0.1


def test_the_data_at_hand_move_no_cell() -> None:
    helped = frame.fit(TARGET, external=True, data=clouds.scatter(900, clusters=4, seed=3))
    assert np.array_equal(helped.near, FITTED.near)
    assert np.array_equal(helped.shares, FITTED.shares)
    assert np.array_equal(helped.sectors.angle0, FITTED.sectors.angle0)


@pytest.mark.parametrize(("extra", "flagged"), [(2, False), (40, True)])
def test_where_the_target_has_nothing_only_many_samples_are_too_many(
    extra: int, flagged: bool
) -> None:
    parts = levels.Levels(np.zeros((3, 16), "f4"), np.array([0, 3]), np.array([0.5, 0.5, 0.0]))
    halves = np.repeat([[0], [1]], 750, axis=0).astype(np.uint16)
    board = replace(FITTED, levels=parts, target_levels=halves)
    data = np.repeat([[0], [1], [2]], [300, 300, extra], axis=0).astype(np.uint16)
    found = evidence.weigh(board, np.zeros(len(data), np.int32), data)
    assert found.over[600:].all() == flagged
    assert not found.over[:600].any()


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
    tree = levels.grow(points, np.ones(size))
    assert 1 <= len(levels.cut(tree, count)) <= min(size, count)
    parts = levels.fit(tree, points, count, seed=0)
    assert np.isfinite(parts.centres).all()
    assert len(parts.starts) == 1 + len(levels.TREE_FACTORS) + len(levels.RANDOM_FACTORS)


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
