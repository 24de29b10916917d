"""Where a sample's dart lands inside its cell, and how far off it is."""

from dataclasses import dataclass

import numpy as np

from app.geometry import arrays
from app.geometry.arrays import Integers, Numbers, Singles, Vectors
from app.geometry.rings import Sectors

STOPS = 16
"""Quantiles kept of each cell, of the distance from its centre and of the pull sideways."""
FEWEST = 12
"""Target points below which a cell borrows the quantiles of the whole board."""
INSET = 0.006
"""Free rim along a cell's edges, as a part of the board's radius."""


@dataclass(frozen=True, slots=True)
class Seat:
    """How a vector sits in its cell: distance from the centre; pull to the right less the left.

    Under three cells there is no left and right: the first direction of the projection stands in.
    """

    cell: Integers
    distance: Singles
    pull: Singles


def seat(seen: Vectors, near: Vectors, vectors: Vectors, centres: Vectors) -> Seat:
    """Seat each vector with its nearest centre.

    Args:
        seen: the vectors as projected (n, p), which decide the cell and the pull.
        near: the cells' centres there (K, p), in the order round the board.
        vectors: the vectors (n, d), and
        centres: the cells' means (K, d), between which the distance is measured. A vector unlike
            all of the target differs in just the directions that the projection does not see.
    """
    cell = np.empty(len(seen), np.int64)
    distance, pull = np.empty((2, len(seen)), np.float32)
    square = np.einsum("kd,kd->k", near, near)
    for block in arrays.blocks(len(seen), len(near)):
        gap = square - 2 * (seen[block] @ near.T)
        nearest = gap.argmin(axis=1)
        rows = np.arange(len(nearest))
        cell[block] = nearest
        distance[block] = np.linalg.norm(vectors[block] - centres[nearest], axis=1)
        left, right = (nearest - 1) % len(near), (nearest + 1) % len(near)
        pull[block] = gap[rows, left] - gap[rows, right]
    return Seat(cell, distance, pull if len(near) > 2 else seen[:, 0] - near[cell, 0])


def stops(values: Singles, cell: Integers, *, cells: int, low: float, high: float) -> Singles:
    """For each cell the quantiles of values, between fixed ends low and high: (K, STOPS + 2)."""
    levels = (np.arange(STOPS) + 0.5) / STOPS
    table = np.empty((cells, STOPS + 2), np.float32)
    table[:, 0], table[:, -1] = low, high
    table[:, 1:-1] = np.quantile(values, levels)
    for number, members in enumerate(arrays.members(cell, cells)):
        if len(members) >= FEWEST:
            table[number, 1:-1] = np.quantile(values[members], levels)
    return table


def land(
    seats: Seat, sectors: Sectors, distances: Singles, pulls: Singles
) -> tuple[Numbers, Numbers]:
    """x and y of each dart, in board radii, y downwards.

    Radius by the rank of its distance among the target's, so that target-like data fill the cell
    evenly; angle by the rank of its pull to the neighbour on the right.
    """
    outward, sideways = np.zeros((2, len(seats.cell)))
    levels = np.concatenate([[0.0], (np.arange(STOPS) + 0.5) / STOPS, [1.0]])
    for number, members in enumerate(arrays.members(seats.cell, len(distances))):
        outward[members] = _rank(seats.distance[members], distances[number], levels)
        sideways[members] = _rank(seats.pull[members], pulls[number], levels)
    return _polar(seats.cell, outward, sideways, sectors)


def _rank(values: Singles, stops: Singles, levels: Numbers) -> Numbers:
    """The level of each value between the stops; where several are equal, the middle of theirs."""
    upper = np.interp(values, stops, levels)
    lower = np.interp(-values, -stops[::-1], levels[::-1])
    return np.asarray((upper + lower) / 2, dtype=np.float64)


def _polar(
    cell: Integers, outward: Numbers, sideways: Numbers, sectors: Sectors
) -> tuple[Numbers, Numbers]:
    inner, outer = sectors.radius0[cell], sectors.radius1[cell]
    margin = np.minimum(INSET, (outer - inner) / 4)
    inner, outer = inner + margin, outer - margin
    radius = np.sqrt(inner**2 + (outer**2 - inner**2) * outward)
    start, end = sectors.angle0[cell], sectors.angle1[cell]
    turn = np.minimum(INSET / radius, (end - start) / 4)
    angle = start + turn + (end - start - 2 * turn) * sideways
    return radius * np.sin(angle), -radius * np.cos(angle)


def pack(places: Numbers) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    """Coordinates in [-1, 1] as uint16 over the square of the rim."""
    return np.rint((np.clip(places, -1, 1) + 1) / 2 * 65535).astype(np.uint16)


def unpack(packed: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> Numbers:
    """The inverse of pack."""
    return packed.astype(np.float64) / 65535 * 2 - 1
