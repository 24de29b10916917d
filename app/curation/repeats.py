"""Which records are new, which say something anew, and which were seen before.

Records are taken one after the other: what the first of them changes, the next
one finds changed. The same rule counts before an import and stores during it.
"""

from collections.abc import Hashable, Iterable, Iterator, MutableMapping, MutableSet
from enum import StrEnum
from typing import TypeVar

Print = TypeVar("Print", bound=Hashable)


class Verdict(StrEnum):
    """What becomes of a readable record."""

    FRESH = "accepted"
    UPDATE = "updated"
    REPEAT = "duplicate"


def judge(
    records: Iterable[tuple[Print, str]],
    prints: MutableSet[Print],
    named: MutableMapping[str, Print],
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
