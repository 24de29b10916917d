"""ShareGPT's `function_call` and `observation` turns as OpenAI's tool calls."""

from collections.abc import Mapping, Sequence

import orjson

from app.formats.sample import Message

# The parts of a turn in the first version of LLaMA-Factory's own format.
_V1_PARTS = ("text", "reasoning", "tool_call")


def spell_out(messages: Sequence[Message]) -> list[Message]:
    """Every function call as `tool_calls`, every observation with the id of the call it answers.

    Calls are turns of their own in ShareGPT, and parts of a turn in LLaMA-Factory v1. A
    call that is not the JSON of name and arguments stays as it was written.
    """
    spelled: list[Message] = []
    waiting: list[str] = []
    for at, message in enumerate(messages):
        said = _unfolded(message, at) if message.extra else message
        made = said.extra.get("tool_calls") if said is not message else None
        if isinstance(made, list):
            waiting = [call["id"] for call in made]
        elif said.role == "tool" and "tool_call_id" not in said.extra and waiting:
            said = Message("tool", said.content, {**said.extra, "tool_call_id": waiting.pop(0)})
        spelled.append(said)
    return spelled


def tools_of(column: object) -> object:
    """The `tools` column as a list of functions, when it is the JSON text of one."""
    found = _load(column) if isinstance(column, str) else None
    if not isinstance(found, list):
        return column
    return [_tool(one) for one in found]


def _tool(one: object) -> object:
    if isinstance(one, dict) and "type" not in one:
        return {"type": "function", "function": one}
    return one


def _unfolded(message: Message, at: int) -> Message:
    """The message with its calls as tool_calls; the same object when it makes none."""
    if message.extra.get("from") == "function_call":
        calls = _calls([message.content], at)
        return Message("assistant", "", {"tool_calls": calls}) if calls else message
    parts = message.extra.get("content")
    if not isinstance(parts, list) or not parts or not all(map(_is_v1_part, parts)):
        return message
    values: dict[str, list[str]] = {name: [] for name in _V1_PARTS}
    for part in parts:
        values[part["type"]].append(part["value"])
    calls = _calls(values["tool_call"], at)
    if values["tool_call"] and not calls:
        return message
    extra = {key: cell for key, cell in message.extra.items() if key != "content"}
    if values["reasoning"]:
        extra["thinking"] = "\n".join(values["reasoning"])
    if calls:
        extra["tool_calls"] = calls
    return Message(message.role, "\n".join(values["text"]), extra)


def _is_v1_part(part: object) -> bool:
    if not isinstance(part, dict) or part.keys() != {"type", "value"}:
        return False
    return part["type"] in _V1_PARTS and isinstance(part["value"], str)


def _calls(texts: Sequence[str], at: int) -> list[dict[str, object]]:
    """The calls that the texts say, or none when any of them says something else."""
    found: list[object] = []
    for text in texts:
        loaded = _load(text)
        found += loaded if isinstance(loaded, list) else [loaded]
    if not all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in found):
        return []
    calls = [call for call in found if isinstance(call, dict)]
    return [_call(call, f"call_{at}_{number}") for number, call in enumerate(calls)]


def _call(call: Mapping[str, object], call_id: str) -> dict[str, object]:
    arguments = call.get("arguments", {})
    text = arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()
    function = {"name": call["name"], "arguments": text}
    return {"id": call_id, "type": "function", "function": function}


def _load(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
