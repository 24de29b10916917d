"""How varied a set of vectors is. Both measures depend on its size: compare equal sizes only."""

import numpy as np

from app.geometry import arrays
from app.geometry.arrays import Vectors


def novelty(vectors: Vectors) -> float:
    """NovelSum with beta = 0: the mean distance of samples (n, d) to one another, near ones first.

    Yang et al., "Measuring Data Diversity for Instruction Tuning", ACL 2025: for each sample the
    cosine distances to all others, weighted by 1 / rank, nearest first; then the mean over the
    samples. The density factor is left out (its power beta is 0), so no reference corpus is
    needed. 0 when all are equal, 1 when all are orthogonal. Takes n^2 memory.
    """
    arrays.require_matrix(vectors)
    count = len(vectors)
    if count < 2:
        return 0.0
    near = vectors @ vectors.T
    np.fill_diagonal(near, np.inf)
    near.sort(axis=1)  # the nearest stands last but one, before the sample itself
    weights = (1 / np.arange(count - 1, 0, -1)).astype(np.float32)
    alike = (near[:, :-1] @ weights).mean() / weights.sum()
    return float(max(1 - alike, 0.0))


def vendi(vectors: Vectors) -> float:
    """The Vendi score: how many equally frequent, wholly unlike samples are as varied as these.

    Friedman and Dieng, "The Vendi Score", TMLR 2023: exp of the entropy of the eigenvalues of
    K / n, K the cosines. The dual form has the same eigenvalues but for zeros: X'X / n is (d, d).
    """
    arrays.require_matrix(vectors)
    if len(vectors) == 0:
        return 0.0
    rows = vectors.astype(np.float64)
    dual = rows.T @ rows if rows.shape[0] > rows.shape[1] else rows @ rows.T
    values = np.linalg.eigvalsh(dual / len(rows))
    values = values[values > 1e-12]
    values /= values.sum()
    return float(np.exp(-(values * np.log(values)).sum()))
