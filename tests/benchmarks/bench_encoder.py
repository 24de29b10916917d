"""The default encoder against plain sentence-transformers, on the same real texts.

Run by hand: python -m tests.benchmarks.bench_encoder
Each side runs in a process of its own, one after the other, so that its peak memory is its own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from app import encoders
from app.encoders import network, weights
from tests import encoder_cache, shared_data

ROWS = 2_000
NEIGHBOURS = 15
ROUNDS = 2
THREADS = 2

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


def main() -> None:
    """Print texts a second, memory and agreement; or be one of the sides."""
    if len(sys.argv) > 1:
        _be_a_side(sys.argv[1], Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        _time_first_use(Path(folder))
        plain, small = (_side(name, Path(folder)) for name in ("plain", "default"))
    for kind in ("input", "output"):
        print(f"{kind}s: {_agreement(plain[kind], small[kind])}")
        print(
            f"    {float(small[f'{kind}_rate'] / plain[f'{kind}_rate']):.1f} x the texts a second"
        )
    print(f"memory: {float(small['megabytes'] / plain['megabytes']):.2f} x the peak")


def _time_first_use(folder: Path) -> None:
    start = time.perf_counter()
    encoders.load("default", cache=folder, threads=THREADS)
    print(f"first use, build included: {time.perf_counter() - start:.1f} s")


def _side(name: str, folder: Path) -> dict[str, NDArray[np.float32]]:
    """Run one side in its own process and read what it measured."""
    path = folder / f"{name}.npz"
    command = [sys.executable, "-m", "tests.benchmarks.bench_encoder", name, str(path)]
    subprocess.run(command, check=True)
    with np.load(path) as measured:
        return dict(measured)


def _be_a_side(name: str, path: Path) -> None:
    start = time.perf_counter()
    encode = _plain() if name == "plain" else _default()
    loaded = time.perf_counter() - start
    measured: dict[str, NDArray[np.float32]] = {}
    for kind, texts in _texts().items():
        measured[f"{kind}_rate"], measured[kind] = _rate(encode, texts)
        print(f"{name:>8} {float(measured[f'{kind}_rate']):6.0f} {kind}s/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:>8} loaded in {loaded:.2f} s, peak {peak:.0f} MB")
    np.savez(path, allow_pickle=False, megabytes=np.float32(peak), **measured)


def _plain() -> Encode:
    """sentence-transformers as its manual shows it."""
    network.forbid()
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(THREADS)
    encode: Encode = SentenceTransformer(str(weights.folder()), device="cpu").encode
    return encode


def _default() -> Encode:
    return encoders.load("default", cache=encoder_cache.folder(), threads=THREADS).encode


def _texts() -> dict[str, list[str]]:
    path = shared_data.folder("alpaca_original_subset") / "alpaca_subset.json"
    rows = orjson.loads(path.read_bytes())[:ROWS]
    inputs = [f"{row['instruction']}\n{row['input']}".strip() for row in rows]
    return {"input": inputs, "output": [row["output"] for row in rows[: ROWS // 4]]}


def _rate(encode: Encode, texts: Sequence[str]) -> tuple[NDArray[np.float32], Vectors]:
    """Texts a second, the best of a few rounds, and the vectors."""
    encode(texts[:50])
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        vectors = encode(texts)
        seconds.append(time.perf_counter() - start)
    return np.array(len(texts) / min(seconds), dtype=np.float32), vectors


def _agreement(one: Vectors, other: Vectors) -> str:
    cosine = np.sum(one * other, axis=1)
    shared = [
        len(set(near) & set(far)) / NEIGHBOURS
        for near, far in zip(_neighbours(one), _neighbours(other), strict=True)
    ]
    overlap = f"neighbour overlap@{NEIGHBOURS} {np.mean(shared):.3f}"
    return f"{overlap}, cosine {cosine.mean():.4f} (at least {cosine.min():.4f})"


def _neighbours(vectors: Vectors) -> list[list[int]]:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    nearest: list[list[int]] = np.argsort(-similarity, axis=1)[:, :NEIGHBOURS].tolist()
    return nearest


if __name__ == "__main__":
    main()
