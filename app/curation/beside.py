"""What stands beside a sample's text, as imports bring it: label, source, family, unknown columns.

An import under a known external id brings a record anew. What people decided meanwhile stays,
unless the record itself says something else than it said when it was brought last.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import moves, preparing
from app.curation.repeats import Known
from app.formats.sample import Sample
from app.storage import brought, events, revisions
from app.storage.tables import EventRow

FACETS = ("label", "origin", "source", "split", "language", "family")
KEPT = ("source", "split", "language", "family", "dialect", "extra", "raw")
"""Columns that only imports change; a kept text of a sample remembers them, `raw` as the last."""
MOVED = ("label", "origin")
"""Columns that imports and people change."""
BASE = ("fingerprint", *MOVED)
"""What an event of an import tells of its record, and of the one that was brought before it."""
BROUGHT = "brought"


Columns = Mapping[str, Any]


def whole(columns: Columns) -> str:
    """All that a record says, as one hash: how it spells numbers, and in what order, is nothing."""
    extra = orjson.loads(columns["extra"]) if columns["extra"] != "{}" else {}
    told = [columns["fingerprint"], *(str(columns[name]) for name in FACETS), extra]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def whole_of(sample: Sample) -> str:
    """The same, of a record that is just read."""
    return whole({**preparing.columns_beside(sample), "fingerprint": sample.fingerprint})


def brought_last(session: Session, dataset_id: int, names: Sequence[str]) -> dict[str, Columns]:
    """The columns of `whole` as imports brought them last, by external id.

    People may have changed the sample since: `said` is the fingerprint of the text that it has.
    """
    rows = brought.by_name(session, dataset_id, names)
    touched = [row.id for row in rows if row.version > 1]
    told: dict[int, list[EventRow]] = {}
    for event in events.about(session, touched):
        told.setdefault(int(event.sample_id or 0), []).append(event)
    found: dict[str, Columns] = {}
    for row in rows:
        base = _base_of(session, row.id, told.get(row.id, ()))
        found[row.external_id] = {**row._asdict(), "said": row.fingerprint, **base}
    return found


def known(columns: Columns) -> Known[str]:
    """The same as what a record is judged by."""
    return Known(columns["said"], columns["fingerprint"], whole(columns))


def base_in(columns: Columns) -> dict[str, str]:
    """Of columns, what an import and people may change, and that is told in events."""
    return {name: str(columns[name]) for name in BASE}


def _base_of(session: Session, sample_id: int, told: Iterable[EventRow]) -> dict[str, Any]:
    """What was changed since an import brought it, as it was brought."""
    base: dict[str, Any] = {}
    acts: dict[str, tuple[Columns, Columns]] = {}  # what was brought before an upload, and by it
    for event in told:
        root, step = moves.root_of(event.batch)
        if BROUGHT in event.body:
            before, after = event.body[BROUGHT]["from"], event.body[BROUGHT]["to"]
            acts[root] = (acts[root][0] if root in acts else before, after)
            base = dict(after)
        elif root in acts:  # it was undone or redone
            base = dict(acts[root][1 - step % 2])
        else:
            base = {**_movable(event.body.get("from", {})), **base}
    number = base.pop("revision", None)
    if number is not None and "fingerprint" not in base:
        base["fingerprint"] = revisions.get(session, sample_id, number).fingerprint
    return base


def _movable(before: Columns) -> dict[str, Any]:
    return {name: before[name] for name in (*MOVED, "revision") if name in before}
