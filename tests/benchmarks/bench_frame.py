"""A frame for 50,000 samples with a target of 20,000: seconds, and the most memory it takes.

Run: python -m tests.benchmarks.bench_frame
Held to: 20 s on two cores, 1.5 GB at most.
"""

import resource
import time

from app.geometry import frame
from tests.benchmarks.bench_geometry import _make

SECONDS, MEGABYTES = 20, 1_500


def main() -> None:
    """Fit and place once, in a process that does nothing else."""
    data, target = _make(50_000, 1), _make(20_000, 2)
    before, began = _peak(), time.perf_counter()
    fitted = frame.fit(target, external=True, data=data)
    frame.place(fitted, data)
    took = time.perf_counter() - began
    print(f"fit and place: {took:.1f} s (limit {SECONDS})")
    print(f"peak: {_peak():,.0f} MB, {before:,.0f} before (limit {MEGABYTES:,})")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
