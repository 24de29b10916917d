"""ShareGPT's `function_call` and `observation` turns as OpenAI's tool calls."""

from collections.abc import Mapping, Sequence

import orjson

from app.formats.sample import Message


def spell_out(messages: Sequence[Message]) -> list[Message]:
    """Every function call as `tool_calls`, every observation with the id of the call it answers.

    A call that is not the JSON of name and arguments stays as it was written.
    """
    spelled: list[Message] = []
    waiting: list[str] = []
    for at, message in enumerate(messages):
        calls = _calls(message, at) if message.extra.get("from") == "function_call" else []
        if calls:
            waiting = [str(call["id"]) for call in calls]
            spelled.append(Message("assistant", "", {"tool_calls": calls}))
        elif message.role == "tool" and "tool_call_id" not in message.extra and waiting:
            answered = {**message.extra, "tool_call_id": waiting.pop(0)}
            spelled.append(Message("tool", message.content, answered))
        else:
            spelled.append(message)
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


def _calls(message: Message, at: int) -> list[dict[str, object]]:
    found = _load(message.content)
    calls = found if isinstance(found, list) else [found]
    if not all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls):
        return []
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
