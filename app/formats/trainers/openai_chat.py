"""OpenAI and Azure OpenAI chat fine-tuning: one object with `messages` a line."""

from app.formats import chat, messages
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.rules import Demand
from app.formats.sample import Sample
from app.formats.sniffing import BOM

# Neither says where a system message stands, that the last is the assistant's (its service has
# refused other files), which parts a content may have (it has refused others than texts and
# pictures), how the ids of tools go together, or what becomes of pictures beside.
_UNSAID = ("system", "last", "parts", "tool_ids", "media")
_OPENAI = RuleBook(
    "openai-chat",
    "https://developers.openai.com/api/docs/guides/supervised-fine-tuning",
    checked="2026-11-23",
    unsaid=_UNSAID,
)
_AZURE = RuleBook(
    "azure-openai",
    "https://learn.microsoft.com/azure/foundry/openai/how-to/fine-tuning",
    checked="2026-11-23",
    unsaid=(*_UNSAID, "tokens"),
)


def record(sample: Sample) -> dict[str, object]:
    """The sample as a record; unknown columns follow the messages."""
    written = messages.write(sample)
    turns = [message.as_record() for message in sample.messages]
    return {**written, "messages": list(map(chat.arguments_as_texts, turns))}


def _demands(book: RuleBook) -> tuple[Demand, ...]:
    return (
        book.roles(*chat.KNOWN_ROLES),
        *book.standard(
            "system",
            "assistant",
            "last",
            "content",
            "parts",
            "tool_ids",
            "tools",
            "weight",
            "media",
        ),
        *book.limits(min_rows=10),
        book.tokens(),
    )


_MARK = _AZURE.rule("mark", "The file is UTF-8 with a byte order mark.")

OPENAI = Exporter(
    "openai-chat",
    "OpenAI chat fine-tuning",
    _demands(_OPENAI),
    record,
    bare=messages.write_bare,
    dialect="messages",
    note="Gains are seen from 50 to 100 lines on; new jobs end in January 2027.",
)
AZURE = Exporter(
    "azure-openai",
    "Azure OpenAI (Foundry) chat fine-tuning",
    (*_demands(_AZURE), *_AZURE.limits(max_bytes=512 * 10**6), Demand(_MARK)),
    record,
    bare=messages.write_bare,
    dialect="messages",
    prefix=BOM,
    note="At least hundreds of lines are advised; older pages allow 100 or 200 MB only.",
)
