"""Which fields hold the conversation: told by the first records, checked again at every one."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.formats import (
    alpaca,
    bare_text,
    bedrock_conversation,
    gemini_contents,
    judged,
    messages,
    pairs,
    preference,
    sharegpt,
    transcripts,
    turn_lists,
)
from app.formats.dialect import Dialect, missing
from app.formats.entries import Fault, Record, listed, reject
from app.formats.sample import Kind, Rejected, Sample

# Where a record fits several, the first one wins.
DIALECTS: Mapping[str, Dialect] = {
    one.name: one
    for one in (
        transcripts.DIALECT,
        *preference.DIALECTS,
        *judged.DIALECTS,
        bedrock_conversation.DIALECT,
        messages.DIALECT,
        sharegpt.DIALECT,
        gemini_contents.DIALECT,
        alpaca.DIALECT,
        turn_lists.DIALECT,
        pairs.PROMPT_COMPLETION,
        pairs.PROMPT_RESPONSE,
        pairs.QUESTION_ANSWER,
        pairs.INPUT_OUTPUT,
        bare_text.DIALECT,
    )
}
CHAT: tuple[Kind, ...] = ("chat",)
LOOKED_FOR = tuple(dialect.fields for dialect in DIALECTS.values() if dialect.kind == "chat")
DETECTED_RECORDS = 200
SPELLED: Mapping[Kind, str] = {
    "chat": "messages",
    "preference": "trl_preference",
    "kto": "messages_kto",
    "text": "text",
}
"""How a sample is written whose own dialect cannot say what it is by now."""
_PAIRED = frozenset(("chosen", "rejected", "chosen_messages", "preferred_output"))

_SIDES = (
    ("chosen", "rejected"),
    ("chosen_messages", "rejected_messages"),
    ("preferred_output", "non_preferred_output"),
)

_PAIR = Fault(
    "preference_pair",
    "This is a preference pair (chosen and rejected) in a shape that is not read.",
)


@dataclass(frozen=True, slots=True)
class Detection:
    """The dialect of most of the first records.

    Attributes:
        dialect: its name, or nothing when no record fits any.
        confidence: the part of the records that fit it, from 0 to 1.
        looked_for: the fields that were looked for, one entry a dialect.
    """

    dialect: str
    confidence: float
    looked_for: tuple[str, ...] = LOOKED_FOR


def detect(values: Sequence[Mapping[str, object]], *, kinds: Collection[Kind] = CHAT) -> Detection:
    """Tell the dialect from the first 200 records, among those that give such samples."""
    seen = values[:DETECTED_RECORDS]
    fits = Counter(one.name for value in seen if (one := _speaks(value, kinds)))
    if not fits:
        return Detection("", 0.0)
    # Of two that are as frequent, the one that comes first.
    best = max(DIALECTS, key=lambda name: fits[name])
    return Detection(best, fits[best] / len(seen))


def parse(
    record: Record, detection: Detection, *, kinds: Collection[Kind] = CHAT
) -> Sample | Rejected:
    """Read one record: in the detected dialect, or in whichever its own fields speak.

    Of `kinds` are those that the caller can keep: a sample of another kind is
    rejected, but an answer with a verdict is a conversation too.
    """
    found = read(record.value, detection, kinds=kinds)
    if isinstance(found, Fault):
        return reject(record.line, record.offset, found, record.raw)
    return found


def read(
    value: Mapping[str, object], detection: Detection, *, kinds: Collection[Kind] = CHAT
) -> Sample | Fault:
    """The sample of one object, or what is wrong with it."""
    dialect = None if _is_special(value) else DIALECTS.get(detection.dialect)
    if dialect is None or dialect.kind not in kinds or not dialect.claims(value):
        dialect = _speaks(value, kinds)
    if not _PAIRED.isdisjoint(value) and _is_preference(value, dialect):
        return _half(value) or _PAIR
    return dialect.parse(value) if dialect else _unknown(value)


def _speaks(value: Mapping[str, object], kinds: Collection[Kind]) -> Dialect | None:
    """The first dialect that claims the record."""
    special = _is_special(value)
    for dialect in DIALECTS.values():
        asked = special or dialect.kind in ("chat", "text")
        if asked and dialect.kind in kinds and dialect.claims(value):
            return dialect
    return None


def _is_special(value: Mapping[str, object]) -> bool:
    """Whether it may be a pair or a verdict: most records need not be asked."""
    if not _PAIRED.isdisjoint(value):
        return True
    return isinstance(value.get("label"), bool) or isinstance(value.get("kto_tag"), bool)


def _is_preference(value: Mapping[str, object], dialect: Dialect | None) -> bool:
    """Whether the record is a pair that the dialect would read as one answer."""
    pair = ("chosen" in value and "rejected" in value) or "preferred_output" in value
    pair = pair or ("chosen_messages" in value and "rejected_messages" in value)
    return pair and (dialect is None or dialect.kind != "preference")


def _half(value: Mapping[str, object]) -> Fault | None:
    """What a record lacks that has one side of a pair and not the other."""
    for sides in _SIDES:
        said = [side for side in sides if isinstance(value.get(side), str | list | dict)]
        if len(said) == 1:
            return missing(next(side for side in sides if side not in said))
    return None


def _unknown(value: Mapping[str, object]) -> Fault:
    if half := _half(value):
        return half
    looked_for = "; ".join(LOOKED_FOR)
    reason = f"No known fields: looked for {looked_for}; found {listed(value)}."
    return Fault("unknown_fields", f"{reason}{_wrapped(value)}")


def _wrapped(value: Mapping[str, object]) -> str:
    """Where the records of a file seem to lie that is one object, in a sentence."""
    for name, cell in value.items():
        if isinstance(cell, list) and [*map(type, cell[:2])] == [dict, dict]:
            return f" If the records are in {listed({name: cell})}, send that list alone."
    return ""
