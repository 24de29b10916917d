"""Gemini on Vertex AI: `contents` of parts, by user and model; calls and answers are parts too."""

from collections.abc import Mapping
from itertools import takewhile

import orjson

from app.formats import chat, demands, gemini_calls
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Message, Sample

_BOOK = RuleBook(
    "gemini",
    "https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning",
    checked="2026-11-23",
)
_CALLS = RuleBook(
    "gemini",
    "https://cloud.google.com/vertex-ai/generative-ai/docs/models/tune-function-calling",
    checked="2026-11-23",
    unsaid=("tool_ids", "answered"),
)
_SCHEMA = frozenset((
    "type", "format", "title", "description", "nullable", "default", "items", "minItems",
    "maxItems", "enum", "properties", "propertyOrdering", "required", "minProperties",
    "maxProperties", "minimum", "maximum", "minLength", "maxLength", "pattern", "example",
    "anyOf", "additionalProperties",
))  # fmt: skip
_WRITTEN = ("name", "description", "response")
_OF_OPENAI = ("strict",)  # how OpenAI holds its models to the parameters
_TYPES = {plain: written for written, plain in gemini_calls.TYPES.items()}


def record(sample: Sample) -> dict[str, object]:
    """The sample as contents and declarations, without unknown columns."""
    turns = list(sample.messages)
    written: dict[str, object] = {}
    if turns and turns[0].role == "system":
        parts = [{"text": turns.pop(0).content}]
        written["systemInstruction"] = {"role": "system", "parts": parts}
    written["contents"] = _contents(turns)
    declared = [_declaration(function) for function in _functions(sample)]
    if declared:
        written["tools"] = [{"functionDeclarations": declared}]
    return written


def _contents(turns: list[Message]) -> list[dict[str, object]]:
    contents: list[dict[str, object]] = []
    names: dict[object, object] = {}
    answers: list[dict[str, object]] = []
    for message in turns:
        if message.role == "tool":
            if not answers:
                contents.append({"role": "user", "parts": answers})
            answers.append(_answer(message, names))
            continue
        answers = []
        calls = chat.calls_of(message)
        names |= {call.get("id"): chat.function_of(call).get("name") for call in calls}
        parts: list[object] = [{"text": message.content}] if message.content else []
        role = "model" if message.role == "assistant" else "user"
        contents.append({"role": role, "parts": [*parts, *map(_call, calls)]})
    return contents


def _call(call: Mapping[str, object]) -> dict[str, object]:
    name = chat.function_of(call).get("name")
    return {"functionCall": {"name": name, "args": demands.arguments_of(call)}}


def _answer(message: Message, names: Mapping[object, object]) -> dict[str, object]:
    name = names.get(message.extra.get("tool_call_id"), message.extra.get("name"))
    return {"functionResponse": {"name": name, "response": _response(message.content)}}


def _response(text: str) -> object:
    """An object as it is; anything else as the output that it is."""
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        told = None
    return told if isinstance(told, dict) else {"output": text}


def _functions(sample: Sample) -> list[Mapping[str, object]]:
    tools = sample.extra.get("tools")
    listed = tools if isinstance(tools, list) else []
    return [chat.function_of(tool) for tool in listed if isinstance(tool, dict)]


def _declaration(function: Mapping[str, object]) -> dict[str, object]:
    kept = {name: function[name] for name in _WRITTEN if name in function}
    if function.get("parameters"):
        kept["parameters"] = gemini_calls.schema(function["parameters"], _TYPES)
    return kept


def _answered(sample: Sample) -> str:
    """As many answers follow as functions are called; after the last message none need to."""
    turns = sample.messages
    for at, message in enumerate(turns, 1):
        calls = chat.calls_of(message)
        if not calls or at == len(turns):
            continue
        count = sum(1 for _ in takewhile(lambda one: one.role == "tool", turns[at:]))
        if count != len(calls):
            return f"Message {at} calls {len(calls)} functions, and {count} answers follow."
    return ""


def _described(sample: Sample) -> str:
    """Functions have names, and parameters that Gemini's own kind of schema can say."""
    for function in _functions(sample):
        if not isinstance(function.get("name"), str):
            return "A tool is no function with a name."
        more = sorted(set(function) - {*_WRITTEN, *_OF_OPENAI, "parameters"})
        if more:
            return f"The function {function['name']} has {', '.join(more)}, which would be lost."
        strange = sorted(_strange(function.get("parameters") or {}))
        if strange:
            return f"The parameters of {function['name']} use {', '.join(strange)}."
    return ""


def _strange(told: object) -> set[str]:
    """What of a schema has no place in Gemini's, at every depth."""
    if not isinstance(told, dict):
        return {"what is no schema"}
    found = set(told) - _SCHEMA
    if isinstance(told.get("type"), list):
        found.add("a list of types")
    for one in gemini_calls.inner(told):
        found |= _strange(one)
    return found


GEMINI = Exporter(
    "gemini",
    "Gemini on Vertex AI",
    (
        _BOOK.roles("system", "user", "assistant", "tool"),
        *_BOOK.standard("system", "first", "last", "content", "text", "media"),
        *_CALLS.standard("tool_ids", "arguments", "tools"),
        _CALLS.demand(
            "answered", "Every function call is answered before anything else.", _answered,
            looks="beside",
        ),
        _CALLS.demand(
            "schema", "Parameters are described by the schema that Gemini knows.", _described,
            looks="beside",
        ),
        _BOOK.only(("tool_calls", "tool_call_id", "name")),
        *_BOOK.limits(max_rows=1_000_000, max_bytes=10**9),
        _BOOK.tokens(131_072),
    ),
    record,
    dialect="gemini",
    note="Limits of Gemini 2.5 Flash; a validation file holds 5,000 lines at most. Start with "
    "100. Those of 3.5 Flash are not confirmed. Function calls are written as documented; in "
    "November 2025 tuning of 2.5 models was reported to refuse them where 2.0 took them "
    "(googleapis/python-aiplatform, issue 6127).",
)  # fmt: skip
