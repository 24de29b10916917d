"""OpenAI `messages`: a list of turns with role and content."""

from collections.abc import Mapping

from app.formats import columns, dialect
from app.formats.dialect import Dialect, Value, has_answer, missing, unknown_role, wrong_type
from app.formats.entries import Fault
from app.formats.sample import ROLES, Message, Rest, Sample, Turns, message_of, text_of


def claims(value: Value) -> bool:
    """Whether the record has a list of messages."""
    return "messages" in value and "schemaVersion" not in value


def parse(value: Value) -> Sample | Fault:
    """Read a record; tools and unknown columns are kept in `extra`.

    A system prompt beside the messages, as Anthropic writes it, becomes the first of them.
    """
    turns = value["messages"]
    if not isinstance(turns, list):
        return wrong_type("messages", "a list of turns", turns)
    system = value.get("system")
    messages = dialect.read_turns(turns, read_turn)
    if isinstance(messages, Fault):
        return messages
    if system and text_of(system) is not None:
        messages.insert(0, message_of({"role": "system", "content": system}))
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
    extra = columns.others(sample.extra, ("messages",))
    system = extra.get("system") if sample.dialect == "messages" else None
    if system and text_of(system) is not None and turns and turns[0]["role"] == "system":
        extra["system"] = turns.pop(0)["content"]
    return {"messages": turns, **extra}


def write_bare(turns: Turns, _rest: Rest, extra: Mapping[str, object]) -> dict[str, object]:
    """The same for turns of role and text alone, where `extra` has no system prompt."""
    return {"messages": turns, **columns.others(extra, ("messages",))}


def read_turn(turn: object) -> Message | Fault:
    """One object with role and content, or what is wrong with it."""
    if not isinstance(turn, dict):
        return wrong_type("messages", "a list of objects with role and content", turn)
    role = turn.get("role")
    if not isinstance(role, str) or role not in ROLES:
        return unknown_role(role)
    if text_of(turn.get("content")) is None:
        return wrong_type("content", "a text or a list of parts", turn["content"])
    return message_of(turn)


DIALECT = Dialect("messages", "messages", frozenset(("system",)), claims, parse, write)
