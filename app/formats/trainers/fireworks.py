"""Fireworks: OpenAI's messages, with tools and thinking."""

from app.formats import chat
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Message, Sample

_KEYS = ("tool_calls", "tool_call_id", "name", "weight", "thinking", "reasoning_content")
_BOOK = RuleBook("fireworks", "https://docs.fireworks.ai/fine-tuning/fine-tuning-models")


def record(sample: Sample) -> dict[str, object]:
    """Messages and tools, without unknown columns."""
    tools = {"tools": sample.extra["tools"]} if sample.extra.get("tools") else {}
    return {"messages": [_turn(message) for message in sample.messages], **tools}


def _turn(message: Message) -> dict[str, object]:
    written = chat.arguments_as_texts(chat.turn(message, _KEYS))
    if "thinking" in written:
        written.setdefault("reasoning_content", written.pop("thinking"))
    return written


FIREWORKS = Exporter(
    "fireworks",
    "Fireworks fine-tuning",
    (
        _BOOK.roles("system", "user", "assistant", "tool"),
        *_BOOK.standard(
            "system", "assistant", "content", "text", "media", "weight", "tool_ids", "tools"
        ),
        _BOOK.only(_KEYS),
        *_BOOK.limits(min_rows=3, max_rows=3_000_000),
    ),
    record,
    bare=chat.bare,
    dialect="messages",
    note="How thinking is named (reasoning_content) is not verified.",
)
