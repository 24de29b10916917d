"""What people said of samples, as a column beside their text: as it was when a version was frozen.

A version keeps the text and the status of its samples. The rest is told by their events: what
happened since is taken back.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlmodel import Session

from app.curation.review_fold import marks_of
from app.storage import events, samples

COLUMN = "review"
LAST = 2**62

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
    since: dict[int, dict[str, Any]] = defaultdict(dict)  # what it was before all that came later
    notes: dict[int, list[str]] = defaultdict(list)
    for event in events.about(session, ids):
        number = int(event.sample_id or 0)
        if event.seq > through:
            since[number] = {**event.body.get("from", {}), **since[number]}
        elif event.kind == "noted":
            notes[number].append(str(event.body["note"]))
    found = samples.movable(session, ids)
    return {it: _column({**found[it], **since[it]}, notes[it]) for it in ids}


def _column(state: Mapping[str, Any], notes: Sequence[str]) -> bytes:
    return orjson.dumps(
        {
            "status": state["status"],
            "label": state["label"],
            "marks": marks_of(state["marks"]),
            "flagged": state["flagged"],
            "quality": state["quality"],
            "notes": notes,
        }
    )
