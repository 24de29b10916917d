"""Bedrock's own conversations: every text is a list of blocks."""

from app.formats import columns, messages
from app.formats.dialect import Dialect, Value, wrong_type
from app.formats.entries import Fault
from app.formats.sample import Message, Sample, text_of

SCHEMA = "bedrock-conversation-2024"


def claims(value: Value) -> bool:
    """Whether the record says that it is one."""
    return "messages" in value and str(value.get("schemaVersion", "")).startswith("bedrock-")


def parse(value: Value) -> Sample | Fault:
    """Read a record; blocks that are no text stay in the message as they are."""
    blocks = value.get("system")
    if blocks is not None and not isinstance(blocks, list):
        return wrong_type("system", "a list of blocks", blocks)
    turns = value["messages"]
    for turn in turns if isinstance(turns, list) else []:
        if isinstance(turn, dict) and not isinstance(turn.get("content"), list):
            return wrong_type("content", "a list of blocks", turn.get("content"))
    found = messages.parse({**value, "system": None})
    if isinstance(found, Fault):
        return found
    said = [_message(message) for message in found.messages]
    if blocks:
        said.insert(0, _message(Message("system", text_of(blocks) or "", {"content": blocks})))
    return Sample(
        messages=tuple(said),
        facets=found.facets,
        external_id=found.external_id,
        extra=columns.others(value, ("messages",)),
        dialect="bedrock_conversation",
    )


def write(sample: Sample) -> dict[str, object]:
    """The sample as a record, with its own schema if it has one."""
    turns = list(sample.messages)
    extra = columns.others(sample.extra, ("messages",))
    if turns and turns[0].role == "system" and (extra.get("system") or "system" not in extra):
        extra["system"] = _blocks(turns.pop(0))
    written = [{**_rest(turn), "role": turn.role, "content": _blocks(turn)} for turn in turns]
    return {"schemaVersion": SCHEMA, **extra, "messages": written}


def _message(message: Message) -> Message:
    """The message with its blocks only where they say more than its text."""
    if message.extra.get("content") == [{"text": message.content}]:
        return Message(message.role, message.content, columns.others(message.extra, ("content",)))
    return message


def _blocks(message: Message) -> object:
    return message.extra.get("content", [{"text": message.content}])


def _rest(message: Message) -> dict[str, object]:
    return columns.others(message.extra, ("role", "content"))


DIALECT = Dialect(
    "bedrock_conversation",
    "schemaVersion + messages",
    frozenset(("schemaVersion", "system")),
    claims,
    parse,
    write,
)
