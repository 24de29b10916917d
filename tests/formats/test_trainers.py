"""Every rule of every trainer, with a sample that keeps it and one that breaks it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import orjson
import pytest

from app.formats import chat as formats_chat
from app.formats import dialects
from app.formats.exporter import Exporter
from app.formats.exporters import EXPORTERS
from app.formats.rules import Rule
from app.formats.sample import Kind, Message, Role, Sample
from app.formats.sniffing import BOM

SYSTEM = Message("system", "Be brief.")
ASK = Message("user", "hi")
SAY = Message("assistant", "hello")
NOBODY = Message(cast(Role, "critic"), "hm")
TOOLS = [{"type": "function", "function": {"name": "add", "parameters": {}}}]


def calling(call_id: object = "call_0001", arguments: object = '{"a":1}') -> Message:
    function = {"name": "add", "arguments": arguments}
    call = {"id": call_id, "type": "function", "function": function}
    return Message("assistant", "", {"tool_calls": [call]})


def described(parameter: object) -> list[object]:
    parameters = {"type": "object", "properties": {"a": parameter}}
    return [{"type": "function", "function": {"name": "add", "parameters": parameters}}]


def result(call_id: str = "call_0001") -> Message:
    return Message("tool", "3", {"tool_call_id": call_id})


def saying(**extra: object) -> Message:
    return Message("assistant", "hello", extra)


def chat(*messages: Message, **extra: object) -> Sample:
    return Sample(messages, extra=extra)


def pair(*said: Message, rejected: tuple[Message, ...], answer_turns: int = 1) -> Sample:
    return Sample(said, kind="preference", rejected=rejected, answer_turns=answer_turns)


BAD = (Message("assistant", "go away"),)
GOOD: Mapping[Kind, Sample] = {
    "chat": chat(ASK, SAY),
    "preference": pair(ASK, SAY, rejected=BAD),
    "kto": Sample((ASK, SAY), kind="kto", desirable=True),
    "text": Sample((ASK,), kind="text"),
}
WITH_TOOLS = chat(SYSTEM, ASK, calling(), result(), SAY, tools=TOOLS)

# By the end of a rule's id: samples of which, kind by kind, one breaks it.
BROKEN: Mapping[str, tuple[Sample, ...]] = {
    "roles": (
        chat(NOBODY, SAY),
        pair(NOBODY, SAY, rejected=BAD),
        Sample((NOBODY, SAY), kind="kto", desirable=True),
        chat(ASK, calling(), result(), SAY),
        pair(ASK, SAY, rejected=(result(),)),
        Sample((Message("tool", "3"), SAY), kind="kto", desirable=True),
    ),
    "system": (
        chat(ASK, SYSTEM, SAY),
        pair(ASK, SYSTEM, SAY, rejected=BAD),
        Sample((ASK, SYSTEM, SAY), kind="kto", desirable=False),
    ),
    "assistant": (chat(ASK), chat(ASK, saying(weight=0))),
    "first": (chat(SAY, ASK, SAY),),
    "last": (chat(ASK, SAY, ASK), Sample((ASK,), kind="kto", desirable=True)),
    "alternation": (chat(ASK, ASK, SAY),),
    "two": (chat(SYSTEM, SAY),),
    "content": (
        chat(Message("user", ""), SAY),
        pair(ASK, SAY, rejected=(Message("assistant", ""),)),
        Sample((Message("user", ""), SAY), kind="kto", desirable=True),
        Sample((Message("user", ""),), kind="text"),
    ),
    "text": tuple(
        replace(sample, messages=(parts, *sample.messages[1:]))
        for parts in [Message("user", "hi", {"content": [{"type": "text", "text": "hi"}]})]
        for sample in GOOD.values()
    ),
    "parts": (chat(Message("user", "", {"content": [{"type": "input_audio"}]}), SAY),),
    "weight": (chat(ASK, saying(weight=0.5)), chat(Message("user", "a", {"weight": 1}), SAY)),
    "unweighted": (
        chat(ASK, SAY, ASK, saying(weight=0)),
        pair(ASK, saying(weight=0), rejected=BAD),
        Sample((ASK, saying(weight=0)), kind="kto", desirable=True),
    ),
    "tool_ids": (
        chat(ASK, calling(), result("other"), SAY),
        chat(ASK, calling(), result(), calling(), result(), SAY),
        pair(ASK, result(), SAY, rejected=BAD),
        Sample((result(), SAY), kind="kto", desirable=True),
    ),
    "arguments": (
        chat(ASK, calling(arguments="{"), result(), SAY),
        pair(ASK, calling(arguments=3), rejected=BAD),
        Sample((ASK, calling(arguments=[])), kind="kto", desirable=True),
    ),
    "calls": (
        chat(ASK, Message("assistant", "so", calling(call_id=7).extra)),
        pair(ASK, Message("assistant", "so", calling().extra), rejected=BAD),
        Sample((ASK, Message("assistant", "so", calling().extra)), kind="kto", desirable=True),
    ),
    "answered": (chat(ASK, calling(), SAY), chat(ASK, calling(), result(), result(), SAY)),
    "schema": (
        chat(ASK, SAY, tools=described({"type": ["string", "null"]})),
        chat(ASK, SAY, tools=described({"type": "array", "items": {"oneOf": []}})),
        chat(ASK, SAY, tools=[{"type": "function"}]),
    ),
    "tools": tuple(replace(sample, extra={"tools": [1]}) for sample in GOOD.values()),
    "media": tuple(replace(sample, extra={"images": ["a.png"]}) for sample in GOOD.values()),
    "plain": tuple(
        replace(sample, messages=(Message("user", "hi", {"mood": "gay"}), *sample.messages[1:]))
        for sample in GOOD.values()
    ),
    "turns": (
        chat(ASK, ASK, SAY, SAY),
        chat(ASK, SAY, ASK),
        pair(ASK, SAY, SAY, rejected=BAD),
        Sample((SAY, ASK), kind="kto", desirable=True),
    ),
    "output": (chat(ASK, Message("assistant", " ")),),
    "single": (
        chat(ASK, SAY, ASK, SAY),
        pair(ASK, SAY, SAY, rejected=BAD, answer_turns=2),
    ),
    "prompt": (chat(SAY),),
    "answers": (
        pair(ASK, SAY, rejected=(SAY,)),
        pair(ASK, ASK, rejected=BAD),
        pair(SAY, rejected=BAD),
        pair(ASK, SAY, rejected=()),
    ),
    "asked": (pair(ASK, SAY, SAY, rejected=BAD),),
    "judged": (Sample((ASK, SAY), kind="kto"),),
}
SAMPLE_RULES = [
    (exporter, demand.rule)
    for exporter in EXPORTERS.values()
    for demand in exporter.demands
    if demand.of_sample
]
FILE_RULES = [
    (exporter, demand.rule)
    for exporter in EXPORTERS.values()
    for demand in exporter.demands
    if demand.of_file
]


def rule_name(case: object) -> str:
    return case.id if isinstance(case, Rule) else ""


@pytest.mark.parametrize(("exporter", "rule"), SAMPLE_RULES, ids=rule_name)
def test_each_rule_is_kept_by_a_good_sample_and_broken_by_a_bad_one(
    exporter: Exporter, rule: Rule
) -> None:
    (kind,) = exporter.kinds
    assert exporter.check(GOOD[kind]) == ()
    bad = [sample for sample in BROKEN[rule.id.partition(".")[2]] if sample.kind == kind]
    found = [violation for sample in bad for violation in exporter.check(sample)]
    details = [violation.detail for violation in found if violation.rule_id == rule.id]
    assert details
    assert all(detail.endswith(".") for detail in details)


@pytest.mark.parametrize(("exporter", "rule"), FILE_RULES, ids=rule_name)
def test_each_limit_of_a_file_holds_at_its_edge(exporter: Exporter, rule: Rule) -> None:
    limit = rule.limit or 0
    outside = limit - 1 if ".min_" in rule.id else limit + 1

    def broken(number: int) -> list[str]:
        usual = {"rows": 1_000, "bytes": 100_000} | {rule.measure: number}
        return [one.rule_id for one in exporter.check_file(usual["rows"], usual["bytes"])]

    assert rule.id in broken(outside)
    assert rule.id not in broken(limit)


@pytest.mark.parametrize("exporter", EXPORTERS.values(), ids=lambda one: one.name)
def test_a_sample_of_another_kind_breaks_that_rule_alone(exporter: Exporter) -> None:
    for kind, sample in GOOD.items():
        found = [one.rule_id for one in exporter.check(sample)]
        assert found == ([] if kind in exporter.kinds else [f"{exporter.name}.kind"])


@pytest.mark.parametrize("exporter", EXPORTERS.values(), ids=lambda one: one.name)
def test_every_rule_says_where_and_when_it_was_read(exporter: Exporter) -> None:
    for rule in exporter.rules:
        assert rule.id.startswith(f"{exporter.name}.")
        assert rule.sentence.endswith(".")
        assert re.fullmatch(r"2026-11-2[23]", rule.checked)
        assert rule.source.startswith("https://") or rule.id.endswith(".kind")
        assert (rule.measure != "") == (rule.limit is not None or rule.measure == "tokens")


HELLO = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
SPOKEN = [{"role": "system", "content": "Be brief."}, *HELLO]
SHARED = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]
LINES: Mapping[str, object] = {
    "openai-chat": {"messages": SPOKEN},
    "azure-openai": {"messages": SPOKEN},
    "bedrock-anthropic": {"system": "Be brief.", "messages": HELLO},
    "bedrock-conversation": {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "hi"}]},
            {"role": "assistant", "content": [{"text": "hello"}]},
        ],
    },
    "bedrock-rft": {"messages": SPOKEN[:2], "reference_answer": "hello"},
    "gemini": {
        "systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"text": "hello"}]},
        ],
    },
    "mistral": {"messages": SPOKEN},
    "mistral-finetune": {"messages": SPOKEN},
    "together": {"messages": SPOKEN},
    "fireworks": {"messages": SPOKEN},
    "trl-messages": {"messages": SPOKEN},
    "trl-prompt-completion": {"prompt": SPOKEN[:2], "completion": SPOKEN[2:]},
    "axolotl-chat": {"messages": SPOKEN},
    "llamafactory-alpaca": {
        "instruction": "hi",
        "input": "",
        "output": "hello",
        "system": "Be brief.",
        "history": [],
    },
    "llamafactory-sharegpt": {"conversations": SHARED, "system": "Be brief.", "tools": ""},
    "sharegpt": {"conversations": [{"from": "system", "value": "Be brief."}, *SHARED]},
    "alpaca": {"instruction": "hi", "input": "", "output": "hello", "system": "Be brief."},
    "unsloth": {"messages": SPOKEN},
    "as-imported": {"messages": SPOKEN},
}
OTHER = {"role": "assistant", "content": "go away"}
OTHER_LINES: Mapping[str, object] = {
    "openai-dpo": {
        "input": {"messages": HELLO[:1]},
        "preferred_output": HELLO[1:],
        "non_preferred_output": [OTHER],
    },
    "trl-preference": {"prompt": HELLO[:1], "chosen": HELLO[1:], "rejected": [OTHER]},
    "llamafactory-preference": {
        "conversations": SHARED[:1],
        "system": "",
        "tools": "",
        "chosen": SHARED[1],
        "rejected": {"from": "gpt", "value": "go away"},
    },
    "trl-kto": {"prompt": HELLO[:1], "completion": HELLO[1:], "label": True},
    "llamafactory-kto": {"conversations": SHARED, "system": "", "tools": "", "kto_tag": True},
    "trl-text": {"text": "hi"},
    "axolotl-alpaca": {"instruction": "hi", "input": "", "output": "hello"},
}


@pytest.mark.parametrize("name", LINES)
def test_the_line_is_exactly_what_the_trainer_documents(name: str) -> None:
    sample = chat(SYSTEM, ASK, SAY)
    assert EXPORTERS[name].check(sample) == ()
    assert orjson.loads(EXPORTERS[name].write(sample)) == LINES[name]


@pytest.mark.parametrize("name", [*OTHER_LINES, "together-dpo", "fireworks-dpo"])
def test_the_line_of_another_kind_is_exactly_what_the_trainer_documents(name: str) -> None:
    exporter = EXPORTERS[name]
    expected = OTHER_LINES.get(name, OTHER_LINES["openai-dpo"])
    assert orjson.loads(exporter.write(GOOD[exporter.kinds[0]])) == expected


def test_every_exporter_has_its_line_in_a_table() -> None:
    assert {*LINES, *OTHER_LINES, "together-dpo", "fireworks-dpo"} == set(EXPORTERS)


def test_azure_wants_a_byte_order_mark_and_nobody_else_does() -> None:
    marked = [exporter.name for exporter in EXPORTERS.values() if exporter.prefix == BOM]
    assert marked == ["azure-openai"]


TAKES_TOOLS = (
    "openai-chat",
    "mistral",
    "mistral-finetune",
    "fireworks",
    "trl-messages",
    "axolotl-chat",
    "llamafactory-sharegpt",
    "sharegpt",
    "unsloth",
    "gemini",
)


@pytest.mark.parametrize("name", TAKES_TOOLS)
def test_tool_calls_are_written(name: str) -> None:
    assert EXPORTERS[name].check(WITH_TOOLS) == ()
    assert b"add" in EXPORTERS[name].write(WITH_TOOLS)


@pytest.mark.parametrize("name", ["bedrock-anthropic", "bedrock-conversation", "alpaca"])
def test_tool_calls_are_refused_where_they_would_be_lost(name: str) -> None:
    assert EXPORTERS[name].check(WITH_TOOLS)


def test_arguments_are_a_text_or_an_object_as_the_trainer_wants_them() -> None:
    for written in ('{"a":1}', {"a": 1}):
        sample = chat(ASK, calling("a-long-identity", written), result("a-long-identity"), SAY)
        shown = {
            name: orjson.loads(EXPORTERS[name].write(sample))["messages"]
            for name in ("mistral", "trl-messages", "axolotl-chat", "openai-chat", "fireworks")
        }
        calls = {name: turns[1]["tool_calls"][0] for name, turns in shown.items()}
        assert calls["mistral"]["function"]["arguments"] == '{"a":1}'
        for name in ("axolotl-chat", "openai-chat", "fireworks"):
            assert calls[name]["function"]["arguments"] == '{"a":1}'
        assert calls["trl-messages"]["function"]["arguments"] == {"a": 1}
        assert calls["mistral"]["id"] == shown["mistral"][2]["tool_call_id"] == "000000000"


GEMINI_CALLS: Mapping[str, object] = {
    "contents": [
        {"role": "user", "parts": [{"text": "hi"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "add", "args": {"a": 1}}}]},
        {
            "role": "user",
            "parts": [{"functionResponse": {"name": "add", "response": {"output": "3"}}}],
        },
        {"role": "model", "parts": [{"text": "hello"}]},
    ],
    "tools": [
        {
            "functionDeclarations": [
                {
                    "name": "add",
                    "parameters": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}},
                }
            ]
        }
    ],
}


def test_gemini_calls_functions_in_parts_and_declares_them() -> None:
    tools = described({"type": "string"})
    sample = chat(ASK, calling(), result(), SAY, tools=tools)
    assert orjson.loads(EXPORTERS["gemini"].write(sample)) == GEMINI_CALLS


@pytest.mark.parametrize("name", TAKES_TOOLS)
def test_calls_that_came_from_gemini_are_written_for_everybody(name: str) -> None:
    sample = dialects.DIALECTS["gemini"].parse(GEMINI_CALLS)
    assert isinstance(sample, Sample)
    assert EXPORTERS[name].check(sample) == ()
    line = orjson.loads(EXPORTERS[name].write(sample))
    if name == "gemini":
        assert line == GEMINI_CALLS
    elif "messages" in line:
        (call,) = line["messages"][1]["tool_calls"]
        answer = line["messages"][2]
        assert (answer["content"], answer["tool_call_id"]) == ("3", call["id"])
        function = line["tools"][0]["function"]
        assert function["parameters"]["properties"] == {"a": {"type": "string"}}


def asked_of_gemini(*turns: Mapping[str, object], **more: object) -> Sample:
    hello = {"role": "model", "parts": [{"text": "hello"}]}
    contents = [{"role": "user", "parts": [{"text": "hi"}]}, *turns, hello]
    sample = dialects.DIALECTS["gemini"].parse({"contents": contents, **more})
    assert isinstance(sample, Sample)
    return sample


def test_answers_of_gemini_belong_to_the_calls_of_their_names_in_whatever_order() -> None:
    named = ("add", "sub", "add")
    calls: list[object] = [{"functionCall": {"name": name, "args": {}}} for name in named]
    order = [("sub", 2), ("add", 1), ("add", 3)]
    told = [{"functionResponse": {"name": name, "response": {"n": n}}} for name, n in order]
    turns = ({"role": "model", "parts": calls}, {"role": "user", "parts": told})
    sample = asked_of_gemini(*turns)
    line = orjson.loads(EXPORTERS["openai-chat"].write(sample))
    ids = {turn["tool_call_id"]: turn["content"] for turn in line["messages"][2:5]}
    assert [ids[call["id"]] for call in line["messages"][1]["tool_calls"]] == [
        '{"n":1}', '{"n":2}', '{"n":3}',
    ]  # fmt: skip
    assert orjson.loads(EXPORTERS["gemini"].write(sample))["contents"][1:3] == list(turns)


@pytest.mark.parametrize(
    "parts",
    [
        [{"functionCall": {"name": "add"}}, {"functionResponse": {"name": "add"}}],
        [{"functionResponse": {"name": "add"}}],
        [{"functionCall": {"name": "add", "id": {"of": "no text"}}}],
    ],
    ids=["both at once", "an answer by the model", "an id that is no text"],
)
def test_parts_of_gemini_that_nobody_can_write_are_refused_and_not_dropped(
    parts: list[object],
) -> None:
    sample = asked_of_gemini({"role": "model", "parts": parts})
    assert "gemini.text" in {one.rule_id for one in EXPORTERS["gemini"].check(sample)}


def test_a_function_of_gemini_is_declared_with_all_that_it_had_or_refused() -> None:
    plain = {"type": "object", "properties": {}}
    told = {"name": "add", "parametersJsonSchema": plain, "response": {"type": "STRING"}}
    sample = asked_of_gemini(tools=[{"functionDeclarations": [told]}])
    (tool,) = orjson.loads(EXPORTERS["gemini"].write(sample))["tools"]
    assert tool["functionDeclarations"] == [
        {
            "name": "add",
            "response": {"type": "STRING"},
            "parameters": {"type": "OBJECT", "properties": {}},
        }
    ]
    (tool,) = orjson.loads(EXPORTERS["openai-chat"].write(sample))["tools"]
    assert tool["function"]["parameters"] == plain
    for strange in ({"behavior": "BLOCKING"}, {"parameters": {"anyOf": [1]}}):
        sample = asked_of_gemini(tools=[{"functionDeclarations": [{"name": "add", **strange}]}])
        (broken,) = EXPORTERS["gemini"].check(sample)
        assert broken.rule_id == "gemini.schema"


def test_several_calls_of_gemini_at_once_are_answered_by_one_turn() -> None:
    calls: list[object] = [{"functionCall": {"name": name, "args": {}}} for name in ("add", "sub")]
    told = [{"functionResponse": {"name": name, "response": {"n": 1}}} for name in ("add", "sub")]
    contents = [
        {"role": "user", "parts": [{"text": "hi"}]},
        {"role": "model", "parts": [{"text": "Well."}, *calls]},
        {"role": "user", "parts": told},
        {"role": "model", "parts": [{"text": "hello"}]},
    ]
    sample = dialects.DIALECTS["gemini"].parse({"contents": contents})
    assert isinstance(sample, Sample)
    plain = formats_chat.plain(sample)
    assert [message.role for message in plain.messages] == [
        "user", "assistant", "tool", "tool", "assistant",
    ]  # fmt: skip
    assert EXPORTERS["gemini"].check(plain) == ()
    assert orjson.loads(EXPORTERS["gemini"].write(plain)) == {"contents": contents}


@pytest.mark.parametrize("name", ["openai-chat", "azure-openai"])
def test_parts_that_openai_does_not_read_are_refused(name: str) -> None:
    def asked(part: object) -> Sample:
        return chat(Message("user", "", {"content": [part]}), SAY)

    assert EXPORTERS[name].check(asked({"type": "image_url", "image_url": {"url": "a"}})) == ()
    for strange in ({"type": "input_audio"}, {"functionCall": {"name": "add"}}, "a"):
        (broken,) = EXPORTERS[name].check(asked(strange))
        assert broken.rule_id == f"{name}.parts"


def test_a_weight_becomes_what_axolotl_reads() -> None:
    line = EXPORTERS["axolotl-chat"].write(chat(ASK, saying(weight=0), ASK, saying(weight=1)))
    assert [turn.get("train") for turn in orjson.loads(line)["messages"]] == [
        None,
        False,
        None,
        True,
    ]


def test_unknown_columns_stay_where_trainers_ignore_them_only() -> None:
    sample = chat(ASK, SAY, note=1)
    keeping = [name for name in LINES if b"note" in EXPORTERS[name].write(sample)]
    assert keeping == ["openai-chat", "azure-openai", "sharegpt", "alpaca", "as-imported"]


FILES = {"train": "train.jsonl", "validation": "validation.jsonl", "test": "test.jsonl"}


@pytest.mark.parametrize("exporter", EXPORTERS.values(), ids=lambda one: one.name)
def test_a_configuration_names_the_files_that_hold_something(exporter: Exporter) -> None:
    written = exporter.config_files({"train": 9, "validation": 0, "test": 0}, FILES)
    both = exporter.config_files({"train": 9, "validation": 1, "test": 0}, FILES)
    for name, content in written.items():
        assert b"train.jsonl" in content
        assert b"validation.jsonl" not in content
        assert b"validation.jsonl" in both[name]


def test_configurations_are_what_their_trainers_read() -> None:
    rows = {"train": 9, "validation": 1}
    info = EXPORTERS["llamafactory-preference"].config_files(rows, FILES)["dataset_info.json"]
    found = orjson.loads(info)
    assert set(found) == {"train", "validation"}
    assert found["train"]["ranking"] is True
    assert found["train"]["columns"]["chosen"] == "chosen"
    script = EXPORTERS["trl-kto"].config_files(rows, FILES)["train_with_trl.py"].decode()
    compile(script, "train_with_trl.py", "exec")
    assert "KTOTrainer" in script
    yaml = EXPORTERS["axolotl-chat"].config_files(rows, FILES)["axolotl.yaml"].decode()
    assert yaml.startswith("datasets:\n  - path: train.jsonl\n")
    assert "\ntest_datasets:\n  - path: validation.jsonl\n" in yaml
