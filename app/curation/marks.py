"""Which darts are new, gone or in both, when a board is compared with something."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.errors import NotFoundError
from app.storage import datasets, layouts, versions
from app.storage.filters import Filter
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow

PREFIX = "cmp:"
NAMES = ("both", "new", "removed")
BOTH, NEW, REMOVED = range(3)
COUNTS = Filter(statuses=COUNTED)


class ComparisonNotFoundError(NotFoundError):
    """There is nothing of that name to compare with."""


@dataclass(frozen=True, slots=True)
class Key:
    """What stands in an address: v6, split:test, @other-dataset."""

    kind: str  # version, split or dataset
    value: str


def read(key: str) -> Key:
    """The parts of a key, or ComparisonNotFoundError."""
    if key.startswith("split:") and len(key) > len("split:"):
        return Key("split", key[6:])
    if key.startswith("@") and len(key) > 1:
        return Key("dataset", key[1:])
    number = key.removeprefix("v")
    if key.startswith("v") and number.isascii() and number.isdigit() and len(number) < 10:
        return Key("version", number)
    raise ComparisonNotFoundError


def name_of(session: Session, dataset: DatasetRow, key: str) -> str:
    """What a key stands for, in words; ComparisonNotFoundError when it is not there."""
    found = read(key)
    try:
        if found.kind == "dataset":
            return datasets.get(session, found.value).name
        if found.kind == "version":
            row = versions.get(session, dataset.id, int(found.value))
            return f"version {row.number}" + (f", {row.name}" if row.name else "")
    except NotFoundError:
        raise ComparisonNotFoundError from None
    if not len(_then(session, dataset, found)):
        raise ComparisonNotFoundError
    return f"split {found.value}"


def stamp(session: Session, color: str) -> str:
    """What another data set adds to the name of a payload's content: its newest event."""
    if not color.startswith(PREFIX):
        return ""
    found = read(color.removeprefix(PREFIX))
    return datasets.get(session, found.value).event_head if found.kind == "dataset" else ""


def sort(
    session: Session, dataset: DatasetRow, ids: NDArray[np.int64], key: str
) -> NDArray[np.uint8]:
    """BOTH, NEW or REMOVED for each sample (n,); of another data set the same input counts.

    What neither side counts is BOTH: it is hidden already.
    """
    now = np.isin(ids, layouts.ids_of(session, dataset.id, COUNTS))
    then = np.isin(ids, _then(session, dataset, read(key)))
    kinds = np.full(len(ids), BOTH, np.uint8)
    kinds[now & ~then] = NEW
    kinds[then & ~now] = REMOVED
    return kinds


def _then(session: Session, dataset: DatasetRow, key: Key) -> NDArray[np.int64]:
    """The samples of the other side, by their ids here."""
    if key.kind == "dataset":
        other = datasets.get(session, key.value)
        return layouts.ids_shared(session, dataset.id, other.id, COUNTS)
    if key.kind == "split":
        wanted = Filter(statuses=COUNTED, facets=(("split", (key.value,)),))
        return layouts.ids_of(session, dataset.id, wanted)
    version = versions.get(session, dataset.id, int(key.value))
    return layouts.ids_of_version(session, version.id, COUNTED)


WORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "version": (("new", "only now"), ("removed", "only in {name}"), ("both", "in both")),
    "split": (("new", "outside {name}"), ("both", "in {name}")),
    "dataset": (("new", "only here"), ("both", "the same input is in {name}")),
}
"""The legend of each kind: a mark, and what it says."""


def legend(key: str, name: str) -> tuple[tuple[str, str], ...]:
    """(mark, words) of the darts of a comparison."""
    return tuple((mark, words.format(name=name)) for mark, words in WORDS[read(key).kind])
