"""Axolotl: messages for its chat templates, and Alpaca; each with the datasets part of a YAML."""

from collections.abc import Mapping

import orjson

from app.formats import chat, demands
from app.formats.exporter import Configure, Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Message, Sample

_KEYS = ("tool_calls", "tool_call_id", "name")
_TRAINED = ("weight", "train", "train_detail")
_CHAT = RuleBook(
    "axolotl-chat",
    "https://docs.axolotl.ai/docs/dataset-formats/conversation.html",
    checked="2026-11-23",
    unsaid=("system", "media", "tool_ids"),
)
_ALPACA = RuleBook(
    "axolotl-alpaca",
    "https://docs.axolotl.ai/docs/dataset-formats/inst_tune.html",
    checked="2026-11-23",
    unsaid=("media",),
)
_CHAT_ENTRY = """    type: chat_template
    field_messages: messages
    message_property_mappings:
      role: role
      content: content
    roles_to_train: ["assistant"]
    message_field_training: train
    message_field_training_detail: train_detail
"""
_SECTIONS = {"train": "datasets", "validation": "test_datasets"}


def messages(sample: Sample) -> dict[str, object]:
    """Every turn; a weight says whether it is trained, arguments are a JSON text."""
    tools = {"tools": sample.extra["tools"]} if sample.extra.get("tools") else {}
    return {"messages": [_turn(message) for message in sample.messages], **tools}


def alpaca(sample: Sample) -> dict[str, object]:
    """One question and its answer."""
    asked, answered = sample.messages
    return {"instruction": asked.content, "input": "", "output": answered.content}


def _turn(message: Message) -> dict[str, object]:
    written = chat.turn(message, (*_KEYS, "train", "train_detail"))
    if "weight" in message.extra:
        written["train"] = bool(message.extra["weight"])
    if "tool_calls" in written:
        written["tool_calls"] = [_call(call) for call in chat.calls_of(message)]
    return written


def _call(call: Mapping[str, object]) -> dict[str, object]:
    arguments = orjson.dumps(demands.arguments_of(call)).decode()
    return {**call, "function": {**chat.function_of(call), "arguments": arguments}}


def _yaml(entry: str) -> Configure:
    def configure(rows: Mapping[str, int], files: Mapping[str, str]) -> Mapping[str, bytes]:
        parts = [
            f"{section}:\n  - path: {files[split]}\n    ds_type: json\n    split: train\n{entry}"
            for split, section in _SECTIONS.items()
            if split in files and rows.get(split)
        ]
        return {"axolotl.yaml": "".join(parts).encode()}

    return configure


def _single(sample: Sample) -> str:
    said = [message.role for message in sample.messages]
    return "" if said == ["user", "assistant"] else "There is more than one question and answer."


CHAT = Exporter(
    "axolotl-chat",
    "Axolotl chat",
    (
        _CHAT.roles("system", "user", "assistant", "tool"),
        *_CHAT.standard("system", "assistant", "content", "text", "media", "weight", "tool_ids"),
        *_CHAT.standard("arguments", "tools"),
        _CHAT.only((*_KEYS, *_TRAINED)),
    ),
    messages,
    bare=chat.bare,
    dialect="messages",
    note="Lines over sequence_len are dropped unless excess_length_strategy says otherwise.",
    configure=_yaml(_CHAT_ENTRY),
)
ALPACA = Exporter(
    "axolotl-alpaca",
    "Axolotl Alpaca",
    (
        _ALPACA.demand("single", "There is one question and one answer.", _single, looks="outline"),
        *_ALPACA.standard("content", "text", "media"),
        _ALPACA.only(),
    ),
    alpaca,
    dialect="alpaca",
    configure=_yaml("    type: alpaca\n"),
)
