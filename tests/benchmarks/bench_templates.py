"""Whether templated samples are found without a target: planted among real inputs.

Run: python -m tests.benchmarks.bench_templates [draws | look]

Three templates of 150 fillings each among 5,000 inputs of Alpaca, then among all of it, then among
about 52,000 inputs of several kinds, which have templates of their own. Goal: precision and recall
of .95 at 5,000. Settings were chosen on planted.CHOSEN_ON; HELD_OUT is what counts.

`look` prints 100 of the samples that are told as templated among the 52,000 where nothing is
planted, drawn at random, each with its nearest of the same template: to be judged by reading.
"""

import sys
import time

import numpy as np

from app.geometry import neighbours, templated
from tests.benchmarks import planted, real_vectors
from tests.benchmarks.real_vectors import Vectors

Pool = tuple[list[str], Vectors]
LOOKED_AT, BESIDE = 100, 3
WIDTH = 150


def main(draws: int) -> None:
    """Print precision and recall of each size: mean, spread and least over the draws."""
    alpaca = real_vectors.alpaca()
    for name, templates in (("chosen on", planted.CHOSEN_ON), ("held out", planted.HELD_OUT)):
        _show(f"{name}, 5,000", [_score(alpaca, 5_000, templates, at) for at in range(draws)])
    whole = len(alpaca[0])
    _show(f"held out, {whole:,}", [_score(alpaca, whole, planted.HELD_OUT, at) for at in range(3)])
    mixed = _mix(alpaca)
    start = time.perf_counter()
    score = _score(mixed, len(mixed[0]), planted.HELD_OUT, 0)
    _show(f"held out, {len(mixed[0]):,} of several kinds", [score])
    print(f"which took {time.perf_counter() - start:.1f} s, most of it for the neighbours")


def look() -> None:
    """Print LOOKED_AT samples that are told as templated, with their nearest of the template."""
    texts, vectors = _mix(real_vectors.alpaca())
    near = neighbours.knn(vectors, k=templated.LINKS)
    found = templated.find(texts, near)
    told = np.flatnonzero(found.template >= 0)
    print(f"{len(told):,} of {len(texts):,} told, in {len(found.sizes)} templates")
    chosen = np.random.default_rng(0).choice(told, LOOKED_AT, replace=False)
    for number, row in enumerate(chosen, 1):
        template = found.template[row]
        print(f"\n{number}. (one of {found.sizes[template]}) {_line(texts[row])}")
        others = near.index[row]
        for other in others[found.template[others] == template][:BESIDE]:
            print(f"      {_line(texts[other])}")


def _line(text: str) -> str:
    return " ".join(text.split())[:WIDTH]


def _mix(alpaca: Pool) -> Pool:
    parts = [alpaca, real_vectors.others()]
    parts += [(texts, vectors) for texts, _, vectors in real_vectors.clinc().values()]
    texts = [text for part in parts for text in part[0]]
    return texts, np.vstack([part[1] for part in parts])


def _score(pool: Pool, size: int, templates: tuple[str, ...], seed: int) -> tuple[float, float]:
    generator = np.random.default_rng(1_000 + seed)
    rows = generator.choice(len(pool[0]), size, replace=False)
    vectors, texts = planted.draw(templates, seed)
    vectors = np.vstack([pool[1][rows], vectors])
    texts = [pool[0][row] for row in rows] + texts
    found = templated.find(texts, neighbours.knn(vectors, k=templated.LINKS))
    return planted.score(found.template >= 0, np.arange(len(vectors)) >= size)


def _show(name: str, scores: list[tuple[float, float]]) -> None:
    told = np.array(scores)
    mean, spread, least = told.mean(axis=0), told.std(axis=0), told.min(axis=0)
    print(
        f"{name:38} precision {mean[0]:.3f} (sd {spread[0]:.3f}, least {least[0]:.3f})"
        f"  recall {mean[1]:.3f} (sd {spread[1]:.3f}, least {least[1]:.3f})  of {len(told)} draws",
        flush=True,
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["look"]:
        look()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
