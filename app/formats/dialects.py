"""Which fields hold the conversation: told by the first records, checked again at every one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.formats import alpaca, messages, pairs, sharegpt
from app.formats.dialect import Dialect
from app.formats.entries import Fault, Record, listed, reject
from app.formats.sample import Rejected, Sample

# Where a record fits several, the first one wins.
DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        messages.DIALECT,
        sharegpt.DIALECT,
        alpaca.DIALECT,
        pairs.PROMPT_COMPLETION,
        pairs.PROMPT_RESPONSE,
        pairs.QUESTION_ANSWER,
        pairs.INPUT_OUTPUT,
    )
}
LOOKED_FOR = tuple(dialect.fields for dialect in DIALECTS.values())
DETECTED_RECORDS = 200


_PAIR = Fault(
    "preference_pair",
    "This is a preference pair (chosen and rejected); such pairs are not read yet.",
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


def detect(values: Sequence[Mapping[str, object]]) -> Detection:
    """Tell the dialect from the first 200 records."""
    seen = values[:DETECTED_RECORDS]
    fits = {
        name: sum(dialect.claims(value) for value in seen) for name, dialect in DIALECTS.items()
    }
    best = max(fits, key=lambda name: fits[name])
    if not fits[best]:
        return Detection("", 0.0)
    return Detection(best, fits[best] / len(seen))


def parse(record: Record, detection: Detection) -> Sample | Rejected:
    """Read one record: in the detected dialect, or in whichever its own fields speak."""
    dialect = DIALECTS.get(detection.dialect)
    if dialect is None or not dialect.claims(record.value):
        dialect = next((one for one in DIALECTS.values() if one.claims(record.value)), None)
    if dialect is None:
        found: Sample | Fault = _unknown(record.value)
    else:
        found = _PAIR if _is_preference(record.value) else dialect.parse(record.value)
    if isinstance(found, Fault):
        return reject(record.line, record.offset, found, record.raw)
    return found


def _is_preference(value: Mapping[str, object]) -> bool:
    return "chosen" in value and "rejected" in value


def _unknown(value: Mapping[str, object]) -> Fault:
    looked_for = "; ".join(LOOKED_FOR)
    return Fault(
        "unknown_fields",
        f"No known fields: looked for {looked_for}; found {listed(value)}.",
    )
