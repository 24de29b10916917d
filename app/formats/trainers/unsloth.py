"""Unsloth: it trains on Hugging Face data sets with `messages`."""

from app.formats import chat
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample

_KEYS = ("tool_calls", "tool_call_id", "name")
_BOOK = RuleBook("unsloth", "https://docs.unsloth.ai/basics/datasets-guide", confirmed=False)


def record(sample: Sample) -> dict[str, object]:
    """Messages and tools, without unknown columns."""
    tools = {"tools": sample.extra["tools"]} if sample.extra.get("tools") else {}
    return {"messages": [chat.turn(message, _KEYS) for message in sample.messages], **tools}


UNSLOTH = Exporter(
    "unsloth",
    "Unsloth (not verified)",
    (
        _BOOK.roles("system", "user", "assistant", "tool"),
        *_BOOK.standard(
            "system", "assistant", "content", "text", "media", "unweighted", "tool_ids"
        ),
        *_BOOK.standard("tools"),
        _BOOK.only((*_KEYS, "weight")),
    ),
    record,
    dialect="messages",
    note="These rules are not verified in Unsloth's source.",
)
