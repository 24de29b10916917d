"""How truthful the board is: the protocol of BOARD.md 5 on real vectors.

Run: python -m tests.benchmarks.bench_board_accuracy [seeds]

The reference is CLINC150's test rows; the data are 25 rows an intent of its train rows, but 100 of
15 intents and none or one of 20. F1 at sample level for "belongs to an over-filled intent", at
reference level for "belongs to a removed one", once for the flags of single samples and once for
the states of whole cells. The variants are there so that nothing is tuned to one set-up.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.geometry import balance, evidence, frame, neighbours, tight
from app.geometry.balance import State
from tests.benchmarks import real_vectors
from tests.benchmarks.real_vectors import Vectors

SLOTS = {
    "a": ["Oslo", "Lima", "Kyoto", "Accra", "Quito", "Turin", "Perth", "Hanoi", "Cairo", "Riga"],
    "b": ["lamps", "desks", "phones", "bikes", "kettles", "jackets", "cameras", "boots", "maps"],
    "c": [str(number) for number in range(2, 60)],
}
Marks = NDArray[np.bool_]
Labels = NDArray[np.str_]
Splits = dict[str, tuple[list[str], list[str], Vectors]]


@dataclass(frozen=True)
class Setup:
    """A variant of the protocol."""

    reference: tuple[str, ...] = ("test",)
    usual: int = 25
    hot: int = 100
    hot_intents: int = 15
    lost_intents: int = 20
    intents: int = 150
    dimensions: int = 0


SETUPS = {
    "the protocol": Setup(),
    "reference of 20 an intent": Setup(reference=("val",)),
    "reference of 50 an intent": Setup(reference=("val", "test")),
    "milder: 60 against 20": Setup(usual=20, hot=60),
    "75 intents": Setup(intents=75, hot_intents=8, lost_intents=10),
    "64 random dimensions": Setup(dimensions=64),
}


def main(seeds: int) -> None:
    """Print one line for each set-up, then the false flags and the planted clusters."""
    splits = real_vectors.clinc()
    print(
        f"{f'F1, mean of {seeds} seeds':34}   samples:      gap    cells:      gap"
        "  by count:     gap\n"
        f"{'':34}      over                over                over"
    )
    for name, setup in SETUPS.items():
        scores = np.mean([_score(splits, setup, seed) for seed in range(seeds)], axis=0)
        print(f"{name:34}" + "".join(f"{score:>10.3f}" for score in scores))
    _count_false_flags(splits)
    _find_planted()


def f1(said: Marks, true: Marks) -> float:
    """The harmonic mean of precision and recall."""
    return float(2 * (said & true).sum() / max(said.sum() + true.sum(), 1))


def _score(splits: Splits, setup: Setup, seed: int) -> list[float]:
    generator = np.random.default_rng(seed)
    reference, known = _pool(splits, setup.reference)
    pool, labels = _pool(splits, ("train",))
    names = generator.permutation(np.unique(known))[: setup.intents]
    hot = names[: setup.hot_intents]
    lost = names[setup.hot_intents : setup.hot_intents + setup.lost_intents]
    counts = dict.fromkeys(names, setup.usual)
    counts |= dict.fromkeys(hot, setup.hot)
    counts |= {name: int(generator.integers(0, 2)) for name in lost}
    rows = np.concatenate(
        [
            generator.choice(np.flatnonzero(labels == name), count, replace=False)
            for name, count in counts.items()
        ]
    )
    kept = np.isin(known, names)
    reference, known, data, labels = reference[kept], known[kept], pool[rows], labels[rows]
    if setup.dimensions:
        turn = generator.normal(size=(data.shape[1], setup.dimensions)).astype(np.float32)
        reference, data = _unit(reference @ turn), _unit(data @ turn)
    true = np.isin(labels, hot), np.isin(known, lost)
    return [
        f1(said, truth)
        for flags in _flags(reference, data)
        for said, truth in zip(flags, true, strict=True)
    ]


def _flags(reference: Vectors, data: Vectors) -> list[tuple[Marks, Marks]]:
    """What is over-dense and what a gap: by samples, by cells, by cells' own counts alone."""
    fitted = frame.fit(reference, external=True)
    places = frame.place(fitted, data)
    held = np.bincount(places.cell[places.cell >= 0], minlength=fitted.cells)
    found = evidence.weigh(fitted, places.cell, places.levels)
    answers = [(found.over, found.gap)]
    for portions in (found.portions, None):
        verdict = balance.judge(
            held,
            fitted.shares,
            external=True,
            target_size=fitted.target_size,
            portions=portions,
        )
        # An outsider (-1) takes the state put last, which is none.
        state = np.array([*verdict.state, "outsider"])
        answers.append(
            (state[places.cell] == State.OVER_DENSE, state[fitted.target_cell] == State.GAP)
        )
    return answers


def _count_false_flags(splits: Splits) -> None:
    vectors, _ = _pool(splits, ("train", "val", "test"))

    def apart(generator: np.random.Generator) -> tuple[Vectors, Vectors]:
        order = generator.permutation(len(vectors))
        return vectors[order[:4500]], vectors[order[4500:8500]]

    def again(generator: np.random.Generator) -> tuple[Vectors, Vectors]:
        reference = splits["test"][2]
        return reference, reference[generator.integers(len(reference), size=4000)]

    def alpaca(generator: np.random.Generator) -> tuple[Vectors, Vectors]:
        order = generator.permutation(len(others))
        return others[order[:6000]], others[order[6000:]]

    _, others = real_vectors.alpaca()
    draws: dict[str, Callable[[np.random.Generator], tuple[Vectors, Vectors]]] = {
        "4,000 others of the same kind": apart,
        "4,000 of the target itself, with replacement": again,
        "12,000 of Alpaca against 6,000 others": alpaca,
    }
    for name, draw in draws.items():
        cells = samples = 0
        for seed in range(10):
            found = _flags(*draw(np.random.default_rng(seed)))
            cells += sum(int(marks.any()) for marks in found[1])
            samples += sum(int(marks.sum()) for marks in found[0])
        print(f"false flags in 10 draws, {name}: draws with a cell {cells}, samples {samples}")


def _find_planted() -> None:
    """Three templated clusters of 150 in Alpaca, target itself."""
    texts, _ = real_vectors.alpaca()
    generator = np.random.default_rng(0)
    for size in (5_000, len(texts)):
        rows = generator.choice(len(texts), size, replace=False)
        planted = _templated(generator)
        vectors = real_vectors.alpaca()[1][rows]
        vectors = np.vstack([vectors, real_vectors.embed(f"planted_nine_{size}", planted)])
        found = tight.find(neighbours.knn(vectors))
        true = np.arange(len(vectors)) >= size
        for first in (3, len(found.sizes)):
            said = (found.cluster >= 0) & (found.cluster < first)
            precision = (said & true).sum() / max(said.sum(), 1)
            recall = (said & true).sum() / true.sum()
            print(
                f"planted in {size}: first {first} of {len(found.sizes)} tight clusters, "
                f"precision {precision:.2f}, recall {recall:.2f}"
            )


def _templated(generator: np.random.Generator) -> list[str]:
    """150 each of three templates, every slot filled at random."""

    def fill(template: str) -> list[str]:
        return [
            template.format(*(str(generator.choice(SLOTS[slot])) for slot in "abc"))
            for _ in range(150)
        ]

    return [
        *fill("Plan a {2} day trip to {0} for someone who likes {1}."),
        *fill("Write a short product description of a {1} made in {0}, price {2} euros."),
        *fill("Translate this sentence into French: I bought {2} of {1} in {0}."),
    ]


def _pool(splits: Splits, names: tuple[str, ...]) -> tuple[Vectors, Labels]:
    vectors = np.vstack([splits[name][2] for name in names])
    return vectors, np.concatenate([np.array(splits[name][1]) for name in names])


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
