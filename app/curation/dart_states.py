"""What people decided about darts, as bytes in drawing order: flags, and a category each."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.storage import layouts, samples
from app.storage.dart_tables import DartLayoutRow
from app.storage.filters import Facet, Filter
from app.storage.tables import DatasetRow, Status

KNOT, APPROVED, OUTSIDER, HIDDEN = 1, 2, 4, 8
"""Flags of a dart; one that is hidden was rejected or put in the trash since it was placed."""
STATUSES = (Status.PENDING, Status.APPROVED, Status.NEEDS_WORK, Status.REJECTED)
MOST_CATEGORIES = 8
KEPT = 4

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class States:
    """Flags and categories (n,) in drawing order; a category past the names is "other"."""

    flags: Bytes
    categories: Bytes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Spots:
    """Where each sample stands in the drawing order: sorted ids (n,), and their rows (n,)."""

    ids: NDArray[np.int64]
    rows: NDArray[np.int64]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of those of the ids that are drawn."""
        if not len(self.ids):
            return self.rows
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        known: NDArray[np.int64] = at[self.ids[at] == ids]
        return self.rows[known]


_kept: OrderedDict[str, States] = OrderedDict()


def find(
    session: Session, dataset: DatasetRow, layout: DartLayoutRow, *, tag: str, color: str
) -> States:
    """The states of a layout's darts. The last few are kept, 2 bytes a dart, by their tag."""
    key = f"{layout.id} {tag}"
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = _look_up(session, dataset, layout, color)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _look_up(session: Session, dataset: DatasetRow, layout: DartLayoutRow, color: str) -> States:
    flags = layouts.whole_column(session, layout, "flags")
    if layout.view == "target":
        return States(flags, np.zeros_like(flags), ())
    ids = layouts.whole_column(session, layout, "ids")
    order = np.argsort(ids)
    spots = _Spots(ids[order], order)
    status = _by_status(session, dataset, spots, flags)
    if color == "status":
        return States(flags, status, tuple(str(it) for it in STATUSES))
    return _by_facet(session, dataset, spots, flags, cast("Facet", color))


def _by_status(session: Session, dataset: DatasetRow, spots: _Spots, flags: Bytes) -> Bytes:
    """The status of each dart; sets the flags that follow from it. Most are pending: not asked."""
    status = np.zeros(len(flags), np.uint8)
    for number, value in enumerate(STATUSES[1:], start=1):
        status[spots.of(layouts.ids_of(session, dataset.id, Filter(statuses=(value,))))] = number
    flags[status == STATUSES.index(Status.APPROVED)] |= APPROVED
    flags[status == STATUSES.index(Status.REJECTED)] |= HIDDEN
    flags[spots.of(layouts.ids_of(session, dataset.id, Filter(deleted=True)))] |= HIDDEN
    return status


def _by_facet(
    session: Session, dataset: DatasetRow, spots: _Spots, flags: Bytes, facet: Facet
) -> States:
    """The most frequent values of a facet, each a category."""
    common = samples.count_by_facet(session, dataset.id, facet, limit=MOST_CATEGORIES)
    names = tuple(value for value, _ in common)
    found = np.full(len(flags), len(names), np.uint8)
    for number, value in enumerate(names):
        ids = layouts.ids_of(session, dataset.id, Filter(facets=((facet, (value,)),)))
        found[spots.of(ids)] = number
    return States(flags, found, names)
