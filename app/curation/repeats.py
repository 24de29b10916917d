"""Which records are new, which say something anew, and which were seen before.

Records are taken one after the other: what the first of them changes, the next
one finds changed. The same rule counts before an import and stores during it.
"""

from collections.abc import Hashable, Iterable, Iterator
from enum import StrEnum
from typing import Protocol, TypeVar

Print = TypeVar("Print", bound=Hashable)
Any_contra = TypeVar("Any_contra", bound=Hashable, contravariant=True)


class Prints(Protocol[Any_contra]):
    """A set of fingerprints."""

    def __contains__(self, one: object, /) -> bool: ...

    def add(self, one: Any_contra, /) -> None:
        """Remember one."""

    def discard(self, one: Any_contra, /) -> None:
        """Forget one, if it is there."""


class Named(Protocol[Print]):
    """Fingerprints by external id."""

    def get(self, name: str, /) -> Print | None:
        """The fingerprint under a name, or None."""

    def __setitem__(self, name: str, one: Print, /) -> None: ...


class Verdict(StrEnum):
    """What becomes of a readable record."""

    FRESH = "accepted"
    UPDATE = "updated"
    REPEAT = "duplicate"


def judge(
    records: Iterable[tuple[Print, str]],
    prints: Prints[Print],
    named: Named[Print],
) -> Iterator[Verdict]:
    """One verdict a record.

    Args:
        records: the fingerprint of each, and its external id or nothing.
        prints: the fingerprints of what is there; follows along.
        named: the fingerprint under each external id that is there; follows along.
    """
    for fingerprint, name in records:
        if fingerprint in prints:
            yield Verdict.REPEAT
            continue
        old = named.get(name) if name else None
        if old is not None:
            prints.discard(old)
        prints.add(fingerprint)
        if name:
            named[name] = fingerprint
        yield Verdict.FRESH if old is None else Verdict.UPDATE
