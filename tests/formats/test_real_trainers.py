"""What we write, read by the trainers' own code. Each test needs its trainer's package.

They are heavy, so no environment of ours has them; in one that has `datasets`, `trl` and
`llamafactory`: python -m pytest --noconftest tests/formats/test_real_trainers.py
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
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
TEMPLATE = "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</>{% endfor %}"


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
    tokenizer = _tokenizer()
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
def test_llamafactorys_own_converter_keeps_every_row(name: str, kind: Kind, tmp_path: Path) -> None:
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


def _tokenizer() -> Any:
    """A tokenizer with a template, made here: none is fetched."""
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    bare = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=bare)
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def _converted(path: Path, described: dict[str, Any]) -> Any:
    """What llamafactory makes of the file by its dataset_info.json."""
    aligner, parser, hparams = (
        import_module(f"llamafactory.{name}") for name in ("data.aligner", "data.parser", "hparams")
    )
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
