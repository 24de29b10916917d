"""Templated samples: one sentence filled in many ways, found without a target.

Neighbours in meaning that also share most of their words are joined, if they have more such
neighbours in common (Jarvis and Patrick, IEEE Trans. Computers C-22, 1973: otherwise a sentence
between two templates would make them one); what holds 20 samples or more is a template. Density
alone cannot do it: a template with several slots is no denser than a frequent topic, and fillings
that are nearly equal are each other's only neighbours (docs/measured.md has the figures).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.geometry import labels
from app.geometry.arrays import Integers, Marks, Singles
from app.geometry.neighbours import Neighbours

LINKS = 50
"""Neighbours to give to `find`: more than near copies usually have of themselves."""
FEWEST = 20
ALIKE = 0.6
"""Twice the shared words over the words of both (Dice), from which two texts share a template."""
NEAREST, MOST = 15, 0.5
"""So large a part of a sample's nearest must share its template, or it only resembles one."""
SHARED = 0.3
"""Two samples are joined when so large a part of the one's alike neighbours is the other's too."""
EVERYWHERE = 0.8
"""A word in this part of all texts is the task's wording, no template's."""


@dataclass(frozen=True, slots=True)
class Templates:
    """`template` (n,) is each sample's template or -1; `sizes` theirs, largest first."""

    template: Integers
    sizes: Integers


def find(texts: Sequence[str], near: Neighbours) -> Templates:
    """Find the templates among texts, `near` being the neighbours of their vectors."""
    alike = _compare(_count(texts), near)
    nearest = min(NEAREST, alike.shape[1])
    able = (alike[:, :nearest] >= ALIKE).mean(axis=1) >= MOST if len(texts) else np.zeros(0, bool)
    label = _join(able, alike, near)
    sizes = np.bincount(label[able], minlength=1)
    order = np.argsort(-sizes, kind="stable")
    kept = order[sizes[order] >= FEWEST]
    rank = np.full(len(sizes) + 1, -1)
    rank[kept] = np.arange(len(kept))
    return Templates(rank[np.where(able, label, -1)], sizes[kept])


def _count(texts: Sequence[str]) -> Any:
    """Which words each text has, a sparse matrix (n, words) of ones."""
    from scipy.sparse import csr_matrix

    known: dict[str, int] = {}
    column: list[int] = []
    starts = [0]
    for text in texts:
        column += sorted({known.setdefault(word, len(known)) for word in labels.split(text)})
        starts.append(len(column))
    shape = (len(texts), max(len(known), 1))
    held = csr_matrix((np.ones(len(column), np.float32), column, starts), shape=shape)
    rare = np.asarray(held.sum(axis=0)).ravel() <= EVERYWHERE * len(texts)
    return held[:, np.flatnonzero(rare)]


def _compare(held: Any, near: Neighbours) -> Singles:
    """The Dice coefficient of each text with each of its neighbours, (n, k)."""
    size = np.asarray(held.sum(axis=1), dtype=np.float32).ravel()
    alike = np.zeros(near.index.shape, np.float32)
    for place, other in enumerate(near.index.T):
        shared = np.asarray(held.multiply(held[other]).sum(axis=1), dtype=np.float32).ravel()
        alike[:, place] = np.where(other >= 0, 2 * shared / np.maximum(size + size[other], 1), 0)
    return alike


def _join(able: Marks, alike: Singles, near: Neighbours) -> Integers:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    row, place = np.nonzero(alike >= ALIKE)
    column = near.index[row, place]
    both = able[row] & able[column]
    shape = (len(able), len(able))
    graph = coo_matrix((np.ones(both.sum(), np.float32), (row[both], column[both])), shape=shape)
    joined = _keep_shared(graph.tocsr())
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def _keep_shared(graph: Any) -> Any:
    """The links whose ends have enough of their other links in common."""
    from scipy.sparse import coo_matrix

    linked = (graph + graph.T > 0).astype(np.float32)
    row, column = linked.nonzero()
    degree = np.asarray(linked.sum(axis=1)).ravel()
    shared = np.asarray(linked[row].multiply(linked[column]).sum(axis=1)).ravel()
    fewer = np.minimum(degree[row], degree[column]) - 1  # but for the link between the two
    kept = shared >= SHARED * fewer
    return coo_matrix((np.ones(kept.sum()), (row[kept], column[kept])), shape=graph.shape)
