"""Gemini: `contents` by user and model, each a list of parts."""

from collections.abc import Mapping
from functools import partial

from app.formats import columns, dialect
from app.formats.dialect import Dialect, Value, has_answer, missing, unknown_role, wrong_type
from app.formats.entries import Fault
from app.formats.sample import ROLES, Message, Role, Sample, text_of

SPELLINGS: Mapping[Role, str] = {
    "system": "system",
    "user": "user",
    "assistant": "model",
    "tool": "function",
}
_SYSTEM = ("systemInstruction", "system_instruction")


def claims(value: Value) -> bool:
    """Whether the record has contents."""
    return "contents" in value


def parse(value: Value) -> Sample | Fault:
    """Read a record; parts that are no text stay in the message as they are."""
    turns = value["contents"]
    if not isinstance(turns, list):
        return wrong_type("contents", "a list of turns", turns)
    name = next((name for name in _SYSTEM if value.get(name)), "")
    system = dialect.read_turns([value[name]] if name else [], partial(_message, system=True))
    said = dialect.read_turns(turns, _message)
    if isinstance(system, Fault):
        return system
    if isinstance(said, Fault):
        return said
    if not has_answer(said):
        return missing("the last turn of the model")
    return Sample(
        messages=(*system, *said),
        facets=columns.facets_of(value),
        external_id=columns.external_id_of(value),
        extra=columns.others(value, ("contents",)),
        dialect="gemini",
    )


def write(sample: Sample) -> dict[str, object]:
    """The sample as a record with `contents`."""
    turns = list(sample.messages)
    extra = columns.others(sample.extra, ("contents",))
    name = next((name for name in _SYSTEM if extra.get(name)), "")
    if turns and turns[0].role == "system" and (name or sample.dialect != "gemini"):
        extra[name or _SYSTEM[0]] = _turn(turns.pop(0))
    return {**extra, "contents": [_turn(message) for message in turns]}


def _message(turn: object, *, system: bool = False) -> Message | Fault:
    if not isinstance(turn, dict):
        return wrong_type("contents", "a list of objects with role and parts", turn)
    written, parts = turn.get("role"), turn.get("parts")
    spelled = "system" if system else turn.get("role", "user")
    if not isinstance(spelled, str) or spelled not in ROLES:
        return unknown_role(spelled)
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return wrong_type("parts", "a list of objects", parts)
    role, text = ROLES[spelled], text_of(parts) or ""
    extra = columns.others(turn, ("role", "parts"))
    if written != SPELLINGS[role]:
        extra["from"] = written
    if parts != [{"text": text}]:
        extra["content"] = parts
    return Message(role, text, extra)


def _turn(message: Message) -> dict[str, object]:
    role = message.extra.get("from", SPELLINGS[message.role])
    parts = message.extra.get("content", [{"text": message.content}])
    written = {"role": role, "parts": parts} if role is not None else {"parts": parts}
    return {**written, **columns.others(message.extra, ("from", "role", "content"))}


DIALECT = Dialect("gemini", "contents", frozenset(_SYSTEM), claims, parse, write)
