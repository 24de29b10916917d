"""How much of a target the data reach, and which of its points they miss.

Coverage of Naeem, Oh, Uh, Choi and Yoo, "Reliable Fidelity and Diversity Metrics for Generative
Models", ICML 2020: the share of target points with a sample within the distance of their k-th
neighbour. The ball is closed here (the paper's is open), so that a target of repeated points is
covered by their copies.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry import neighbours
from app.geometry.arrays import Marks, Singles, Vectors
from app.geometry.neighbours import Neighbours

NEAREST = 5
"""The k of the k-th neighbour."""
ROUNDING = 1e-5
"""What a cosine of 16-bit vectors may be off by."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """For each target point (t,): whether it is covered, its nearest sample (-1: none), how alike.

    `share` is the part that is covered, 0 where there is no target.
    """

    covered: Marks
    nearest: NDArray[np.int32]
    similarity: Singles

    @property
    def share(self) -> float:
        """The covered part of the target."""
        return float(self.covered.mean()) if len(self.covered) else 0.0


def measure(
    target: Vectors, data: Vectors, *, own: Neighbours | None = None, k: int = NEAREST
) -> Coverage:
    """Look from each target point (t, d) for a sample of the data (n, d) within its radius.

    `own` are the target's neighbours among themselves, k or more of them, where they are at hand.
    """
    if own is None:
        own = neighbours.knn(target, k=k)
    if len(data) == 0:
        bare = np.zeros(len(target), bool)
        return Coverage(bare, np.full(len(target), -1, np.int32), np.full(len(target), -1, "f4"))
    found = neighbours.knn(target, k=1, others=data)
    similarity = found.similarity[:, 0]
    return Coverage(similarity >= radii(own, k=k) - ROUNDING, found.index[:, 0], similarity)


def radii(own: Neighbours, *, k: int = NEAREST) -> Singles:
    """The cosine (t,) of each point's k-th neighbour; of its last one where there are fewer.

    A point without any neighbour reaches only as far as itself.
    """
    inside = own.similarity[:, :k]
    there = own.index[:, :k] >= 0
    last = np.where(there, inside, np.inf).min(axis=1, initial=np.inf)
    return np.where(there.any(axis=1), last, 1.0).astype(np.float32)
