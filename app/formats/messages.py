"""OpenAI `messages`: a list of turns with role and content."""

from app.formats import columns
from app.formats.dialect import Dialect, Value, has_answer, missing, unknown_role, wrong_type
from app.formats.entries import Fault
from app.formats.sample import ROLES, Message, Sample, message_of, text_of


def claims(value: Value) -> bool:
    """Whether the record has a list of messages."""
    return "messages" in value


def parse(value: Value) -> Sample | Fault:
    """Read a record; tools and unknown columns are kept in `extra`."""
    turns = value["messages"]
    if not isinstance(turns, list):
        return wrong_type("messages", "a list of turns", turns)
    messages: list[Message] = []
    for turn in turns:
        message = _message(turn)
        if isinstance(message, Fault):
            return message
        messages.append(message)
    if not has_answer(messages):
        return missing("the last assistant message")
    return Sample(
        messages=tuple(messages),
        facets=columns.facets_of(value),
        external_id=columns.external_id_of(value),
        extra=columns.others(value, ("messages",)),
        dialect="messages",
    )


def write(sample: Sample) -> dict[str, object]:
    """The sample as a record with `messages`."""
    turns = [message.as_record() for message in sample.messages]
    return {"messages": turns, **columns.others(sample.extra, ("messages",))}


def _message(turn: object) -> Message | Fault:
    if not isinstance(turn, dict):
        return wrong_type("messages", "a list of objects with role and content", turn)
    role = turn.get("role")
    if not isinstance(role, str) or role not in ROLES:
        return unknown_role(role)
    if text_of(turn.get("content")) is None:
        return wrong_type("content", "a text or a list of parts", turn["content"])
    return message_of(turn)


DIALECT = Dialect("messages", "messages", frozenset(), claims, parse, write)
