"""What is remembered of millions of records while they are read: numbers, 16 bytes each."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.curation.repeats import Known

FRESH = 200_000
"""So many are kept in a dictionary, which takes ten times as much, before they are packed."""
_GONE = 0

_Words = NDArray[np.uint64]


class Numbers:
    """Numbers by number, all of 64 bits; a value of 0 is none."""

    def __init__(self) -> None:
        self._fresh: dict[int, int] = {}
        self._keys: _Words = np.zeros(0, np.uint64)  # ascending
        self._values: _Words = np.zeros(0, np.uint64)

    def get(self, key: int) -> int:
        """The value of a key, or 0."""
        found = self._fresh.get(key)
        if found is not None:
            return found
        at = int(np.searchsorted(self._keys, np.uint64(key)))
        there = at < len(self._keys) and int(self._keys[at]) == key
        return int(self._values[at]) if there else _GONE

    def put(self, key: int, value: int) -> None:
        """Give a key its value; 0 takes the key away."""
        self._fresh[key] = value
        if len(self._fresh) > FRESH:
            self._pack()

    def _pack(self) -> None:
        keys = np.array(sorted(self._fresh), np.uint64)
        values = np.array([self._fresh[key] for key in keys.tolist()], np.uint64)
        kept = ~np.isin(self._keys, keys, assume_unique=True)
        old_keys, old_values = self._keys[kept], self._values[kept]
        there = values != _GONE
        at = np.searchsorted(old_keys, keys[there])
        self._keys = np.insert(old_keys, at, keys[there])
        self._values = np.insert(old_values, at, values[there])
        self._fresh = {}


class Prints:
    """A set of fingerprints, of which the first 64 bits are remembered."""

    def __init__(self) -> None:
        self._numbers = Numbers()

    def __contains__(self, one: object) -> bool:
        return isinstance(one, int) and self._numbers.get(one) != _GONE

    def add(self, one: int) -> None:
        """Remember one."""
        self._numbers.put(one, 1)

    def discard(self, one: int) -> None:
        """Forget one."""
        self._numbers.put(one, _GONE)


class Named:
    """What is known by name, of which the hash is kept: two of 20 million are rarely one."""

    def __init__(self) -> None:
        self._columns = Numbers(), Numbers(), Numbers()

    def get(self, name: str) -> Known[int] | None:
        """What is known under a name."""
        number = _number(name)
        found = Known(*(column.get(number) for column in self._columns))
        return found if found.said else None

    def __setitem__(self, name: str, one: Known[int]) -> None:
        for column, value in zip(self._columns, one, strict=True):
            column.put(_number(name), value)

    def unknown(self, names: Iterable[str]) -> set[str]:
        """Those of the names that nothing is remembered under."""
        return {name for name in names if self.get(name) is None}


def _number(name: str) -> int:
    return hash(name) & (2**64 - 1)
