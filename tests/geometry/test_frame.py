import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import darts, frame, kmeans, rings, ward
from app.geometry.frame import Frame
from app.geometry.rings import Sectors
from tests.geometry import clouds

TARGET = clouds.scatter(1500)
FITTED = frame.fit(TARGET, external=True)


def cell_at(x: float, y: float, sectors: Sectors) -> int:
    """The cell under a point of the board, or -1."""
    radius, angle = math.hypot(x, y), math.atan2(x, -y) % (2 * math.pi)
    inside = (sectors.radius0 <= radius) & (radius < sectors.radius1)
    inside &= (sectors.angle0 <= angle) & (angle < sectors.angle1)
    return int(np.flatnonzero(inside)[0]) if inside.any() else -1


def _areas(fitted: Frame) -> np.ndarray:
    sectors = fitted.sectors
    return (sectors.angle1 - sectors.angle0) * (sectors.radius1**2 - sectors.radius0**2) / 2


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 80))
def test_every_vector_gets_one_cell_and_its_dart_lies_inside_it(seed: int, count: int) -> None:
    places = frame.place(FITTED, clouds.scatter(count, clusters=14, seed=seed))
    assert len(places.cell) == len(places.x) == len(places.y) == len(places.distance) == count
    assert ((places.cell >= -1) & (places.cell < FITTED.cells)).all()
    for x, y, cell in zip(darts.unpack(places.x), darts.unpack(places.y), places.cell, strict=True):
        assert cell in (-1, cell_at(x, y, FITTED.sectors))


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 400), st.integers(1, 30), st.integers(0, 5))
def test_cells_tile_their_slice_and_their_areas_are_their_shares(
    size: int, clusters: int, seed: int
) -> None:
    fitted = frame.fit(clouds.scatter(size, clusters=clusters, seed=seed), external=True)
    assert math.isclose(_areas(fitted).sum(), math.pi * (1 - rings.BULL**2))
    assert math.isclose(fitted.shares.sum(), 1)
    angles = np.diff(fitted.sectors.topic_angles)
    assert angles.min() >= min(rings.LEAST_ANGLE, 2 * math.pi / len(angles)) - 1e-9
    for topic, angle in enumerate(angles):
        cells = fitted.topic == topic
        room = angle / 2 * (1 - rings.BULL**2)
        parts = fitted.shares[cells] / fitted.shares[cells].sum()
        assert np.allclose(_areas(fitted)[cells] / room, parts)


def test_slices_wider_than_the_least_are_in_proportion_to_their_shares() -> None:
    shares = np.bincount(FITTED.topic, weights=FITTED.shares)
    angles = np.diff(FITTED.sectors.topic_angles)
    wide = angles > rings.LEAST_ANGLE + 1e-9
    assert np.ptp(angles[wide] / shares[wide]) < 1e-6


def test_every_point_between_bull_and_rim_is_in_just_one_cell() -> None:
    generator = np.random.default_rng(1)
    for radius, angle in zip(
        generator.uniform(0.2501, 0.9999, 500), generator.uniform(0, 6.283, 500), strict=True
    ):
        sectors = FITTED.sectors
        inside = (sectors.radius0 <= radius) & (radius < sectors.radius1)
        inside &= (sectors.angle0 <= angle) & (angle < sectors.angle1)
        assert inside.sum() == 1


def test_topics_and_groups_are_runs_round_the_board() -> None:
    for labels in (FITTED.topic, FITTED.group):
        assert set(np.diff(labels)) <= {0, 1}
    assert len(FITTED.group) == FITTED.topic.max() + 1 == len(FITTED.sectors.topic_angles) - 1


def test_target_like_data_are_spread_evenly_inside_the_cells() -> None:
    places = frame.place(FITTED, clouds.scatter(6000, seed=3))
    x, y = darts.unpack(places.x), darts.unpack(places.y)
    cell, radius, angle = places.cell, np.hypot(x, y), np.arctan2(x, -y) % (2 * math.pi)
    sectors, kept = FITTED.sectors, places.cell >= 0
    cell, radius, angle = cell[kept], radius[kept], angle[kept]
    outward = (radius**2 - sectors.radius0[cell] ** 2) / (
        sectors.radius1[cell] ** 2 - sectors.radius0[cell] ** 2
    )
    sideways = (angle - sectors.angle0[cell]) / (sectors.angle1[cell] - sectors.angle0[cell])
    for part in (outward, sideways):
        shares = np.histogram(part, bins=4, range=(0, 1))[0] / len(part)
        assert shares.min() > 0.15
        assert shares.max() < 0.37


def test_the_same_input_gives_the_same_frame_and_the_same_places() -> None:
    again = frame.fit(TARGET, external=True)
    vectors = clouds.scatter(50, seed=8)
    first, second = frame.place(FITTED, vectors), frame.place(again, vectors)
    assert np.array_equal(first.x, second.x)
    assert np.array_equal(first.cell, second.cell)


def test_a_dart_does_not_depend_on_the_others() -> None:
    vectors = clouds.scatter(50, seed=9)
    together = frame.place(FITTED, vectors)
    alone = [frame.place(FITTED, vectors[row : row + 1]).cell[0] for row in range(50)]
    assert together.cell.tolist() == alone


def test_a_frame_comes_back_from_its_arrays() -> None:
    back = frame.from_arrays(frame.to_arrays(FITTED))
    vectors = clouds.scatter(50, seed=10)
    assert np.array_equal(frame.place(back, vectors).x, frame.place(FITTED, vectors).x)
    assert (back.external, back.target_size) == (True, 1500)


def test_a_vector_far_from_everything_is_an_outsider() -> None:
    places = frame.place(FITTED, -TARGET.mean(axis=0, keepdims=True).astype(np.float32))
    stray = clouds.unit(np.random.default_rng(5).normal(size=(200, 16)))
    assert places.distance[0] > FITTED.far
    assert (frame.place(FITTED, stray).cell == -1).mean() > 0.5
    assert (frame.place(FITTED, TARGET).cell == -1).mean() <= 0.01


@pytest.mark.parametrize("size", [1, 2, 3, 19, 60, 199])
def test_small_targets_give_a_tiny_frame(size: int) -> None:
    fitted = frame.fit(clouds.scatter(size), external=True)
    assert fitted.cells == max(1, round(size / 20))
    assert len(frame.place(fitted, clouds.scatter(5)).cell) == 5


def test_identical_targets_give_one_cell() -> None:
    target = np.repeat(clouds.scatter(1), 300, axis=0)
    fitted = frame.fit(target, external=False)
    assert fitted.cells == 1
    assert (frame.place(fitted, target).cell == 0).all()


def test_no_samples_to_place_is_fine_and_no_target_is_an_error() -> None:
    empty = np.empty((0, 16), np.float32)
    assert len(frame.place(FITTED, empty).cell) == 0
    with pytest.raises(ValueError, match="at least one"):
        frame.fit(empty, external=True)
    with pytest.raises(ValueError, match="got 8"):
        frame.place(FITTED, clouds.scatter(3, dimensions=8))


def test_a_target_too_large_for_a_tree_is_cut_by_micro_centroids() -> None:
    target = clouds.scatter(ward.LARGEST + 500, clusters=12)
    fitted = frame.fit(target, external=True)
    assert fitted.cells == frame.MOST_CELLS
    assert fitted.shares.min() > 0


def test_k_means_puts_each_vector_with_its_nearest_centre() -> None:
    vectors = clouds.scatter(400)
    centres = kmeans.fit(vectors, count=20)
    nearest, distance = kmeans.assign(vectors, centres)
    gaps = np.linalg.norm(vectors[:, None] - centres[None], axis=2)
    assert np.allclose(distance, gaps.min(axis=1), atol=1e-3)
    assert np.allclose(gaps[np.arange(400), nearest], gaps.min(axis=1), atol=1e-3)
