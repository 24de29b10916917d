"""Quotas: how large a share of the data each label, or value of another facet, should have.

They are met by the data's own distinct samples, drawn again so that every label has its share. So a
label with too many samples has cells that are too full; a label without any has no cell at all and
is told beside the board.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation import texts
from app.curation.board_views import QuotaLine
from app.errors import InvalidError
from app.geometry import balance, resampling
from app.storage import facets
from app.storage.board_tables import TargetRow
from app.storage.facets import FACETS, QuotaFacet
from app.storage.tables import DatasetRow

FEWEST, MOST = 200, 60_000
"""Rows of the target, whatever the size of the data."""
MOST_SHARES = 500
LONGEST_VALUE = 200
PLURALS = {
    "label": "labels",
    "source": "sources",
    "split": "splits",
    "language": "languages",
    "origin": "origins",
}


class QuotaError(InvalidError):
    """These are no quotas."""

    code = "quotas"


@dataclass(frozen=True, slots=True)
class Quotas:
    """Shares of the values of a facet; they are positive and add up to one."""

    facet: QuotaFacet
    shares: dict[str, float]

    @property
    def name(self) -> str:
        """What the board calls them."""
        return f"quotas for {len(self.shares)} {PLURALS[self.facet]}"

    def as_definition(self) -> dict[str, Any]:
        """What is kept of a target."""
        return {"facet": self.facet, "shares": self.shares}


def read(definition: Mapping[str, Any]) -> Quotas:
    """Check quotas, and make the shares add up to one; values of no share are left out.

    Raises:
        QuotaError: an unknown facet, no shares, or a share that is none.
    """
    facet, shares = definition.get("facet", "label"), definition.get("shares")
    if facet not in FACETS:
        raise QuotaError(f"Quotas are about one of these: {', '.join(FACETS)}.")
    if not isinstance(shares, Mapping) or not shares:
        raise QuotaError('Quotas need shares, such as {"refund": 0.2, "delivery": 0.8}.')
    if len(shares) > MOST_SHARES:
        raise QuotaError(f"Quotas for more than {MOST_SHARES} values cannot be told apart.")
    for value, share in shares.items():
        _check(value, share)
    total = sum(shares.values())
    if not 0 < total < math.inf:
        raise QuotaError("At least one share has to be above zero.")
    return Quotas(facet, {value: share / total for value, share in shares.items() if share})


def choose_rows(
    session: Session, dataset_id: int, quotas: Quotas, ids: Sequence[int]
) -> NDArray[np.int64]:
    """Rows of `ids`, repeated so that the values' shares are the quotas.

    Raises:
        QuotaError: none of the values occurs among these samples.
    """
    known = facets.values_of(session, dataset_id, quotas.facet)
    numbers = {value: number for number, value in enumerate(quotas.shares)}
    group = np.array([numbers.get(known.get(one, ""), -1) for one in ids], dtype=np.int64)
    size = int(np.clip((group >= 0).sum(), FEWEST, MOST))
    rows = resampling.choose(group, np.array(list(quotas.shares.values())), size=size)
    if not len(rows):
        asked = ", ".join(list(quotas.shares)[:3])
        raise QuotaError(f"No sample has any {quotas.facet} that the quotas ask for ({asked}).")
    return rows


def lines(session: Session, dataset: DatasetRow, target: TargetRow) -> tuple[QuotaLine, ...]:
    """Have and want of each value, those asked for first; () for targets of other kinds."""
    if target.kind != "quotas":
        return ()
    quotas = read(target.definition)
    held = facets.count_of(session, dataset.id, quotas.facet)
    shares = np.array(list(quotas.shares.values()))
    counts = np.array([held.get(value, 0) for value in quotas.shares], dtype=np.int64)
    wanted = shares * balance.typical_density(counts, shares)
    told = [
        _line(dataset, quotas.facet, value, int(have), float(want))
        for value, have, want in zip(quotas.shares, counts, wanted, strict=True)
    ]
    others = [value for value in held if value and value not in quotas.shares]
    return (*told, *(_line(dataset, quotas.facet, one, held[one], 0.0) for one in others))


def _line(dataset: DatasetRow, facet: str, value: str, have: int, want: float) -> QuotaLine:
    href = f"/d/{dataset.slug}/samples?{urlencode({facet: value})}"
    return QuotaLine(value, have, want, _state(have, want), href if have else "")


def _state(have: int, want: float) -> str:
    ratio = (have + 1) / (want + 1)
    if not want:
        return "unasked"
    if not have:
        return "missing"
    if ratio >= balance.TOO_MANY:
        return "over"
    return "under" if ratio <= balance.FEW else "even"


def _check(value: object, share: object) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_VALUE:
        raise QuotaError(f"A quota is for a name of 1 to {LONGEST_VALUE} characters.")
    if not texts.is_storable(value):
        raise QuotaError("The name of a quota holds a character that no text can hold.")
    if isinstance(share, bool) or not isinstance(share, int | float):
        raise QuotaError(f"The share of {value} is not a number.")
    if not (math.isfinite(share) and share >= 0):
        raise QuotaError(f"The share of {value} has to be zero or more.")
