"""What happened, as a sentence for a person. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from app.curation.review_fold import marks_of
from app.storage.tables import EventRow

STATUS = {
    "approved": "Approved",
    "rejected": "Rejected",
    "needs_work": "Marked as needing work",
    "pending": "Set back to pending",
}

ORDERS = {
    "approved": "Approve {}",
    "rejected": "Reject {}",
    "needs_work": "Mark {} as needing work",
    "pending": "Set {} back to pending",
}

PLAIN = {
    "noted": "Noted",
    "commented": "Commented",
    "declined": "Suggestion declined",
    "withdrawn": "Comment withdrawn",
    "judged": "Judged",  # not how: whoever judges next must not know
}


def act(begun: EventRow | None) -> str:
    """What an act did, by the event that began it: "Approved 214 samples"."""
    if begun is None:
        return "Nothing"
    if begun.sample_id is None:
        matched = int(begun.body.get("matched", 0))
        if "upload" in begun.body:
            return f"Took upload {begun.body['upload']} into samples that were there"
        if "version" in begun.body:
            return f"Restored version {begun.body['version']}"
        return bulk(begun.body.get("to", {}), matched, matched)
    if begun.kind == "judged":
        return f"Judged sample {begun.sample_id}"
    return f"{change(begun.body.get('to', {}))}: sample {begun.sample_id}"


def bulk(to: Mapping[str, Any], changed: int, matched: int) -> str:
    """A bulk act: "Approved: 12 of 214 samples"."""
    of = "" if changed == matched else f"{changed:,} of "
    return f"{change(to)}: {of}{matched:,} {'sample' if matched == 1 else 'samples'}"


def question(to: Mapping[str, Any], samples: str) -> str:
    """What a bulk act asks first: "Approve 214 samples?"."""
    if "status" in to:
        return f"{ORDERS[to['status']].format(samples)}?"
    if "label" in to:
        return (
            f"Label {samples} {to['label']}?" if to["label"] else f"Take the label off {samples}?"
        )
    if "mark" in to:
        return f"Mark {samples} {to['mark']}?"
    if "unmark" in to:
        return f"Take the mark {to['unmark']} off {samples}?"
    if "flagged" in to:
        return f"Flag {samples}?" if to["flagged"] else f"Take the flag off {samples}?"
    if "quality" in to:
        rated = f"Rate {samples} {to['quality']} of 5?"
        return rated if to["quality"] else f"Take the rating off {samples}?"
    return f"Move {samples} to the trash?" if to.get("deleted") else f"Restore {samples}?"


def line(kind: str, body: Mapping[str, Any]) -> str:
    """One event of a sample's history: "Undone: set back to pending"."""
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "suggested":
        return f"Suggested: {body.get('suggests', '')} (not a person: {body.get('by', '')})"
    to = body.get("to", {})
    if kind == "brought":
        told = change({name: value for name, value in to.items() if name != "revision"})
        return f"Brought anew by an import, text {to['revision']}: {told[0].lower()}{told[1:]}"
    said = change(to)
    if "accepts" in body:
        return f"{said}, as suggested"
    if kind in ("undone", "redone"):
        return f"{kind.capitalize()}: {said[0].lower()}{said[1:]}"
    return said


def remark(event: EventRow) -> str:
    """The reason or the note that came with an event; never that of a judgement, see `PLAIN`."""
    if event.kind == "judged":
        return ""
    return str(event.body.get("reason") or event.body.get("note") or "")


def change(to: Mapping[str, Any]) -> str:
    """What a change made of a sample."""
    return ", ".join(say(to[name]) for name, say in SAID.items() if name in to) or "Changed"


def _marked(value: str) -> str:
    marks = ", ".join(marks_of(value))
    return f"Marked {marks}" if marks else "Marks removed"


SAID: Mapping[str, Callable[[Any], str]] = {
    "status": lambda value: STATUS[value],
    "label": lambda value: f"Labelled {value}" if value else "Label removed",
    "revision": lambda value: f"Edited, text {value}",
    "marks": _marked,
    "mark": lambda value: f"Marked {value}",
    "unmark": lambda value: f"No longer marked {value}",
    "flagged": lambda value: "Flagged" if value else "Flag removed",
    "quality": lambda value: f"Rated {value} of 5" if value else "Rating removed",
    "deleted": lambda value: "Moved to the trash" if value else "Taken out of the trash",
}
"""How each part of a change is told."""
