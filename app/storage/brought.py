"""What a data set holds already of what an import brings: asked for each chunk of a file.

The queries are made once, without values. SQLAlchemy's queries refer to themselves: a thousand
values in each would lie about until the garbage collector comes by, 150 MB later.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, select

from app.storage.tables import SampleRow

_IS_HERE = SampleRow.dataset_id == bindparam("dataset")
_ASKED: Any = bindparam("asked", expanding=True)
_KNOWN = select(SampleRow.fingerprint).where(_IS_HERE, col(SampleRow.fingerprint).in_(_ASKED))
_NAMED = select(  # type: ignore[call-overload]
    SampleRow.id, SampleRow.external_id, SampleRow.version, SampleRow.fingerprint, SampleRow.extra,
    SampleRow.label, SampleRow.origin, SampleRow.source, SampleRow.split, SampleRow.language,
    SampleRow.family,
).where(_IS_HERE, col(SampleRow.external_id).in_(_ASKED))  # fmt: skip


def fingerprints(session: Session, dataset_id: int, asked: Sequence[str]) -> set[str]:
    """Which of these fingerprints the data set holds already, in the trash or not."""
    return set(session.execute(_KNOWN, {"dataset": dataset_id, "asked": asked}).scalars())


def by_name(session: Session, dataset_id: int, asked: Sequence[str]) -> Sequence[Row[Any]]:
    """What an import may bring, of the samples that carry one of these ids of their source."""
    if not asked:
        return ()
    return session.execute(_NAMED, {"dataset": dataset_id, "asked": asked}).all()
