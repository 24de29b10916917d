"""Flagged cells that touch are one region: what to cut first, what to write next."""

from dataclasses import dataclass

import numpy as np

from app.geometry.balance import Balance, State
from app.geometry.frame import Frame


@dataclass(frozen=True, slots=True)
class Region:
    """Cells of one kind that touch; effect is how many samples to cut or to write there."""

    kind: State
    cells: tuple[int, ...]
    effect: int


def join(frame: Frame, balance: Balance) -> tuple[Region, ...]:
    """The over-dense and the empty regions, each kind's largest effect first."""
    over = _join(frame, balance, State.OVER_DENSE)
    gaps = _join(frame, balance, State.GAP)
    return (*over, *gaps)


def _join(frame: Frame, balance: Balance, kind: State) -> list[Region]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    flagged = np.array([state is kind for state in balance.state], dtype=bool)
    pairs = frame.adjacent[flagged[frame.adjacent].all(axis=1)]
    shape = (frame.cells, frame.cells)
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    _, label = connected_components(graph, directed=False)
    effects = balance.cut if kind is State.OVER_DENSE else balance.write
    beyond = balance.ratio * (balance.expected + 1) - 1 - balance.expected
    regions: list[tuple[float, Region]] = []
    for number in np.unique(label[flagged]):
        cells = np.flatnonzero(flagged & (label == number))
        members = tuple(int(cell) for cell in cells)
        region = Region(kind, members, int(effects[cells].sum()))
        regions.append((float(abs(beyond[cells].sum())), region))
    # A crowd below twice its target has nothing to cut; how far beyond it is decides then.
    regions.sort(key=lambda told: (-told[1].effect, -told[0], told[1].cells))
    return [region for _, region in regions]
