"""How long the board's geometry takes on made vectors of 384 dimensions.

Run: python -m tests.benchmarks.bench_geometry
"""

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from app.geometry import balance, evidence, frame, neighbours, redundancy, regions, thinning
from tests.benchmarks.real_vectors import Vectors

T = TypeVar("T")


def main() -> None:
    """Print the seconds of each step, and how near the machine comes to its own best."""
    print(f"matrix products: {_measure_products():.0f} GFLOP/s")
    data, target = _make(50_000, 1), _make(20_000, 2)
    fitted = _time("fit a target of 20,000", lambda: frame.fit(target, external=True, data=data))
    places = _time("place 50,000", lambda: frame.place(fitted, data))
    _time("place 10,000", lambda: frame.place(fitted, data[:10_000]))
    found = _time("weigh 50,000 again", lambda: evidence.weigh(fitted, places.cell, places.levels))
    held = np.bincount(places.cell[places.cell >= 0], minlength=fitted.cells)
    verdict = _time(
        "judge the cells again",
        lambda: balance.judge(held, fitted.shares, external=True, portions=found.portions),
    )
    _time("join the regions", lambda: regions.join(fitted, verdict))
    _time("thin 18,000", lambda: thinning.distinct(data[:18_000], tau=0.95))
    _time("fit 18,000 to themselves", lambda: frame.fit(data[:18_000], external=False))
    near = _time("neighbours of 10,000", lambda: neighbours.knn(data[:10_000]))
    near = _time("neighbours of 50,000", lambda: neighbours.knn(data))
    _time("knots of 50,000", lambda: redundancy.find_knots(data, near, tau=0.95))


def _time(name: str, run: Callable[[], T]) -> T:
    start = time.perf_counter()
    answer = run()
    print(f"{name:28} {time.perf_counter() - start:8.2f} s", flush=True)
    return answer


def _measure_products() -> float:
    one = np.ones((4096, 384), np.float32)
    other = np.ones((384, 4096), np.float32)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        one @ other
        seconds.append(time.perf_counter() - start)
    return 2 * 4096 * 4096 * 384 / min(seconds) / 1e9


def _make(count: int, seed: int) -> Vectors:
    centres = np.random.default_rng(0).normal(size=(300, 384))
    generator = np.random.default_rng(seed)
    rows = centres[generator.integers(300, size=count)]
    rows = rows + 1.2 * generator.normal(size=(count, 384))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


if __name__ == "__main__":
    main()
