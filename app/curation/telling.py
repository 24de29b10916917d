"""What happened, as a sentence for a person. Pure."""

from collections.abc import Mapping
from typing import Any

from app.curation.review_fold import marks_of
from app.storage.tables import EventRow

STATUS = {
    "approved": "Approved",
    "rejected": "Rejected",
    "needs_work": "Marked as needing work",
    "pending": "Set back to pending",
}

PLAIN = {
    "noted": "Noted",
    "commented": "Commented",
    "declined": "Suggestion declined",
    "judged": "Judged",  # not how: whoever judges next must not know
}


def act(begun: EventRow | None) -> str:
    """What an act did, by the event that began it: "Approved 214 samples"."""
    if begun is None:
        return "Nothing"
    if begun.sample_id is None:
        matched = int(begun.body.get("matched", 0))
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


def line(kind: str, body: Mapping[str, Any]) -> str:
    """One event of a sample's history: "Undone: set back to pending"."""
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "suggested":
        return f"Suggested: {body.get('suggests', '')} (not a person: {body.get('by', '')})"
    said = change(body.get("to", {}))
    if "accepts" in body:
        return f"{said}, as suggested"
    if kind in ("undone", "redone"):
        return f"{kind.capitalize()}: {said[0].lower()}{said[1:]}"
    return said


def change(to: Mapping[str, Any]) -> str:
    """What a change made of a sample."""
    said = []
    if "status" in to:
        said.append(STATUS[to["status"]])
    if "label" in to:
        said.append(f"Labelled {to['label']}" if to["label"] else "Label removed")
    if "revision" in to:
        said.append(f"Edited, text {to['revision']}")
    if "marks" in to:
        marks = ", ".join(marks_of(to["marks"]))
        said.append(f"Marked {marks}" if marks else "Marks removed")
    if "flagged" in to:
        said.append("Flagged" if to["flagged"] else "Flag removed")
    if "quality" in to:
        said.append(f"Rated {to['quality']} of 5" if to["quality"] else "Rating removed")
    if "deleted" in to:
        said.append("Moved to the trash" if to["deleted"] else "Taken out of the trash")
    return ", ".join(said) or "Changed"
