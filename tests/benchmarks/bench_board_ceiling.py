"""How well crowds could be told at all from these vectors: by what knows the intents.

Run: python -m tests.benchmarks.bench_board_ceiling [FIRST_SEED COUNT]

The board is given vectors alone. These are told each reference row's true intent and, in the end,
which intents are over-filled; they only have to say whose a sample is. So they make what errors
the encoder and a reference of that size leave, and no method without labels should be expected to
make fewer. Beside them stand the flags of samples of the board, by set-ups of bench_board_accuracy.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from app.geometry import evidence, frame
from tests.benchmarks import bench_board_accuracy as accuracy
from tests.benchmarks import real_vectors
from tests.benchmarks.bench_board_accuracy import Draw
from tests.benchmarks.real_vectors import Vectors

SHRINKAGE = 0.1
NEAREST = 10
Rows = NDArray[np.int64]


def main(first: int, count: int) -> None:
    """Print one line for each set-up: over-dense F1 of each, mean and spread."""
    splits = real_vectors.clinc()
    print(f"{'over-dense F1 (sd)':28}{'board':>14}{'discriminant':>14}{'10 nearest':>14}")
    for name, setup in accuracy.SETUPS.items():
        told = np.array(
            [_score(accuracy.draw(splits, setup, seed)) for seed in range(first, first + count)]
        )
        figures = zip(told.mean(axis=0), told.std(axis=0), strict=True)
        print(
            f"{name:28}" + "".join(f"  {mean:.3f} ({sd:.3f})" for mean, sd in figures), flush=True
        )


def _score(drawn: Draw) -> list[float]:
    fitted = frame.fit(drawn.reference, external=True, data=drawn.data)
    places = frame.place(fitted, drawn.data)
    names, intent = np.unique(drawn.known, return_inverse=True)
    hot = np.isin(names, drawn.hot)
    said = (
        evidence.weigh(fitted, places.cell, places.levels).over,
        hot[_by_discriminant(drawn.reference, intent, drawn.data)],
        hot[_by_nearest(drawn.reference, intent, drawn.data)],
    )
    return [accuracy.f1(flags, drawn.true[0]) for flags in said]


def _by_discriminant(reference: Vectors, intent: Rows, data: Vectors) -> Rows:
    """Fisher's linear discriminant: the intents' means under the spread that they share."""
    means = np.stack([reference[intent == at].mean(axis=0) for at in range(intent.max() + 1)])
    within = reference - means[intent]
    spread = within.T @ within / len(reference)
    usual = np.trace(spread) / len(spread) * np.eye(len(spread))
    weights = means @ np.linalg.inv((1 - SHRINKAGE) * spread + SHRINKAGE * usual)
    scores = data @ weights.T - (weights * means).sum(axis=1) / 2
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def _by_nearest(reference: Vectors, intent: Rows, data: Vectors) -> Rows:
    near = np.argpartition(-(data @ reference.T), NEAREST, axis=1)[:, :NEAREST]
    votes = np.zeros((len(data), intent.max() + 1))
    for column in near.T:
        votes[np.arange(len(data)), intent[column]] += 1
    return np.asarray(votes.argmax(axis=1), dtype=np.int64)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*(asked if len(asked) == 2 else (accuracy.HELD_OUT, 10)))
