"""What we write, read by the trainers' own code. Each test needs its trainer's package.

They are heavy, so `make test` does not install them and each test is skipped; `make test-trainers`
makes an environment of its own that has them all (tests/formats/trainers.txt) and runs these.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest

from app.formats.exporters import EXPORTERS
from app.formats.sample import Kind, Message, Sample

SYSTEM = Message("system", "Be brief.")
ASKED = (Message("user", "How long do I boil an egg?"),)
SAID = (Message("assistant", "Seven minutes."),)
WORSE = (Message("assistant", "It depends."),)
CALL = {"id": "call00001", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}
CALLED = (
    Message("assistant", "", {"tool_calls": [CALL]}),
    Message("tool", "noon", {"tool_call_id": "call00001"}),
)
SAMPLES: dict[Kind, Sequence[Sample]] = {
    "chat": (
        Sample((*ASKED, *SAID)),
        Sample((SYSTEM, *ASKED, *SAID)),
        Sample((*ASKED, *SAID, Message("user", "And hard? \u2028 \u00e4"), *SAID)),
    ),
    "preference": (Sample((*ASKED, *SAID), kind="preference", rejected=WORSE),),
    "kto": (Sample((*ASKED, *SAID), kind="kto", desirable=True),),
    "text": (Sample((Message("user", "Eggs boil in seven minutes."),), kind="text"),),
}
TEMPLATE = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{{ m['tool_calls'] }}</>{% endfor %}"
    "{{ tools }}"
)


def written(name: str, samples: Sequence[Sample], folder: Path) -> Path:
    """The samples as this exporter's file; none of them may break a rule."""
    exporter = EXPORTERS[name]
    assert [exporter.check(sample) for sample in samples] == [()] * len(samples)
    path = folder / f"train{exporter.suffix}"
    path.write_bytes(exporter.prefix + b"".join(map(exporter.write, samples)))
    configured = exporter.config_files({"train": len(samples)}, {"train": path.name})
    for file, content in configured.items():
        (folder / file).write_bytes(content)
    return path


def loaded(path: Path) -> Any:
    """The file as `datasets` loads it."""
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    return datasets.load_dataset(
        "json", data_files=str(path), split="train", cache_dir=str(path.parent / "cache")
    )


@pytest.mark.parametrize("name", [one for one in EXPORTERS if one != "as-imported"])
def test_datasets_loads_every_file(name: str, tmp_path: Path) -> None:
    samples = SAMPLES[EXPORTERS[name].kinds[0]]
    samples = [one for one in samples if not EXPORTERS[name].check(one)]
    assert len(loaded(written(name, samples, tmp_path))) == len(samples) > 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("trl-messages", "chat"),
        ("trl-prompt-completion", "chat"),
        ("trl-preference", "preference"),
        ("trl-kto", "kto"),
        ("unsloth", "chat"),
        ("openai-chat", "chat"),
    ],
)
def test_trl_finds_conversations_and_applies_a_template(
    name: str, kind: Kind, tmp_path: Path
) -> None:
    trl = pytest.importorskip("trl.data_utils", reason="trl is not installed")
    tokenizer = tokenizer_of_bytes()
    rows = loaded(written(name, SAMPLES[kind], tmp_path))
    for row, sample in zip(rows, SAMPLES[kind], strict=True):
        assert trl.is_conversational(row)
        told = trl.maybe_apply_chat_template(row, tokenizer)
        text = "".join(str(told.get(part, "")) for part in ("text", "prompt", "completion"))
        text += str(told.get("chosen", ""))
        assert sample.messages[0].content in text
        assert sample.messages[-1].content in text


def test_trl_reads_tool_calls(tmp_path: Path) -> None:
    trl = pytest.importorskip("trl.data_utils", reason="trl is not installed")
    sample = Sample((*ASKED, *CALLED, *SAID), extra={"tools": [TOOL]})
    (row,) = loaded(written("trl-messages", [sample], tmp_path))
    assert trl.is_conversational(row)
    assert row["messages"][1]["tool_calls"][0]["function"]["name"] == "clock"


def test_trl_takes_bare_texts_as_they_are(tmp_path: Path) -> None:
    trl = pytest.importorskip("trl.data_utils", reason="trl is not installed")
    (row,) = loaded(written("trl-text", SAMPLES["text"], tmp_path))
    assert not trl.is_conversational(row)
    assert row["text"] == "Eggs boil in seven minutes."


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("llamafactory-alpaca", "chat"),
        ("llamafactory-sharegpt", "chat"),
        ("llamafactory-preference", "preference"),
        ("llamafactory-kto", "kto"),
    ],
)
def test_llamafactorys_own_converter_keeps_every_row(
    name: str, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("torchaudio") is None:  # it reads sounds, of which our rows have none
        silent = ModuleType("torchaudio")
        silent.__spec__ = ModuleSpec("torchaudio", None)
        monkeypatch.setitem(sys.modules, "torchaudio", silent)
    pytest.importorskip(
        "llamafactory.data", reason="llamafactory does not import here", exc_type=ImportError
    )
    path = written(name, SAMPLES[kind], tmp_path)
    converted = _converted(path, orjson.loads((tmp_path / "dataset_info.json").read_bytes()))
    assert len(converted) == len(SAMPLES[kind])
    for row, sample in zip(converted, SAMPLES[kind], strict=True):
        # Newer releases begin the names of these columns with an underscore.
        asked, said = (row.get(f"_{name}") or row.get(name) for name in ("prompt", "response"))
        assert ASKED[0].content in str(asked)
        assert sample.messages[-1].content in str(said)


def test_axolotls_own_strategy_trains_the_answers_that_are_wanted(tmp_path: Path) -> None:
    samples = (
        Sample((SYSTEM, *ASKED, Message("assistant", "It depends.", {"weight": 0}), *ASKED, *SAID)),
        Sample((*ASKED, *CALLED, *SAID), extra={"tools": [TOOL]}),
    )
    path = written("axolotl-chat", samples, tmp_path)
    rows = [_trained(row, tmp_path) for row in loaded(path)]
    shown = [said for said, _ in rows]
    assert rows[0][1] == "Seven minutes.</>"
    assert "Be brief." in shown[0]
    assert "Seven minutes." in rows[1][1]
    assert "clock" in shown[1]


def test_axolotls_own_alpaca_strategy_trains_the_answer(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("axolotl.prompt_tokenizers", reason="axolotl is missing")
    prompters = import_module("axolotl.prompters")
    tokenizer = tokenizer_of_bytes()
    (row,) = loaded(written("axolotl-alpaca", [Sample((*ASKED, *SAID))], tmp_path))
    prompter = prompters.AlpacaPrompter(prompters.PromptStyle.INSTRUCT.value)
    strategy = tokenizers.AlpacaPromptTokenizingStrategy(prompter, tokenizer, sequence_len=2048)
    told = strategy.tokenize_prompt(row)
    assert ASKED[0].content in tokenizer.decode(told["input_ids"])
    assert tokenizer.decode([one for one in told["labels"] if one != -100]) == "Seven minutes.</>"


@pytest.mark.parametrize(
    ("name", "kind"), [("together", "chat"), ("together-dpo", "preference"), ("trl-text", "text")]
)
def test_togethers_own_check_passes_every_file(name: str, kind: Kind, tmp_path: Path) -> None:
    pytest.importorskip("together", reason="together is not installed")
    try:
        files = import_module("together.utils.files")
    except ImportError:  # since 2.0, which leaves most of the check to the server
        files = import_module("together.lib.utils.files")
    path = written(name, SAMPLES[kind], tmp_path)
    told = files.check_file(path)
    assert (told["is_check_passed"], told["num_samples"]) == (True, len(SAMPLES[kind])), told


@pytest.mark.parametrize(
    ("rule", "sample"),
    [
        ("alternation", Sample((*ASKED, *ASKED, *SAID))),
        # That the assistant may not begin stands in the documentation alone.
        ("assistant", Sample((SYSTEM, *ASKED))),
        ("weight", Sample((*ASKED, Message("assistant", "Seven.", {"weight": 0.5})))),
        ("roles", Sample((*ASKED, *CALLED, *SAID))),
    ],
)
def test_together_refuses_what_our_rule_leaves_out(
    rule: str, sample: Sample, tmp_path: Path
) -> None:
    files = pytest.importorskip("together.utils.files", reason="together 1 is not installed")
    exporter = EXPORTERS["together"]
    assert f"together.{rule}" in [broken.rule_id for broken in exporter.check(sample)]
    path = tmp_path / "train.jsonl"
    path.write_bytes(exporter.write(sample))
    assert not files.check_file(path)["is_check_passed"]


@pytest.mark.parametrize("name", ["mistral", "mistral-finetune"])
def test_mistrals_own_validator_passes_every_line(name: str, tmp_path: Path) -> None:
    validator = pytest.importorskip(
        "mistral_common.protocol.instruct.validator", reason="mistral-common is not installed"
    )
    instruct = import_module("mistral_common.protocol.instruct.request")
    told = import_module("mistral_common.protocol.instruct.messages")
    calling = Sample((*ASKED, *CALLED, *SAID), extra={"tools": [TOOL]})
    rows = written(name, [*SAMPLES["chat"], calling], tmp_path).read_bytes().splitlines()
    checks = validator.MistralRequestValidatorV3(validator.ValidationMode.finetuning)
    for row in map(orjson.loads, rows):
        request = instruct.ChatCompletionRequest[told.FinetuningMessage](**row)
        checks.validate_messages(request.messages)


@pytest.mark.parametrize("extra", [{}, {"tools": [TOOL]}])
def test_googles_own_types_take_every_line(extra: dict[str, object], tmp_path: Path) -> None:
    types = pytest.importorskip("google.genai.types", reason="google-genai is not installed")
    calling = Sample((SYSTEM, *ASKED, *CALLED, *SAID), extra=extra)
    rows = written("gemini", [*SAMPLES["chat"], calling], tmp_path).read_bytes().splitlines()
    for row in map(orjson.loads, rows):
        turns = [types.Content.model_validate(turn) for turn in row["contents"]]
        assert {turn.role for turn in turns} == {"user", "model"}
        if "systemInstruction" in row:
            types.Content.model_validate(row["systemInstruction"])
        tools = [types.Tool.model_validate(tool) for tool in row.get("tools", [])]
        assert [one.name for tool in tools for one in tool.function_declarations] == (
            ["clock"] if tools else []
        )
    called = [
        part.function_call.name for turn in turns for part in turn.parts if part.function_call
    ]
    answered = [
        p.function_response.name for turn in turns for p in turn.parts if p.function_response
    ]
    assert called == answered == ["clock"]


def _trained(row: Any, folder: Path) -> tuple[str, str]:
    """What axolotl reads of a row by our axolotl.yaml, and what of it is trained."""
    strategies = pytest.importorskip("axolotl.prompt_strategies", reason="axolotl is missing")
    config = import_module("yaml").safe_load((folder / "axolotl.yaml").read_text())["datasets"][0]
    settings = import_module("axolotl.utils.dict").DictDefault(
        sequence_len=2048, train_on_inputs=False, chat_template="tokenizer_default"
    )
    tokenizer = tokenizer_of_bytes()
    strategy = strategies.load(config["type"], tokenizer, settings, config)
    told = strategy.tokenize_prompt(row)
    labels = [one for one in told["labels"] if one != -100]
    return tokenizer.decode(told["input_ids"]), tokenizer.decode(labels)


def tokenizer_of_bytes() -> Any:
    """A tokenizer of single bytes with a template, made here: none is fetched."""
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: at for at, letter in enumerate(letters)}
    bare = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    bare.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=bare, eos_token="</>", pad_token="</>"
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def _converted(path: Path, described: dict[str, Any]) -> Any:
    """What llamafactory makes of the file by its dataset_info.json."""
    parser, hparams = (import_module(f"llamafactory.{name}") for name in ("data.parser", "hparams"))
    try:
        aligner = import_module("llamafactory.data.converter")
    except ImportError:  # before 0.9.2
        aligner = import_module("llamafactory.data.aligner")
    arguments = hparams.DataArguments(
        dataset="train", dataset_dir=str(path.parent), overwrite_cache=True
    )
    parser_of = getattr(parser, "get_dataset_list", None)
    assert parser_of is not None
    (attributes,) = (
        parser_of(arguments)
        if parser_of.__code__.co_argcount == 1
        else parser_of(["train"], str(path.parent))
    )
    assert attributes.dataset_name == described["train"]["file_name"]
    return aligner.align_dataset(loaded(path), attributes, arguments, _TrainingArguments())


class _TrainingArguments:
    """What the converter asks of the trainer's arguments."""

    local_process_index = 0
    should_log = False
