"""What people decided about darts, as bytes in drawing order: flags, and a category each."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import colouring, marks
from app.curation.colouring import STATUSES
from app.storage import layouts
from app.storage.dart_tables import DartLayoutRow
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status

KNOT, APPROVED, OUTSIDER, HIDDEN = 1, 2, 4, 8
"""Flags of a dart; one that is hidden was rejected or put in the trash since it was placed."""
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
    if color.startswith(marks.PREFIX):
        return _by_mark(session, dataset, ids, flags, color)
    return _by_category(session, dataset, spots, flags, color)


def _by_status(session: Session, dataset: DatasetRow, spots: _Spots, flags: Bytes) -> Bytes:
    """The status of each dart; sets the flags that follow from it. Most are pending: not asked."""
    status = np.zeros(len(flags), np.uint8)
    for number, value in enumerate(STATUSES[1:], start=1):
        status[spots.of(layouts.ids_of(session, dataset.id, Filter(statuses=(value,))))] = number
    flags[status == STATUSES.index(Status.APPROVED)] |= APPROVED
    flags[status == STATUSES.index(Status.REJECTED)] |= HIDDEN
    flags[spots.of(layouts.ids_of(session, dataset.id, Filter(deleted=True)))] |= HIDDEN
    return status


def _by_mark(
    session: Session, dataset: DatasetRow, ids: NDArray[np.int64], flags: Bytes, color: str
) -> States:
    """What a comparison says of each dart; one that is gone now is shown all the same."""
    found = marks.sort(session, dataset, ids, color.removeprefix(marks.PREFIX))
    flags[found == marks.REMOVED] &= np.uint8(0xFF ^ HIDDEN)
    return States(flags, found, marks.NAMES)


def _by_category(
    session: Session, dataset: DatasetRow, spots: _Spots, flags: Bytes, color: str
) -> States:
    """The most frequent values of what the darts are coloured by."""
    told = colouring.categories(session, dataset.id, color)
    found = np.full(len(flags), len(told), np.uint8)
    for number, category in enumerate(told):
        found[spots.of(layouts.ids_of(session, dataset.id, category.wanted))] = number
    return States(flags, found, tuple(category.value for category in told))
