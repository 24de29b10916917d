"""Mistral's service, and mistral-finetune, which is archived but still checks its files."""

from collections.abc import Mapping

from app.formats import chat
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.rules import Demand
from app.formats.sample import Message, Sample

ID_CHARACTERS = 9
_KEYS = ("tool_calls", "tool_call_id", "name", "weight")
_SERVICE = RuleBook("mistral", "https://docs.mistral.ai/capabilities/finetuning/text_finetuning")
_TRAINER = RuleBook(
    "mistral-finetune",
    "https://github.com/mistralai/mistral-finetune/blob/main/utils/validate_data.py",
)


def record(sample: Sample) -> dict[str, object]:
    """The sample as messages; tool ids become 9 characters, arguments a JSON text."""
    ids: dict[object, str] = {}
    turns = [_turn(message, ids) for message in sample.messages]
    tools = {"tools": sample.extra["tools"]} if sample.extra.get("tools") else {}
    return {"messages": turns, **tools}


def _turn(message: Message, ids: dict[object, str]) -> dict[str, object]:
    written = chat.arguments_as_texts(chat.turn(message, _KEYS))
    calls = written.get("tool_calls")
    if isinstance(calls, list):
        written["tool_calls"] = [_call(call, ids) for call in calls if isinstance(call, dict)]
    if "tool_call_id" in written:
        written["tool_call_id"] = _id(written["tool_call_id"], ids)
    return written


def _call(call: Mapping[str, object], ids: dict[object, str]) -> dict[str, object]:
    return {**call, "id": _id(call.get("id"), ids)}


def _id(written: object, ids: dict[object, str]) -> str:
    """The id itself where it is short enough already, else a number of 9 digits."""
    if isinstance(written, str) and len(written) == ID_CHARACTERS and written.isalnum():
        return written
    return ids.setdefault(written, f"{len(ids):09}")


def _demands(book: RuleBook) -> tuple[Demand, ...]:
    return (
        book.roles("system", "user", "assistant", "tool"),
        *book.standard("system", "assistant", "last", "content", "text", "media", "weight"),
        *book.standard("tool_ids", "arguments", "tools"),
        book.only(_KEYS),
    )


def _named(sample: Sample) -> str:
    for at, message in enumerate(sample.messages, 1):
        for call in chat.calls_of(message):
            if not isinstance(call.get("id"), str) or not chat.function_of(call).get("name"):
                return f"Message {at} calls a tool without an id or a name."
    return ""


MISTRAL = Exporter(
    "mistral",
    "Mistral fine-tuning",
    (*_demands(_SERVICE), *_SERVICE.limits(max_bytes=512 * 10**6)),
    record,
    bare=chat.bare,
    dialect="messages",
    note="Tool ids are rewritten to 9 characters where they have more or fewer. The limit of"
    " 512 MB was not found in a page of this year.",
)
FINETUNE = Exporter(
    "mistral-finetune",
    "mistral-finetune (archived)",
    (
        *_demands(_TRAINER),
        _TRAINER.demand(
            "calls", "Every tool call has an id and the name of a function.", _named, looks="beside"
        ),
        *_TRAINER.limits(min_rows=10, max_rows=10_000_000, min_bytes=1_000, max_bytes=10 * 10**9),
    ),
    record,
    bare=chat.bare,
    dialect="messages",
    note="Tool ids are rewritten to exactly 9 characters, arguments to JSON text.",
)
