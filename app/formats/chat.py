"""Any sample as the chat that trainers speak: OpenAI's roles, tool calls and weights."""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from app.formats import columns, dialects, gemini_calls, tool_calls
from app.formats.sample import Message, Rest, Sample, Turns

KNOWN_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
# How sources say whether an answer is trained; a 0 becomes `weight`, a 1 goes without saying.
_WEIGHTS = ("loss_weight", "train")
# What such a column holds that other dialects have as columns of their own.
_SETTINGS = ("tools", "parallel_tool_calls")


def plain(sample: Sample) -> Sample:
    """The sample without what only its own dialect understands; the kind stays."""
    extra = beside(sample.dialect, sample.extra)
    messages, rejected = _spelled_out(sample.messages), _spelled_out(sample.rejected)
    if extra is sample.extra and messages is sample.messages and rejected is sample.rejected:
        return sample  # the usual case, and making another takes longer than all checks
    return replace(sample, messages=messages, rejected=rejected, extra=extra, dialect="messages")


def beside(dialect: str, extra: Mapping[str, object]) -> Mapping[str, object]:
    """The columns without what only this dialect understands; the same object where none are."""
    spoken, told = dialects.DIALECTS.get(dialect), extra
    if spoken and not spoken.shape.isdisjoint(extra):
        told = columns.others(extra, spoken.shape)
        if spoken.hoist and spoken.hoist in extra:
            hoisted = _object(extra[spoken.hoist])
            told = {**{name: hoisted[name] for name in _SETTINGS if name in hoisted}, **told}
    return _with_tools(told) if "tools" in told else told


def _with_tools(extra: Mapping[str, object]) -> Mapping[str, object]:
    """The columns with `tools` as OpenAI lists them; the same object where they are so."""
    written = extra["tools"]
    told = gemini_calls.tools_of(tool_calls.tools_of(written))
    return extra if told is written else {**extra, "tools": told}


def turn(message: Message, keys: tuple[str, ...] = ()) -> dict[str, object]:
    """The message with role, content and those of the keys that it has."""
    kept = {key: message.extra[key] for key in keys if key in message.extra}
    if "tool_calls" in kept and not message.content:
        return {"role": message.role, **kept}
    return {"role": message.role, "content": message.content, **kept}


def arguments_as_texts(turn: Mapping[str, object]) -> dict[str, object]:
    """The turn with the arguments of its calls as JSON texts, as OpenAI has them."""
    calls = turn.get("tool_calls")
    if not isinstance(calls, list):
        return {**turn}
    return {**turn, "tool_calls": [_with_text(call) for call in calls]}


def bare(turns: Turns, _rest: Rest, _extra: Mapping[str, object]) -> dict[str, object]:
    """Turns of role and text alone as `messages`, without any column beside them."""
    return {"messages": turns}


def halves(turns: Turns, rest: Rest) -> tuple[Turns, Turns]:
    """What is asked, and the answer: as Sample.prompt and Sample.chosen."""
    cut = len(turns) - (rest["answer_turns"] if rest else 1)
    return turns[:cut], turns[max(0, cut) :]


def calls_of(message: Message) -> list[Mapping[str, object]]:
    """The tool calls of a message; what is no object is left out."""
    calls = message.extra.get("tool_calls")
    return [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []


def function_of(call: Mapping[str, object]) -> Mapping[str, object]:
    """The function that a call names, with its arguments."""
    return _object(call.get("function"))


def _with_text(call: object) -> object:
    function = _object(call.get("function")) if isinstance(call, dict) else {}
    if not isinstance(call, dict) or isinstance(function.get("arguments", ""), str):
        return call
    text = orjson.dumps(function["arguments"]).decode()
    return {**call, "function": {**function, "arguments": text}}


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _spelled_out(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    for message in messages:
        if message.extra:
            spelled = tool_calls.spell_out(gemini_calls.unfold(messages))
            return tuple(_tidied(one) for one in spelled)
    return messages


def _tidied(message: Message) -> Message:
    extra = columns.others(message.extra, ("from",))
    if extra.get("role", message.role) not in KNOWN_ROLES:
        del extra["role"]
    parts = extra.get("content")
    if isinstance(parts, list):
        extra["content"] = [_part(part) for part in parts]
    for name in _WEIGHTS:
        if "weight" in extra or name not in extra:
            continue
        written = extra[name]
        if message.role == "assistant" and written == 0:
            extra["weight"] = 0
        if not written or (message.role == "assistant" and written == 1):
            del extra[name]
    return Message(message.role, message.content, extra)


def _part(part: object) -> object:
    """Gemini and Bedrock write a text without saying that it is one."""
    if isinstance(part, dict) and "type" not in part and isinstance(part.get("text"), str):
        return {"type": "text", **part}
    return part
