"""Which records are new, which say something anew, and which were seen before.

Records are taken one after the other: what the first of them changes, the next
one finds changed. The same rule counts before an import and stores during it.
"""

from collections.abc import Hashable, Iterable, Iterator
from enum import StrEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

Print = TypeVar("Print", bound=Hashable)
Any_contra = TypeVar("Any_contra", bound=Hashable, contravariant=True)


class Prints(Protocol[Any_contra]):
    """A set of fingerprints."""

    def __contains__(self, one: object, /) -> bool: ...

    def add(self, one: Any_contra, /) -> None:
        """Remember one."""

    def discard(self, one: Any_contra, /) -> None:
        """Forget one, if it is there."""


class Known(NamedTuple, Generic[Print]):
    """What is known of a sample: fingerprints, and one of a whole record (`beside.whole`).

    `said` is the text it has; `told` the text that an import brought last, which it has unless
    a person changed it; `whole` all that this import brought.
    """

    said: Print
    told: Print
    whole: Print


class Named(Protocol[Print]):
    """What is known by external id."""

    def get(self, name: str, /) -> Known[Print] | None:
        """What is known under a name, or None."""

    def __setitem__(self, name: str, one: Known[Print], /) -> None: ...


class Verdict(StrEnum):
    """What becomes of a readable record."""

    FRESH = "accepted"
    UPDATE = "updated"
    REPEAT = "duplicate"


def judge(
    records: Iterable[tuple[Print, str, Print]],
    prints: Prints[Print],
    named: Named[Print],
) -> Iterator[Verdict]:
    """One verdict a record.

    Args:
        records: the fingerprint of each, its external id or nothing, and all of it as one hash.
        prints: the fingerprints of what is there; follows along.
        named: what is known under each external id that is there; follows along.
    """
    for fingerprint, name, whole in records:
        old = named.get(name) if name else None
        verdict = _verdict(fingerprint, whole, old, prints)
        yield verdict
        if verdict is Verdict.REPEAT:
            continue
        said = fingerprint
        if old is not None:
            prints.discard(old.said)
            said = old.said if fingerprint == old.told else fingerprint
        prints.add(said)
        if name:
            named[name] = Known(said, fingerprint, whole)


def _verdict(
    fingerprint: Print, whole: Print, old: Known[Print] | None, prints: Prints[Print]
) -> Verdict:
    if old is None:
        return Verdict.REPEAT if fingerprint in prints else Verdict.FRESH
    if whole == old.whole:
        return Verdict.REPEAT  # also where a person changed the text since: it says nothing new
    is_anothers = fingerprint in prints and fingerprint not in (old.said, old.told)
    return Verdict.REPEAT if is_anothers else Verdict.UPDATE
