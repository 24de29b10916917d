"""Services whose checks nobody can install: what their documents demand, written down once more.

Nothing here is shared with the rules of app/formats: every line that those let pass has to pass
here too, of files that people really published.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
import pytest

from app.formats import dialects
from app.formats.entries import Record
from app.formats.exporters import EXPORTERS
from app.formats.sample import KINDS, Sample
from tests import shared_data
from tests.formats import reading

Line = dict[str, Any]
FILES = (
    ("llamafactory_demo", "v1_sft_demo.jsonl"),
    ("llamafactory_demo", "glaive_toolcall_en_demo.json"),
    ("llamafactory_demo", "alpaca_en_demo.json"),
    ("llamafactory_demo", "v1_dpo_demo.jsonl"),
    ("llamafactory_demo", "dpo_en_demo.json"),
    ("fastchat_mtbench", "dummy_conversation_sharegpt.json"),
    ("openai_cookbook", "toy_chat_fine_tuning.jsonl"),
)
ROWS = 60


@cache
def published() -> Sequence[Sample]:
    found: list[Sample] = []
    for folder, file in FILES:
        entries = reading.entries((shared_data.folder(folder) / file).read_bytes())[:ROWS]
        records = [entry for entry in entries if isinstance(entry, Record)]
        detection = dialects.detect([record.value for record in records], kinds=KINDS)
        read = (dialects.parse(record, detection, kinds=KINDS) for record in records)
        found += [one for one in read if isinstance(one, Sample)]
    return found


def openai(line: Line) -> None:
    """The format checks of OpenAI's cookbook (Chat_finetuning_data_prep), with tools."""
    known = {"role", "content", "name", "function_call", "tool_calls", "tool_call_id", "weight"}
    for message in line["messages"]:
        assert set(message) <= known
        assert message["role"] in ("system", "user", "assistant", "function", "tool", "developer")
        calls = message.get("tool_calls") or message.get("function_call")
        assert (isinstance(message.get("content"), str) and message["content"]) or calls
        assert message.get("weight", 1) in (0, 1)
    assert any(message["role"] == "assistant" for message in line["messages"])


def openai_pair(line: Line) -> None:
    """OpenAI's guide to direct preference optimization: an input and two answers."""
    assert {"input", "preferred_output", "non_preferred_output"} <= set(line)
    assert line["input"]["messages"]
    for side in ("preferred_output", "non_preferred_output"):
        assert all(turn["role"] in ("assistant", "tool") for turn in line[side])
        assert all(isinstance(turn["content"], str) for turn in line[side] if "content" in turn)


def anthropic(line: Line) -> None:
    """Claude on Bedrock: system on top, no other key, in turns from user to assistant."""
    assert set(line) <= {"system", "messages"}
    roles = [message["role"] for message in line["messages"]]
    assert len(roles) >= 2
    assert len(roles) % 2 == 0
    assert roles == ["user", "assistant"] * (len(roles) // 2)
    assert all(set(message) == {"role", "content"} for message in line["messages"])
    assert all(message["content"].strip() for message in line["messages"])


def bedrock(line: Line) -> None:
    """Bedrock's conversation schema of 2024: every text is a block."""
    assert line["schemaVersion"] == "bedrock-conversation-2024"
    roles = [message["role"] for message in line["messages"]]
    assert roles == ["user", "assistant"] * (len(roles) // 2)
    for message in (*line.get("system", []), *(m["content"][0] for m in line["messages"])):
        assert set(message) == {"text"}
        assert message["text"]


def reinforced(line: Line) -> None:
    """Bedrock's reinforcement tuning: prompts as messages, and what the grader compares with."""
    assert set(line) == {"messages", "reference_answer"}
    assert line["messages"][-1]["role"] == "user"
    assert all(turn["role"] in ("system", "user", "assistant") for turn in line["messages"])


def gemini(line: Line) -> None:
    """Vertex AI: contents by user and model, texts and calls as parts, declarations beside."""
    assert set(line) <= {"systemInstruction", "contents", "tools"}
    assert {turn["role"] for turn in line["contents"]} == {"user", "model"}
    assert line["contents"][-1]["role"] == "model"
    waiting: list[str] = []
    for turn in line["contents"]:
        for kind, value in [item for part in turn["parts"] for item in part.items()]:
            assert value
            if kind == "functionCall":
                assert turn["role"] == "model"
                assert isinstance(value["args"], dict)
                waiting.append(value["name"])
            elif kind == "functionResponse":
                assert (turn["role"], value["name"]) == ("user", waiting.pop(0))
                assert isinstance(value["response"], dict)
            else:
                assert kind == "text"


def fireworks(line: Line) -> None:
    """Fireworks: OpenAI's messages, a system message first or not at all."""
    openai({"messages": [{**turn} for turn in line["messages"]]})
    assert all(turn["role"] != "system" for turn in line["messages"][1:])
    assert set(line) <= {"messages", "tools"}


CHECKS: Mapping[str, Callable[[Line], None]] = {
    "openai-chat": openai,
    "azure-openai": openai,
    "openai-dpo": openai_pair,
    "fireworks-dpo": openai_pair,
    "bedrock-anthropic": anthropic,
    "bedrock-conversation": bedrock,
    "bedrock-rft": reinforced,
    "gemini": gemini,
    "fireworks": fireworks,
}


@pytest.mark.parametrize("name", CHECKS)
def test_every_line_that_passes_our_rules_passes_the_documented_checks(name: str) -> None:
    exporter = EXPORTERS[name]
    passing = [one for one in published() if not exporter.check(one)]
    assert len(passing) >= 50
    for sample in passing:
        CHECKS[name](orjson.loads(exporter.write(sample)))
