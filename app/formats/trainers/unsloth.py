"""Unsloth: it trains on Hugging Face data sets with `messages`."""

from app.formats import chat
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample

_KEYS = ("tool_calls", "tool_call_id", "name")
# It hands rows with `messages` to TRL unread; only roles and texts are named in its source.
_BOOK = RuleBook(
    "unsloth",
    "https://github.com/unslothai/unsloth-zoo/blob/main/unsloth_zoo/dataset_utils.py",
    checked="2026-11-23",
    unsaid=("system", "assistant", "content", "media", "unweighted", "tool_ids", "tools", "plain"),
)


def record(sample: Sample) -> dict[str, object]:
    """Messages and tools, without unknown columns."""
    tools = {"tools": sample.extra["tools"]} if sample.extra.get("tools") else {}
    return {"messages": [chat.turn(message, _KEYS) for message in sample.messages], **tools}


UNSLOTH = Exporter(
    "unsloth",
    "Unsloth",
    (
        _BOOK.roles("system", "user", "assistant", "tool"),
        *_BOOK.standard(
            "system", "assistant", "content", "text", "media", "unweighted", "tool_ids"
        ),
        *_BOOK.standard("tools"),
        _BOOK.only((*_KEYS, "weight")),
    ),
    record,
    bare=chat.bare,
    dialect="messages",
    note="Unsloth hands these rows to TRL; apply your model's chat template in a formatting_func.",
)
