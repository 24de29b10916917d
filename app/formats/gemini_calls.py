"""Gemini's function calls, their answers and declarations, as OpenAI's tool calls and tools."""

from collections.abc import Iterator, Mapping, Sequence

import orjson

from app.formats.sample import Message

TYPES: Mapping[str, str] = {
    "OBJECT": "object", "ARRAY": "array", "STRING": "string", "NUMBER": "number",
    "INTEGER": "integer", "BOOLEAN": "boolean", "NULL": "null",
}  # fmt: skip
"""How Gemini writes the types of JSON Schema."""
_NESTED = ("properties",)
_LISTED = ("anyOf",)
_SINGLE = ("items", "additionalProperties")
_NONE: frozenset[str] = frozenset()
_NAMED = frozenset(("name",))
_KEYS = {
    "functionCall": frozenset(("name", "args", "id")),
    "functionResponse": frozenset(("name", "response", "id")),
}


def unfold(messages: Sequence[Message]) -> list[Message]:
    """Parts that call a function as `tool_calls`, parts that answer one as tool messages.

    Parts that are anything else beside stay as they are, so that they are refused and not lost.
    """
    unfolded: list[Message] = []
    waiting: dict[object, object] = {}
    for at, message in enumerate(messages):
        parts = message.extra.get("content")
        found = _told(parts) if isinstance(parts, list) else {}
        is_model = message.role == "assistant"
        if is_model and "functionCall" in found and "functionResponse" not in found:
            told = found["functionCall"]
            calls = [_call(call, f"call_{at}_{n}") for n, call in enumerate(told)]
            waiting = {call["id"]: one["name"] for call, one in zip(calls, told, strict=True)}
            extra = {**_others(message), "tool_calls": calls}
            unfolded.append(Message("assistant", message.content, extra))
        elif not is_model and found.keys() == {"functionResponse"}:
            unfolded += _answers(found["functionResponse"], waiting, f"call_{at}")
        else:
            unfolded.append(message)
    return unfolded


def tools_of(column: object) -> object:
    """The `tools` column as OpenAI's list, where it holds Gemini's declarations and only those."""
    tools = column if isinstance(column, list) else []
    if not tools or not all(isinstance(it, dict) and _declares(it) for it in tools):
        return column
    declared = [one for tool in tools for one in tool["functionDeclarations"]]
    return [{"type": "function", "function": _function(one)} for one in declared]


def schema(told: object, types: Mapping[str, str]) -> object:
    """A schema of parameters with its types spelled as `types` says, at every depth."""
    if not isinstance(told, dict):
        return told
    return {name: _spelled(name, value, types) for name, value in told.items()}


def _spelled(name: str, value: object, types: Mapping[str, str]) -> object:
    if name == "type" and isinstance(value, str):
        return types.get(value, value)
    if name in _NESTED and isinstance(value, dict):
        return {key: schema(one, types) for key, one in value.items()}
    if name in _LISTED and isinstance(value, list):
        return [schema(one, types) for one in value]
    return schema(value, types) if name in _SINGLE else value


def inner(told: Mapping[str, object]) -> list[object]:
    """The schemas that stand right inside of one."""
    found = [one for name in _SINGLE for one in [told.get(name)] if isinstance(one, dict)]
    for name in _LISTED:
        listed = told.get(name)
        found += listed if isinstance(listed, list) else []
    for name in _NESTED:
        nested = told.get(name)
        found += nested.values() if isinstance(nested, dict) else []
    return list(found)


def _told(parts: Sequence[object]) -> dict[str, list[dict[str, object]]]:
    """What the parts hold by kind, if each is a text, a call or an answer and nothing else."""
    found: dict[str, list[dict[str, object]]] = {}
    for part in parts:
        if not isinstance(part, dict) or len(part) != 1:
            return {}
        ((kind, value),) = part.items()
        is_known = kind == "text" or (_KEYS.get(kind, _NONE) >= _keys(value) >= _NAMED)
        if not is_known:
            return {}
        found.setdefault(kind, []).append(value if isinstance(value, dict) else {})
    return found


def _keys(value: object) -> frozenset[str]:
    """The keys of a call or an answer; none where it is no object, or its id no text."""
    if not isinstance(value, dict) or not isinstance(value.get("id", ""), str):
        return _NONE
    return frozenset(value)


def _others(message: Message) -> dict[str, object]:
    return {key: cell for key, cell in message.extra.items() if key not in ("content", "from")}


def _call(told: Mapping[str, object], call_id: str) -> dict[str, object]:
    arguments = orjson.dumps(told.get("args", {})).decode()
    function = {"name": told["name"], "arguments": arguments}
    return {"id": told.get("id", call_id), "type": "function", "function": function}


def _answers(
    told: Sequence[Mapping[str, object]], waiting: dict[object, object], unasked: str
) -> Iterator[Message]:
    """Answers as messages; one without an id is for the first call of its name that waits."""
    for n, answer in enumerate(told):
        asked = (call_id for call_id, name in waiting.items() if name == answer["name"])
        call_id = answer.get("id", next(asked, f"{unasked}_{n}"))
        waiting.pop(call_id, None)
        yield _answer(answer, call_id)


def _answer(told: Mapping[str, object], call_id: object) -> Message:
    response = told.get("response")
    plain = response.get("output") if isinstance(response, dict) and len(response) == 1 else None
    text = plain if isinstance(plain, str) else orjson.dumps(response).decode()
    return Message("tool", text, {"tool_call_id": call_id})


def _declares(tool: Mapping[str, object]) -> bool:
    declared = tool.get("functionDeclarations")
    return (
        len(tool) == 1 and isinstance(declared, list) and all(isinstance(d, dict) for d in declared)
    )


def _function(declared: Mapping[str, object]) -> dict[str, object]:
    spelled = dict(declared)
    if "parameters" in spelled:
        spelled["parameters"] = schema(spelled["parameters"], TYPES)
    elif "parametersJsonSchema" in spelled:
        spelled["parameters"] = spelled.pop("parametersJsonSchema")
    return spelled
