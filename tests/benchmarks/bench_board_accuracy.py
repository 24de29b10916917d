"""How truthful the board is: the protocol of BOARD.md 5 on real vectors.

Run: python -m tests.benchmarks.bench_board_accuracy [FIRST_SEED COUNT]

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

from app.geometry import balance, evidence, frame
from app.geometry.balance import State
from tests.benchmarks import planted, real_vectors
from tests.benchmarks.real_vectors import Vectors

HELD_OUT = 200
"""The first seed of those on which nothing was chosen; settings were chosen on 0 to 7."""
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


def main(first: int, count: int) -> None:
    """Print one line for each set-up, then other data sets, then the false flags."""
    splits = real_vectors.clinc()
    seeds = range(first, first + count)
    print(
        f"{f'F1, seeds {first} to {seeds[-1]}':34}   samples:      gap    cells:      gap"
        "  by count:     gap\n"
        f"{'':34}      over                over                over"
    )
    for name, setup in SETUPS.items():
        _show(name, [_score(splits, setup, seed) for seed in seeds])
    _show("templates among Alpaca", [_score_templates(seed) for seed in seeds])
    print(f"FastChat's repeated question, samples, over: {_score_fastchat():.3f}")
    _count_false_flags(splits, seeds)


def _show(name: str, scores: list[list[float]]) -> None:
    told = np.array(scores)
    for line, values in (
        (name, told.mean(axis=0)),
        ("  spread (sd)", told.std(axis=0)),
        ("  least", told.min(axis=0)),
    ):
        print(f"{line:34}" + "".join(f"{value:>10.3f}" for value in values), flush=True)


def f1(said: Marks, true: Marks) -> float:
    """The harmonic mean of precision and recall."""
    return float(2 * (said & true).sum() / max(said.sum() + true.sum(), 1))


@dataclass(frozen=True)
class Draw:
    """A reference and data with known faults."""

    reference: Vectors
    known: Labels
    data: Vectors
    labels: Labels
    hot: Labels
    lost: Labels

    @property
    def true(self) -> tuple[Marks, Marks]:
        """Which samples are of over-filled intents, which of the reference of removed ones."""
        return np.isin(self.labels, self.hot), np.isin(self.known, self.lost)


def draw(splits: Splits, setup: Setup, seed: int) -> Draw:
    """The protocol's draw of this seed."""
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
    reference, data = reference[kept], pool[rows]
    if setup.dimensions:
        turn = generator.normal(size=(data.shape[1], setup.dimensions)).astype(np.float32)
        reference, data = _unit(reference @ turn), _unit(data @ turn)
    return Draw(reference, known[kept], data, labels[rows], hot, lost)


def _score(splits: Splits, setup: Setup, seed: int) -> list[float]:
    drawn = draw(splits, setup, seed)
    return [
        f1(said, truth)
        for flags in _flags(drawn.reference, drawn.data)
        for said, truth in zip(flags, drawn.true, strict=True)
    ]


def _flags(reference: Vectors, data: Vectors) -> list[tuple[Marks, Marks]]:
    """What is over-dense and what a gap: by samples, by cells, by cells' own counts alone."""
    fitted = frame.fit(reference, external=True, data=data)
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


def _count_false_flags(splits: Splits, seeds: range) -> None:
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
        for seed in seeds:
            found = _flags(*draw(np.random.default_rng(seed)))
            cells += sum(int(marks.any()) for marks in found[1])
            samples += sum(int(marks.sum()) for marks in found[0])
        said = f"draws with a cell {cells}, samples {samples}"
        print(f"false flags in {len(seeds)} draws, {name}: {said}", flush=True)


def _score_templates(seed: int) -> list[float]:
    """2,000 of Alpaca and 30 of each of 12 templates; 3 are over-filled and 3 hardly there."""
    generator = np.random.default_rng(seed)
    others = real_vectors.alpaca()[1]
    rows = generator.choice(len(others), 4_000, replace=False)
    parts = list(planted.all_of(planted.HELD_OUT).values())
    counts = np.full(len(parts), 25)
    order = generator.permutation(len(parts))
    counts[order[:3]], counts[order[3:6]] = 100, 1
    reference = np.vstack([others[rows[:2_000]], *(part[:30] for part in parts)])
    known = np.repeat(np.arange(-1, len(parts)), [2_000] + [30] * len(parts))
    held = [part[30 : 30 + count] for part, count in zip(parts, counts, strict=True)]
    data = np.vstack([others[rows[2_000:]], *held])
    labels = np.repeat(np.arange(-1, len(parts)), [2_000, *counts])
    true = np.isin(labels, order[:3]), np.isin(known, order[3:6])
    return [
        f1(said, truth)
        for flags in _flags(reference, data)
        for said, truth in zip(flags, true, strict=True)
    ]


def _score_fastchat() -> float:
    """500 first questions against 10 of each kind: "What is up?" is there 167 times."""
    texts = real_vectors.fastchat()
    vectors = real_vectors.embed("fastchat", texts)
    firsts = [texts.index(text) for text in sorted(set(texts))]
    said, _ = _flags(np.repeat(vectors[firsts], 10, axis=0), vectors)[0]
    return f1(said, np.array([text == "What is up?" for text in texts]))


def _pool(splits: Splits, names: tuple[str, ...]) -> tuple[Vectors, Labels]:
    vectors = np.vstack([splits[name][2] for name in names])
    return vectors, np.concatenate([np.array(splits[name][1]) for name in names])


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*(asked if len(asked) == 2 else (HELD_OUT, 10)))
