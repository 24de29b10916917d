"""Group texts of like length, so that little of a batch is padding."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def by_length(lengths: NDArray[np.int64], *, budget: int) -> Iterator[NDArray[np.int64]]:
    """Yield rows in batches of rows x longest <= budget (or one row), shortest texts first.

    lengths: (n,) tokens per text. Every row comes exactly once.
    """
    order = np.argsort(lengths, kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        full = end == len(order) or (end + 1 - start) * int(lengths[order[end]]) > budget
        if full:
            yield order[start:end]
            start = end


def of_one_width(lengths: NDArray[np.int64], *, budget: int) -> Iterator[NDArray[np.int64]]:
    """Yield rows in batches of rows x width <= budget (or one row), all of the same width."""
    wide = widths(lengths)
    for width in np.unique(wide):
        rows = np.flatnonzero(wide == width)
        for picked in by_length(wide[rows], budget=budget):
            yield rows[picked]


def widths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The width each length is padded to: the next multiple of 4, of 8 over 32, of 16 over 64.

    It depends on the text alone. The width decides the order of float sums and so
    the last bit, which int8 rounding may make visible; a text that is always padded
    alike has the same vector whatever its batch mates.
    """
    step = np.select([lengths <= 32, lengths <= 64], [4, 8], 16)
    rounded: NDArray[np.int64] = -(-lengths // step) * step
    return rounded
