import numpy as np
import pytest

from app.geometry import mapping
from app.geometry.arrays import Vectors


def islands(sizes: list[int], seed: int = 0) -> tuple[Vectors, np.ndarray]:
    """Unit vectors in far apart groups, with the group of each."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    centres = np.linalg.qr(rng.normal(size=(32, 32)))[0][: len(sizes)]
    vectors = centres[group] + 0.05 * rng.normal(size=(len(group), 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), group


def test_umap_keeps_groups_together_and_is_the_same_twice() -> None:
    """Slow: numba compiles UMAP once for the whole run, about 10 s."""
    vectors, group = islands([100, 100, 100])
    phases: list[str] = []
    drawn = mapping.draw(vectors, seed=1, report=phases.append)
    assert (drawn.method, drawn.fitted) == ("umap", 300)
    assert phases == ["find neighbours", "lay out the map"]
    centres = np.array([drawn.positions[group == one].mean(axis=0) for one in range(3)])
    gap = np.linalg.norm(drawn.positions[:, None] - centres, axis=2)
    assert (gap.argmin(axis=1) == group).mean() > 0.99
    again = mapping.draw(vectors, seed=1)
    assert np.array_equal(again.positions, drawn.positions)
    placed = mapping.beside(vectors[[5, 105, 205]], vectors, drawn.positions)
    assert np.allclose(placed, drawn.positions[[5, 105, 205]], atol=0.2)


@pytest.mark.parametrize("count", [0, 1, 2, 19])
def test_few_points_are_shown_along_their_directions(count: int) -> None:
    vectors, _ = islands([count])
    drawn = mapping.draw(vectors)
    assert drawn.method == "directions"
    assert drawn.positions.shape == (count, 2)
    assert np.isfinite(drawn.positions).all()


def test_all_alike_lie_in_the_middle() -> None:
    vectors = np.repeat(islands([1])[0], 300, axis=0)
    drawn = mapping.draw(vectors)
    packed = mapping.pack(drawn.positions, mapping.scale_of(drawn.positions))
    assert drawn.method == "directions"
    assert np.abs(packed.astype(int) - 32767).max() <= 1


def test_a_map_survives_being_packed() -> None:
    positions = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    scale = mapping.scale_of(positions)
    packed = mapping.pack(positions, scale)
    back = mapping.unpack(packed, scale)
    inside = ((packed > 0) & (packed < 65535)).all(axis=1)
    assert inside.mean() > 0.98
    assert np.allclose(back[inside], positions[inside], atol=scale[2] / 30_000)
