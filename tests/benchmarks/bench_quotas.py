"""How truthful quotas are: the data of BOARD.md 5, every intent wanted alike, on real vectors.

Run: python -m tests.benchmarks.bench_quotas [seeds]

No reference is needed: the target is the data themselves drawn again by quota. F1 at sample level
for "belongs to an over-filled intent", at target level for "belongs to a thin one" (3 samples
instead of 25); then the flags on data that have their quotas, where every flag is false.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from app.geometry import evidence, frame, resampling, thinning
from tests.benchmarks import real_vectors
from tests.benchmarks.real_vectors import Vectors

USUAL, HOT, THIN = 25, 100, 3
HOT_INTENTS, THIN_INTENTS = 15, 20
TAU = 0.93


def main(seeds: int) -> None:
    """Print the means over the seeds."""
    _, intents, vectors = real_vectors.clinc()["train"]
    labels = np.array(intents)
    scores = np.mean([_score(vectors, labels, seed) for seed in range(seeds)], axis=0)
    print(f"quotas, F1, mean of {seeds} seeds: over {scores[0]:.3f}, thin {scores[1]:.3f}")
    told = [_count_false(vectors, labels, seed) for seed in range(seeds)]
    print(f"false flags where the data have their quotas: over, gap of each seed {told}")


def _score(vectors: Vectors, labels: NDArray[np.str_], seed: int) -> tuple[float, float]:
    generator = np.random.default_rng(seed)
    names = generator.permutation(np.unique(labels))
    hot, thin = names[:HOT_INTENTS], names[HOT_INTENTS : HOT_INTENTS + THIN_INTENTS]
    counts = dict.fromkeys(names, USUAL) | dict.fromkeys(hot, HOT) | dict.fromkeys(thin, THIN)
    rows = _draw(generator, labels, counts)
    data, known = vectors[rows], labels[rows]
    target, found = _flags(data, known, np.ones(len(names)))
    return _f1(found.over, np.isin(known, hot)), _f1(found.gap, np.isin(known[target], thin))


def _count_false(vectors: Vectors, labels: NDArray[np.str_], seed: int) -> tuple[int, int]:
    generator = np.random.default_rng(seed)
    names = np.unique(labels)
    wanted = generator.integers(10, 60, len(names))
    rows = _draw(generator, labels, dict(zip(names, wanted, strict=True)))
    _, found = _flags(vectors[rows], labels[rows], wanted.astype(np.float64))
    return int(found.over.sum()), int(found.gap.sum())


def _flags(
    data: Vectors, known: NDArray[np.str_], shares: NDArray[np.float64]
) -> tuple[NDArray[np.int64], evidence.Evidence]:
    """Rows of the target, and what is flagged of data and target."""
    distinct = np.flatnonzero(thinning.distinct(data, tau=TAU))
    _, group = np.unique(known, return_inverse=True)
    rows = distinct[resampling.choose(group[distinct], shares, size=len(distinct))]
    board = frame.fit(data[rows], external=True, data=data)
    places = frame.place(board, data)
    return rows[board.target_rows], evidence.weigh(board, places.cell, places.levels)


def _draw(
    generator: np.random.Generator, labels: NDArray[np.str_], counts: dict[str, int]
) -> NDArray[np.int64]:
    chosen = [
        generator.choice(np.flatnonzero(labels == name), count, replace=False)
        for name, count in counts.items()
    ]
    return np.sort(np.concatenate(chosen))


def _f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (said & true).sum() / max(said.sum() + true.sum(), 1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
