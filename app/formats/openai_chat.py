"""OpenAI chat fine-tuning: one object with `messages` a line."""

from collections.abc import Mapping

import orjson

from app.formats import columns, dialects, rules, tool_calls
from app.formats.rules import Rule, Violation
from app.formats.sample import Message, Sample

KNOWN_ROLES = ("system", "developer", "user", "assistant", "tool", "function")

ROLES = Rule("openai-chat.roles", "Every role is system, user, assistant or tool.")
SYSTEM = Rule("openai-chat.system", "A system message comes first, and only once.")
ASSISTANT = Rule("openai-chat.assistant", "There is at least one assistant message to learn from.")
LAST = Rule("openai-chat.last", "The last message is the assistant's.")
CONTENT = Rule("openai-chat.content", "Every message says something, or calls a tool.")
TOOL_IDS = Rule("openai-chat.tool_ids", "Every tool message answers an earlier tool call.")
TOOLS = Rule("openai-chat.tools", "Tools are a list of objects.")
WEIGHT = Rule("openai-chat.weight", "A weight is 0 or 1, and stands on assistant messages only.")
MIN_ROWS = Rule("openai-chat.min_rows", "The file has at least 10 lines.", limit=10)
RULES = (ROLES, SYSTEM, ASSISTANT, LAST, CONTENT, TOOL_IDS, TOOLS, WEIGHT, MIN_ROWS)


def write(sample: Sample) -> bytes:
    """The sample as one line; unknown columns follow the messages."""
    plain = _spelled_out(sample)
    record = {"messages": [_turn(message) for message in plain.messages]}
    return orjson.dumps({**record, **columns.others(plain.extra, ("messages",))}) + b"\n"


def check(sample: Sample) -> tuple[Violation, ...]:
    """The rules that the sample breaks."""
    return rules.broken(_spelled_out(sample), _CHECKS)


def check_file(rows: int, size: int) -> tuple[Violation, ...]:  # noqa: ARG001 - no limit on size
    """The rules that a file of so many rows and bytes breaks."""
    if MIN_ROWS.limit and rows < MIN_ROWS.limit:
        return (Violation(MIN_ROWS.id, f"The file has {rows} of at least {MIN_ROWS.limit} lines."),)
    return ()


def _spelled_out(sample: Sample) -> Sample:
    """The sample without what only its own dialect understands."""
    dialect = dialects.DIALECTS.get(sample.dialect)
    extra = columns.others(sample.extra, dialect.shape if dialect else ())
    if sample.dialect != "sharegpt":
        return Sample(sample.messages, extra=extra)
    if "tools" in extra:
        extra["tools"] = tool_calls.tools_of(extra["tools"])
    messages = [
        Message(message.role, message.content, columns.others(message.extra, ("from",)))
        for message in tool_calls.spell_out(sample.messages)
    ]
    return Sample(tuple(messages), extra=extra)


def _turn(message: Message) -> dict[str, object]:
    record = message.as_record()
    if record["role"] not in KNOWN_ROLES:
        record["role"] = message.role
    return record


def _roles(sample: Sample) -> str:
    unknown = [message.role for message in sample.messages if message.role not in KNOWN_ROLES]
    return f"The role '{unknown[0]}' is not known." if unknown else ""


def _system(sample: Sample) -> str:
    places = [at for at, message in enumerate(sample.messages, 1) if message.role == "system"]
    if len(places) > 1:
        return f"There are {len(places)} system messages."
    return f"The system message is number {places[0]}." if places and places[0] != 1 else ""


def _assistant(sample: Sample) -> str:
    answers = [message for message in sample.messages if message.role == "assistant"]
    if not answers:
        return "There is no assistant message."
    trained = any(message.extra.get("weight") != 0 for message in answers)
    return "" if trained else "Every assistant message has weight 0."


def _last(sample: Sample) -> str:
    role = sample.messages[-1].role if sample.messages else "nobody"
    return "" if role == "assistant" else f"The last message is by {role}."


def _content(sample: Sample) -> str:
    for at, message in enumerate(sample.messages, 1):
        says = message.content or message.extra.get("content")
        calls = message.extra.get("tool_calls") or message.extra.get("function_call")
        if not says and not (calls and message.role == "assistant"):
            return f"Message {at} ({message.role}) is empty."
    return ""


def _tool_ids(sample: Sample) -> str:
    called: set[object] = set()
    for at, message in enumerate(sample.messages, 1):
        called |= _ids(message.extra)
        answered = message.extra.get("tool_call_id")
        legacy = message.extra.get("role") == "function"
        if message.role == "tool" and not legacy and not _is_in(answered, called):
            return f"Message {at} answers a tool call that nobody made."
    return ""


def _ids(extra: Mapping[str, object]) -> set[object]:
    calls = extra.get("tool_calls")
    found = calls if isinstance(calls, list) else []
    ids = [call.get("id") for call in found if isinstance(call, dict)]
    return {call_id for call_id in ids if isinstance(call_id, str)}


def _is_in(call_id: object, called: set[object]) -> bool:
    return isinstance(call_id, str) and call_id in called


def _tools(sample: Sample) -> str:
    tools = sample.extra.get("tools") or []
    listed = isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools)
    return "" if listed else "The column 'tools' is not a list of objects."


def _weight(sample: Sample) -> str:
    for at, message in enumerate(sample.messages, 1):
        if "weight" not in message.extra:
            continue
        weight = message.extra["weight"]
        if message.role != "assistant":
            return f"Message {at} ({message.role}) has a weight."
        if isinstance(weight, bool) or weight not in (0, 1):
            return f"Message {at} has the weight {weight!r}."
    return ""


_CHECKS: tuple[tuple[Rule, rules.Check], ...] = (
    (ROLES, _roles),
    (SYSTEM, _system),
    (ASSISTANT, _assistant),
    (LAST, _last),
    (CONTENT, _content),
    (TOOL_IDS, _tool_ids),
    (TOOLS, _tools),
    (WEIGHT, _weight),
)
