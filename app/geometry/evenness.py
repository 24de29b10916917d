"""How evenly counts are spread: effective numbers of cells, the data's against the target's."""

import numpy as np

from app.geometry.arrays import Integers, Numbers


def effective(weights: Integers | Numbers) -> float:
    """As many equally full cells would be as even: exp of the Shannon entropy; 0 for nothing.

    The Hill number of order 1 (Hill, "Diversity and Evenness", Ecology 54, 1973).
    """
    total = float(weights.sum())
    if total <= 0:
        return 0.0
    parts = weights[weights > 0] / total
    return float(np.exp(-(parts * np.log(parts)).sum()))


def compare(counts: Integers, shares: Numbers) -> float:
    """The effective cells of the data over those of the target: 1 is as even, less is lopsided."""
    wanted = effective(shares)
    return effective(counts) / wanted if wanted else 0.0
