"""What stands beside a sample's text, as imports bring it: label, source, family, unknown columns.

An import under a known external id brings a record anew. What people decided meanwhile stays,
unless the record itself says something else than it said when it was brought last.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import preparing
from app.curation.repeats import Known
from app.formats.sample import Sample
from app.storage import brought, events, revisions
from app.storage.events import UPLOAD_BATCH
from app.storage.tables import EventRow, SampleRow

FACETS = ("label", "origin", "source", "split", "language", "family")
KEPT = ("source", "split", "language", "family", "dialect", "extra", "raw")
"""Columns that only imports change; a kept text of a sample remembers them."""
MOVED = ("label", "origin")
"""Columns that imports and people change."""
_BASE = (*MOVED, "revision")


def whole(columns: Mapping[str, Any]) -> str:
    """All that a record says, as one hash: how it spells numbers, and in what order, is nothing."""
    extra = orjson.loads(columns["extra"]) if columns["extra"] != "{}" else {}
    told = [columns["fingerprint"], *(str(columns[name]) for name in FACETS), extra]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def whole_of(sample: Sample) -> str:
    """The same, of a record that is just read."""
    return whole({**preparing.columns_beside(sample), "fingerprint": sample.fingerprint})


def known(session: Session, dataset_id: int, names: Sequence[str]) -> dict[str, Known[str]]:
    """What is known of the samples that carry one of these ids of their source."""
    rows = brought.by_name(session, dataset_id, names)
    touched = [row.id for row in rows if row.version > 1]
    told: dict[int, list[EventRow]] = {}
    for event in events.about(session, touched):
        told.setdefault(int(event.sample_id or 0), []).append(event)
    found = {}
    for row in rows:
        columns = row._asdict() | _base_of(session, row.id, told.get(row.id, ()))
        found[row.external_id] = Known(row.fingerprint, columns["fingerprint"], whole(columns))
    return found


def base_of(session: Session, row: SampleRow) -> dict[str, Any]:
    """What an import brought last of what people may change: fingerprint, label and origin."""
    now = {"fingerprint": row.fingerprint, "label": row.label, "origin": str(row.origin)}
    told = events.of_sample(session, row.id) if row.version > 1 else ()
    return now | _base_of(session, row.id, told)


def _base_of(session: Session, sample_id: int, told: Iterable[EventRow]) -> dict[str, Any]:
    """What people changed since an import brought it, as it was brought."""
    base: dict[str, Any] = {}
    for event in told:
        before, after = event.body.get("from", {}), event.body.get("to", {})
        by_import = event.batch.startswith(UPLOAD_BATCH)
        for name in _BASE:
            if name in after and (by_import or name not in base):
                base[name] = (after if by_import else before)[name]
    number = base.pop("revision", None)
    if number is not None:
        base["fingerprint"] = revisions.get(session, sample_id, number).fingerprint
    return base
