"""Which column holds what, as a person said it: for tables and for fields that nobody knows."""

from collections.abc import Mapping as Columns
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import orjson

from app.errors import InvalidError
from app.formats import columns, messages, sharegpt
from app.formats.dialect import missing, wrong_type
from app.formats.entries import Fault, Record, reject
from app.formats.sample import Facets, Message, Rejected, Sample

ColumnRole = Literal[
    "messages",
    "input",
    "output",
    "rejected",
    "verdict",
    "system",
    "label",
    "source",
    "split",
    "language",
    "origin",
    "family",
    "id",
    "metadata",
    "ignore",
]
ROLES: tuple[ColumnRole, ...] = get_args(ColumnRole)
DIALECT = "mapped"

_VERDICTS: Columns[str, bool] = {
    **dict.fromkeys(("true", "1", "1.0", "yes", "good", "desirable"), True),
    **dict.fromkeys(("false", "0", "0.0", "no", "bad", "undesirable"), False),
}

# Names that people give, the likeliest first.
_NAMES: Columns[ColumnRole, tuple[str, ...]] = {
    "messages": ("messages", "conversations", "conversation", "dialog", "dialogue", "chat"),
    "system": ("system", "system_prompt", "system_message"),
    "output": (
        *("output", "completion", "response", "answer", "reply", "target", "expected"),
        *("output_text", "summary", "translation", "assistant", "corrected", "solution"),
        *("chosen", "preferred"),
    ),
    "rejected": ("rejected", "non_preferred"),
    "input": (
        *("input", "prompt", "question", "query", "instruction", "text", "message", "user"),
        *("utterance", "input_text", "request", "sentence", "problem", "document", "source_text"),
    ),
    "label": columns.LABELS,
    "source": ("source",),
    "split": ("split",),
    "language": columns.LANGUAGES,
    "origin": ("origin",),
    "family": columns.FAMILIES,
    "id": columns.NAMES,
}


class MappingError(InvalidError):
    """This is not a mapping of columns to roles."""

    code = "bad_mapping"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A role for each column; a column without one is metadata.

    Beside a rejected answer the output is the better one; a verdict says whether it is good.
    Several columns of input, or of output, become one text with blank lines between.
    """

    columns: Columns[str, ColumnRole]

    def named(self, role: ColumnRole) -> tuple[str, ...]:
        """The columns that have this role."""
        return tuple(name for name, given in self.columns.items() if given == role)

    @property
    def lack(self) -> str:
        """What a sample cannot be without, in a sentence; empty when nothing lacks."""
        if self.named("rejected") and self.named("verdict"):
            return "A pair of answers has no verdict: only one column can be either."
        said = self.named("messages")
        if said:
            return "Only one column can hold the messages." if len(said) > 1 else ""
        lacking = [role for role in ("input", "output") if role not in self.columns.values()]
        return f"No column is the {' or the '.join(lacking)}." if lacking else ""


def to_json(mapping: Mapping) -> str:
    """The mapping as it is kept with a data set."""
    return orjson.dumps(dict(mapping.columns)).decode()


def from_json(text: str | bytes) -> Mapping:
    """Read back what to_json wrote, or what a program sent; raises MappingError."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MappingError("A mapping is a JSON object of columns and their roles.") from error
    if not isinstance(found, dict):
        raise MappingError("A mapping is a JSON object of columns and their roles.")
    for name, role in found.items():
        if role not in ROLES:
            known = ", ".join(ROLES)
            raise MappingError(f"'{name[:60]}' has no role out of {known}.")
    return Mapping(found)


def guess(values: Sequence[Columns[str, object]]) -> Mapping:
    """A first proposal, by the names of the columns and then by their texts."""
    names = list(dict.fromkeys(name for value in values for name in value))
    found: dict[str, ColumnRole] = {}
    for role, known in _NAMES.items():
        matching = [name for name in names if name.lower().strip() in known and name not in found]
        matching.sort(key=lambda name: known.index(name.lower().strip()))
        if role == "input" and "instruction" in map(str.lower, matching):
            matching.sort(key=lambda name: name.lower() != "instruction")
            found |= dict.fromkeys(matching[:2], role)
        elif matching:
            found[matching[0]] = role
    return Mapping(_completed(found, names, values))


def guess_input(values: Sequence[Columns[str, object]]) -> str:
    """The column that most likely holds what is asked, or "" where none holds a text."""
    named = guess(values).named("input")
    names = dict.fromkeys(name for value in values for name in value)
    fullest = max(names, key=lambda name: _characters(values, name), default="")
    return named[0] if named else fullest if _characters(values, fullest) else ""


def parse(record: Record, mapping: Mapping) -> Sample | Rejected:
    """Read one record as the mapping says; columns without a role are kept in `extra`."""
    found = read(record.value, mapping)
    if isinstance(found, Fault):
        return reject(record.line, record.offset, found, record.raw)
    return found


def overlay(sample: Sample, value: Columns[str, object], mapping: Mapping) -> Sample:
    """The sample of a dialect, with what was said about the columns beside its conversation."""
    dropped, facets = mapping.named("ignore"), _facets(value, mapping)
    return replace(
        sample,
        facets=replace(facets, origin=facets.origin or sample.facets.origin),
        external_id=columns.as_name(_cell(value, mapping.named("id"))),
        extra=columns.others(sample.extra, dropped) if dropped else sample.extra,
    )


def read(value: Columns[str, object], mapping: Mapping) -> Sample | Fault:
    """The sample of one object, or what is wrong with it."""
    if mapping.lack:
        return Fault("bad_mapping", mapping.lack)
    said = mapping.named("messages")
    found = _conversation(value, said[0]) if said else _pair(value, mapping)
    if isinstance(found, Fault):
        return found
    system = _text(value, mapping.named("system"))
    if isinstance(system, Fault):
        return system
    if system:
        found = (Message("system", system), *found)
    sample = Sample(
        messages=found,
        facets=_facets(value, mapping),
        external_id=columns.as_name(_cell(value, mapping.named("id"))),
        extra={
            name: cell
            for name, cell in value.items()
            if mapping.columns.get(name, "metadata") == "metadata"
        },
        dialect=DIALECT,
    )
    return _judged(sample, value, mapping)


def _judged(sample: Sample, value: Columns[str, object], mapping: Mapping) -> Sample | Fault:
    """The sample with its other answer, or with its verdict, where a column has one."""
    if names := mapping.named("rejected"):
        other = _text(value, names)
        if isinstance(other, Fault):
            return other
        if not other.strip():
            return missing(names[0])
        return replace(sample, kind="preference", rejected=(Message("assistant", other),))
    if names := mapping.named("verdict"):
        told = _VERDICTS.get(_cell(value, names).strip().lower())
        if told is None:
            return wrong_type(names[0], "true or false, yes or no, 1 or 0", value.get(names[0]))
        return replace(sample, kind="kto", desirable=told)
    return sample


def _completed(
    found: dict[str, ColumnRole], names: Sequence[str], values: Sequence[Columns[str, object]]
) -> dict[str, ColumnRole]:
    """The same with an answer and a question, out of the columns that hold most text."""
    roles = set(found.values())
    labels = [name for name, role in found.items() if role == "label"]
    if "messages" not in roles and "output" not in roles and labels:
        found[labels[0]] = "output"
        roles.add("output")
    free = [name for name in names if name not in found]
    free.sort(key=lambda name: -_characters(values, name))
    wanted: list[ColumnRole] = [role for role in ("input", "output") if role not in roles]
    if "messages" not in roles and len(free) >= len(wanted):
        chosen = sorted(free[: len(wanted)], key=names.index)
        found |= dict(zip(chosen, wanted, strict=True))
    return {name: found.get(name, "metadata") for name in names}


def _characters(values: Sequence[Columns[str, object]], name: str) -> int:
    cells = (value.get(name) for value in values)
    return sum(len(cell) for cell in cells if isinstance(cell, str))


def _conversation(value: Columns[str, object], name: str) -> tuple[Message, ...] | Fault:
    turns = value.get(name)
    if isinstance(turns, str):
        try:
            turns = orjson.loads(turns)
        except orjson.JSONDecodeError:
            return wrong_type(name, "a list of turns", turns)
    if not isinstance(turns, list) or not turns:
        return wrong_type(name, "a list of turns", turns)
    first = turns[0]
    spoken = isinstance(first, dict) and "from" in first
    dialect = sharegpt.DIALECT if spoken else messages.DIALECT
    found = dialect.parse({"conversations" if spoken else "messages": turns})
    return found if isinstance(found, Fault) else _respelled(found)


def _respelled(sample: Sample) -> tuple[Message, ...]:
    """The turns with roles spelled as `messages` spells them."""
    return tuple(
        replace(message, extra=columns.others(message.extra, ("from",)))
        for message in sample.messages
    )


def _pair(value: Columns[str, object], mapping: Mapping) -> tuple[Message, ...] | Fault:
    asked = _text(value, mapping.named("input"))
    answered = _text(value, mapping.named("output"))
    for text in (asked, answered):
        if isinstance(text, Fault):
            return text
    if not str(answered).strip():
        return missing(mapping.named("output")[0])
    return (Message("user", str(asked)), Message("assistant", str(answered)))


def _text(value: Columns[str, object], names: Sequence[str]) -> str | Fault:
    texts: list[str] = []
    for name in names:
        cell = value.get(name)
        if isinstance(cell, list | dict):
            return wrong_type(name, "a text", cell)
        if cell is not None:
            texts.append(cell if isinstance(cell, str) else orjson.dumps(cell).decode())
    return "\n\n".join(text for text in texts if text)


def _facets(value: Columns[str, object], mapping: Mapping) -> Facets:
    answers = [name for name in mapping.named("output") if name.lower() in columns.LABELS]
    return Facets(
        label=_cell(value, (*mapping.named("label"), *answers)),
        source=_cell(value, mapping.named("source")),
        split=_cell(value, mapping.named("split")),
        language=_cell(value, mapping.named("language")),
        origin=_cell(value, mapping.named("origin")),
        family=columns.as_name(_cell(value, mapping.named("family"))),
    )


def _cell(value: Columns[str, object], names: Sequence[str]) -> str:
    """What the first of the columns says that says anything in plain text."""
    texts = (_text(value, (name,)) for name in names)
    return next((text for text in texts if text and isinstance(text, str)), "")
