"""ShareGPT: `conversations` of from and value, with a system prompt at the top or inside."""

from collections.abc import Mapping

from app.formats import columns, dialect
from app.formats.dialect import Dialect, Value, has_answer, missing, unknown_role, wrong_type
from app.formats.entries import Fault
from app.formats.sample import ROLES, Message, Role, Sample

# How this dialect spells a role that the source did not spell in its own way.
SPELLINGS: Mapping[Role, str] = {
    "system": "system",
    "user": "human",
    "assistant": "gpt",
    "tool": "observation",
}
_NAMES = ("conversations", "conversation")


def claims(value: Value) -> bool:
    """Whether the record has a list of conversations."""
    return any(name in value for name in _NAMES)


def name_in(value: Value) -> str:
    """What the record calls its list of turns."""
    return next(name for name in _NAMES if name in value)


def parse(value: Value) -> Sample | Fault:
    """Read a record; the spelling of a role is kept where it is not the usual one."""
    name = name_in(value)
    turns, system = value[name], value.get("system")
    if not isinstance(turns, list):
        return wrong_type(name, "a list of turns", turns)
    if system is not None and not isinstance(system, str):
        return wrong_type("system", "a text", system)
    messages = dialect.read_turns(turns, read_turn)
    if isinstance(messages, Fault):
        return messages
    if system:
        messages.insert(0, Message("system", system))
    if not has_answer(messages):
        return missing("the last turn of the assistant")
    return Sample(
        messages=tuple(messages),
        facets=columns.facets_of(value),
        external_id=columns.external_id_of(value),
        extra=columns.others(value, () if name == "conversation" else (name,)),
        dialect="sharegpt",
    )


def write(sample: Sample) -> dict[str, object]:
    """The sample as a record with `conversations`."""
    messages = list(sample.messages)
    native = sample.dialect == "sharegpt"
    extra = columns.others(sample.extra, ("conversations",))
    if native and extra.get("system") and messages and messages[0].role == "system":
        extra["system"] = messages.pop(0).content
    name = "conversation" if native and "conversation" in extra else "conversations"
    extra.pop(name, None)
    return {name: [write_turn(message) for message in messages], **extra}


def read_turn(turn: object) -> Message | Fault:
    """One object with from and value, or what is wrong with it."""
    if not isinstance(turn, dict):
        return wrong_type("conversations", "a list of objects with from and value", turn)
    spelled, text = turn.get("from"), turn.get("value")
    if not isinstance(spelled, str) or spelled not in ROLES:
        return unknown_role(spelled)
    if not isinstance(text, str):
        return wrong_type("value", "a text", text)
    role = ROLES[spelled]
    extra = columns.others(turn, ("from", "value"))
    if spelled != SPELLINGS[role]:
        extra["from"] = spelled
    return Message(role, text, extra)


def write_turn(message: Message) -> dict[str, object]:
    """The message as from and value."""
    extra = columns.others(message.extra, ("role", "content"))
    return {"from": SPELLINGS[message.role], "value": message.content, **extra}


DIALECT = Dialect(
    "sharegpt",
    "conversations",
    frozenset(("system", "conversation")),
    claims,
    parse,
    write,
)
