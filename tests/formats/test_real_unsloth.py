"""Unsloth itself reads what we write for it, and trains on it: on any machine, without a GPU.

Apart from the other trainers, because importing it changes transformers and trl for the whole
process. `make test-trainers` installs it and runs this.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.formats import test_real_trainers as trainers


@pytest.fixture(scope="module")
def unsloth() -> Any:
    """The package; it is imported before transformers and trl, as it wants to be."""
    return pytest.importorskip("unsloth", reason="unsloth is not installed")


def test_its_own_reading_leaves_messages_and_spells_sharegpt_like_them(
    unsloth: Any, tmp_path: Path
) -> None:
    templates = import_module("unsloth.chat_templates")
    samples = trainers.SAMPLES["chat"]
    plain = trainers.loaded(trainers.written("unsloth", samples, tmp_path))
    told = [row["messages"] for row in templates.standardize_sharegpt(plain)]
    assert told == [[message.as_record() for message in one.messages] for one in samples]
    shared = trainers.loaded(trainers.written("sharegpt", samples, tmp_path))
    assert [row["conversations"] for row in templates.standardize_sharegpt(shared)] == told


def test_its_chat_template_says_every_turn(unsloth: Any, tmp_path: Path) -> None:
    templates = import_module("unsloth.chat_templates")
    tokenizer = trainers.tokenizer_of_bytes()
    tokenizer.chat_template = templates.CHAT_TEMPLATES["chatml"][0]
    rows = trainers.loaded(trainers.written("unsloth", trainers.SAMPLES["chat"], tmp_path))
    for row, sample in zip(rows, trainers.SAMPLES["chat"], strict=True):
        text = tokenizer.apply_chat_template(row["messages"], tokenize=False)
        said = [message.content for message in sample.messages]
        assert all(one in text for one in said)
        assert text.count("<|im_start|>") == len(said)


def test_it_trains_two_steps_on_our_file(unsloth: Any, tmp_path: Path) -> None:
    transformers, trl = import_module("transformers"), import_module("trl")
    tokenizer = trainers.tokenizer_of_bytes()
    small = transformers.LlamaConfig(
        vocab_size=512, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=512,
    )  # fmt: skip
    transformers.LlamaForCausalLM(small).save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    model, tokenizer = unsloth.FastLanguageModel.from_pretrained(
        str(tmp_path / "model"), max_seq_length=512, load_in_4bit=False, full_finetuning=True
    )

    def shown(rows: Any) -> list[str]:
        told = rows["messages"]
        several = [told] if isinstance(told[0], dict) else told
        return [tokenizer.apply_chat_template(one, tokenize=False) for one in several]

    trainer = trl.SFTTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=trainers.loaded(
            trainers.written("unsloth", [*trainers.SAMPLES["chat"]] * 4, tmp_path)
        ),
        formatting_func=shown,
        args=trl.SFTConfig(
            output_dir=str(tmp_path / "out"), max_steps=2, per_device_train_batch_size=2,
            report_to="none",
        ),
    )  # fmt: skip
    assert trainer.train().global_step == 2
    assert "Seven minutes." in tokenizer.decode(trainer.train_dataset[1]["input_ids"])
