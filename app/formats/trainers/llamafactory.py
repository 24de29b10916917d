"""LLaMA-Factory: Alpaca and ShareGPT, preference pairs and KTO, with their dataset_info.json."""

from collections.abc import Mapping, Sequence

import orjson

from app.formats import chat, demands
from app.formats.exporter import Configure, Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Message, Sample
from app.formats.trainers import alpaca_file

_SOURCE = "https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md"
_KEYS = ("tool_calls", "tool_call_id")
_SPELLINGS = {"user": "human", "assistant": "gpt", "tool": "observation", "system": "system"}
_ODD, _EVEN = ("user", "tool"), ("assistant",)
_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_COLUMNS = {"messages": "conversations", "system": "system", "tools": "tools"}
_ALPACA_COLUMNS = {
    "prompt": "instruction",
    "query": "input",
    "response": "output",
    "system": "system",
    "history": "history",
}


def alpaca(sample: Sample) -> dict[str, object]:
    """The last question and answer, and all before them as history."""
    system = sample.messages[0].content if sample.messages[0].role == "system" else ""
    *earlier, asked, answered = (message.content for message in demands.spoken_in(sample))
    history = [list(pair) for pair in zip(earlier[::2], earlier[1::2], strict=True)]
    record: dict[str, object] = {"instruction": asked, "input": "", "output": answered}
    return {**record, "system": system, "history": history}


def sharegpt(sample: Sample) -> dict[str, object]:
    """Turns as from and value; system prompt and tools beside them."""
    return _conversation(sample, demands.spoken_in(sample))


def preference(sample: Sample) -> dict[str, object]:
    """The question as turns, and both answers as one turn each."""
    spoken = demands.spoken_in(sample)[: -sample.answer_turns]
    both = {
        "chosen": turn(sample.chosen[0], _SPELLINGS),
        "rejected": turn(sample.rejected[0], _SPELLINGS),
    }
    return {**_conversation(sample, spoken), **both}


def kto(sample: Sample) -> dict[str, object]:
    """Turns, and whether the last answer is a good one."""
    return {**sharegpt(sample), "kto_tag": sample.desirable}


def _conversation(sample: Sample, spoken: Sequence[Message]) -> dict[str, object]:
    starts = bool(sample.messages) and sample.messages[0].role == "system"
    tools = sample.extra.get("tools")
    return {
        "conversations": [turn(message, _SPELLINGS) for message in spoken],
        "system": sample.messages[0].content if starts else "",
        "tools": orjson.dumps([_function(tool) for tool in _listed(tools)]).decode()
        if tools
        else "",
    }


def _listed(tools: object) -> list[object]:
    return tools if isinstance(tools, list) else []


def _function(tool: object) -> object:
    return tool.get("function", tool) if isinstance(tool, dict) else tool


def turn(message: Message, spellings: Mapping[str, str]) -> dict[str, object]:
    """The message as from and value; a tool call is a turn of its own."""
    calls = [
        {"name": chat.function_of(call).get("name"), "arguments": demands.arguments_of(call)}
        for call in chat.calls_of(message)
    ]
    if calls:
        value = orjson.dumps(calls if len(calls) > 1 else calls[0]).decode()
        return {"from": "function_call", "value": value}
    return {"from": spellings[message.role], "value": message.content}


def _info(entry: Mapping[str, object]) -> Configure:
    def configure(rows: Mapping[str, int], files: Mapping[str, str]) -> Mapping[str, bytes]:
        held = {split: name for split, name in files.items() if rows.get(split)}
        info = {split: {"file_name": name, **entry} for split, name in held.items()}
        return {"dataset_info.json": orjson.dumps(info, option=orjson.OPT_INDENT_2) + b"\n"}

    return configure


def _positions(count: int, sample: Sample) -> str:
    spoken = demands.spoken_in(sample)
    spoken = spoken[: len(spoken) - count]
    for at, message in enumerate(spoken, 1):
        if message.role not in (_ODD if at % 2 else _EVEN):
            return f"Turn {at} is by {message.role}."
    if len(spoken) % 2 == (0 if count else 1):
        return f"There are {len(spoken)} turns."
    return ""


def _even(sample: Sample) -> str:
    return _positions(0, sample)


def _odd(sample: Sample) -> str:
    return _positions(sample.answer_turns, sample)


def speaks_or_calls(sample: Sample) -> str:
    """No message does both, since a call takes the place of what is said."""
    for at, message in enumerate(demands.turns_of(sample), 1):
        if message.content and message.extra.get("tool_calls"):
            return f"Message {at} both speaks and calls a tool."
    return ""


_ALPACA = RuleBook("llamafactory-alpaca", _SOURCE)
_SHAREGPT = RuleBook("llamafactory-sharegpt", _SOURCE)
_PREFERENCE = RuleBook("llamafactory-preference", _SOURCE)
_KTO = RuleBook("llamafactory-kto", _SOURCE)
_EVEN_RULE = "User or tool at odd places, assistant at even ones, and an even number of turns."
_ODD_RULE = "User or tool at odd places, assistant at even ones; the question is an odd number."
CALLS_SENTENCE = "A message either speaks or calls a tool."
_SHARED = ("system", "content", "text", "media", "unweighted", "tool_ids", "arguments", "tools")

ALPACA = Exporter(
    "llamafactory-alpaca",
    "LLaMA-Factory Alpaca",
    (
        _ALPACA.demand("turns", alpaca_file.TURNS_SENTENCE, alpaca_file.turns, looks="outline"),
        _ALPACA.demand("output", alpaca_file.OUTPUT_SENTENCE, alpaca_file.output, looks="outline"),
        *_ALPACA.standard("text", "media", "unweighted"),
        _ALPACA.only(("weight",)),
    ),
    alpaca,
    dialect="alpaca",
    note="The answers of the history are trained too.",
    configure=_info({"columns": _ALPACA_COLUMNS}),
)
SHAREGPT = Exporter(
    "llamafactory-sharegpt",
    "LLaMA-Factory ShareGPT",
    (
        _SHAREGPT.demand("turns", _EVEN_RULE, _even, looks="outline"),
        _SHAREGPT.demand("calls", CALLS_SENTENCE, speaks_or_calls, looks="beside"),
        *_SHAREGPT.standard(*_SHARED),
        _SHAREGPT.only((*_KEYS, "weight")),
    ),
    sharegpt,
    dialect="sharegpt",
    note="LLaMA-Factory drops other rows with no more than a warning.",
    configure=_info({"formatting": "sharegpt", "columns": _COLUMNS, "tags": _TAGS}),
)
PREFERENCE = Exporter(
    "llamafactory-preference",
    "LLaMA-Factory preference pairs (DPO)",
    (
        _PREFERENCE.demand("turns", _ODD_RULE, _odd, looks="outline"),
        _PREFERENCE.demand("calls", CALLS_SENTENCE, speaks_or_calls, looks="beside"),
        *_PREFERENCE.standard("answers", "single", *_SHARED),
        _PREFERENCE.only((*_KEYS, "weight")),
    ),
    preference,
    kinds=("preference",),
    dialect="sharegpt_preference",
    configure=_info(
        {
            "formatting": "sharegpt",
            "ranking": True,
            "columns": {**_COLUMNS, "chosen": "chosen", "rejected": "rejected"},
            "tags": _TAGS,
        }
    ),
)
KTO = Exporter(
    "llamafactory-kto",
    "LLaMA-Factory KTO",
    (
        _KTO.demand("turns", _EVEN_RULE, _even, looks="outline"),
        _KTO.demand("calls", CALLS_SENTENCE, speaks_or_calls, looks="beside"),
        *_KTO.standard("judged", *_SHARED),
        _KTO.only((*_KEYS, "weight")),
    ),
    kto,
    kinds=("kto",),
    dialect="sharegpt_kto",
    configure=_info(
        {
            "formatting": "sharegpt",
            "columns": {**_COLUMNS, "kto_tag": "kto_tag"},
            "tags": _TAGS,
        }
    ),
)
