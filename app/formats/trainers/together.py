"""Together: messages by system, user and assistant, strictly in turns."""

from app.formats import chat
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample

_BOOK = RuleBook("together", "https://docs.together.ai/docs/fine-tuning/data-preparation")


def record(sample: Sample) -> dict[str, object]:
    """Messages alone: a line that fits two formats is refused."""
    return {"messages": [chat.turn(message, ("weight",)) for message in sample.messages]}


TOGETHER = Exporter(
    "together",
    "Together fine-tuning",
    (
        _BOOK.roles("system", "user", "assistant"),
        *_BOOK.standard(
            "system", "first", "alternation", "assistant", "content", "text", "media", "weight"
        ),
        _BOOK.only(("weight",)),
        *_BOOK.limits(min_rows=1, max_bytes=50_100_000_000),
    ),
    record,
    bare=chat.bare,
    dialect="messages",
    note="50.1 GB is what the SDK checks; the documentation says 100 GB.",
)
