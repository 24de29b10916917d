"""What people said of samples, as a column beside their text: as it was when a version was frozen.

A version keeps the text and the status of its samples. The rest is told by their events: what
happened since is taken back.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlmodel import Session

from app.curation.review_fold import marks_of
from app.storage import events
from app.storage import said as sayings
from app.storage.said import Said

COLUMN = "review"
LAST = 2**62
REMEMBERED = 1_000
"""Columns that are kept as they were written: most samples have one of a few."""

Reviews = Mapping[int, bytes]
"""By sample, the column's value as JSON."""


def live(session: Session, ids: Sequence[int]) -> Reviews:
    """What people say of these samples now."""
    return _written(session, ids, through=LAST)


def frozen(session: Session, version_id: int, ids: Sequence[int]) -> Reviews:
    """What people had said of these samples when the version was frozen."""
    begun = events.head_of_batch(session, f"v{version_id}")
    return _written(session, ids, through=begun.seq if begun else LAST)


def beside(line: bytes, review: bytes) -> bytes:
    """The line of a JSON object with the column behind its others, all of them spelled as before.

    One that came with such a column (a file that was exported so) gets it anew.
    """
    if b'"review"' in line:
        record = {name: it for name, it in orjson.loads(line).items() if name != COLUMN}
        line = orjson.dumps(record) + b"\n"
    return line.rstrip()[:-1] + b',"review":' + review + b"}\n"


def _written(session: Session, ids: Sequence[int], *, through: int) -> Reviews:
    since: dict[int, dict[str, Any]] = {}  # what it was before all that came later
    notes: dict[int, list[str]] = {}
    for seq, number, body in sayings.notes_and_later(session, ids, through):
        if seq > through:
            since[number] = {**body.get("from", {}), **since.get(number, {})}
        else:
            notes.setdefault(number, []).append(str(body["note"]))
    found = sayings.now(session, ids)
    for number, before in since.items():
        told = {name: it for name, it in before.items() if name in Said._fields}
        found[number] = found[number]._replace(**told)
    return {it: _column(found[it], tuple(notes.get(it, ()))) for it in ids}


@lru_cache(maxsize=REMEMBERED)
def _column(said: Said, notes: tuple[str, ...]) -> bytes:
    told = said._asdict()
    return orjson.dumps({**told, "marks": marks_of(said.marks), "notes": notes})
