"""Files that people really published, read whole."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from app.formats import dialects
from app.formats.entries import Record
from app.formats.exporters import EXPORTERS
from app.formats.sample import KINDS, Sample, dump_messages, dump_rest, load_sample
from tests import shared_data
from tests.formats import reading

ALPACA_LIBRE_BAD = [2279, *range(2281, 2292), 2293, 2294]


def _bytes(folder: str, file: str) -> bytes:
    return (shared_data.folder(folder) / file).read_bytes()


@pytest.mark.parametrize(
    ("folder", "file", "dialect", "rows"),
    [
        ("llamafactory_demo", "alpaca_en_demo.json", "alpaca", 999),
        ("llamafactory_demo", "alpaca_zh_demo.json", "alpaca", 1000),
        ("llamafactory_demo", "identity.json", "alpaca", 91),
        ("llamafactory_demo", "glaive_toolcall_en_demo.json", "sharegpt", 300),
        ("llamafactory_demo", "glaive_toolcall_zh_demo.json", "sharegpt", 300),
        ("llamafactory_demo", "kto_en_demo.json", "messages", 300),
        ("llamafactory_demo", "v1_sft_demo.jsonl", "messages", 500),
        ("llamafactory_demo", "reason_tool_use_demo_50.jsonl", "messages", 50),
        ("llamafactory_demo", "mllm_demo.json", "messages", 6),
        ("fastchat_mtbench", "dummy_conversation_sharegpt.json", "sharegpt", 500),
        ("axolotl_fixtures", "alpaca.json", "alpaca", 2),
        ("axolotl_fixtures", "conversation.json", "sharegpt", 1),
        ("axolotl_fixtures", "conversation.missingturns.json", "sharegpt", 1),
        ("openai_cookbook", "toy_chat_fine_tuning.jsonl", "messages", 5),
        ("gsm8k", "train_subset_4000.jsonl", "question_answer", 4000),
    ],
)
def test_every_row_is_read_and_written_back(
    folder: str, file: str, dialect: str, rows: int
) -> None:
    data = _bytes(folder, file)
    found = reading.results(data)
    assert len(found) == rows
    assert {one.dialect for one in found if isinstance(one, Sample)} == {dialect}
    write = dialects.DIALECTS[dialect].write
    assert [write(one) for one in found if isinstance(one, Sample)] == reading.values(data)


def test_alpaca_libre_gives_2280_rows_and_the_14_bad_lines() -> None:
    data = _bytes("alpaca_libre", "alpaca_libre_tasks_v2.jsonl")
    found = reading.entries(data)
    assert sum(isinstance(entry, Record) for entry in found) == 2280
    assert [entry.line for entry in found if not isinstance(entry, Record)] == ALPACA_LIBRE_BAD
    codes = Counter(bad.code for bad in reading.rejected(data))
    assert codes == {"not_json": 14, "missing_answer": 51}


def test_preference_pairs_are_not_taken_for_answers() -> None:
    bad = reading.rejected(_bytes("llamafactory_demo", "dpo_en_demo.json"))
    assert {one.code for one in bad} == {"preference_pair"}
    assert len(bad) == 300


@pytest.mark.parametrize(
    ("folder", "file", "dialect", "rows"),
    [
        ("llamafactory_demo", "dpo_en_demo.json", "sharegpt_preference", 300),
        ("llamafactory_demo", "dpo_zh_demo.json", "sharegpt_preference", 300),
        ("llamafactory_demo", "kto_en_demo.json", "messages_kto", 300),
        ("llamafactory_demo", "v1_dpo_demo.jsonl", "llamafactory_preference", 10),
        ("llamafactory_demo", "c4_demo.jsonl", "text", 300),
        ("llamafactory_demo", "v1_sft_demo.jsonl", "messages", 500),
        ("llamafactory_demo", "reason_tool_use_demo_50.jsonl", "messages", 50),
        ("llamafactory_demo", "mllm_demo.json", "messages", 6),
        ("fastchat_mtbench", "dummy_conversation_sharegpt.json", "sharegpt", 500),
        ("alpaca_libre", "alpaca_libre_tasks_v1.jsonl", "alpaca", 2138),
    ],
)
def test_every_kind_comes_out_as_it_went_in(
    folder: str, file: str, dialect: str, rows: int
) -> None:
    records = _records(folder, file)
    samples = _samples(records)
    assert len(samples) == rows
    assert {one.dialect for _, one in samples} == {dialect}
    for record, one in samples:
        stored = load_sample(dump_messages(one.messages), dump_rest(one))
        assert stored.fingerprint == one.fingerprint
        assert dialects.DIALECTS[dialect].write(one) == record.value
        line = EXPORTERS["as-imported"].line(one, record.raw)
        assert line == record.raw.replace("\r", " ").replace("\n", " ").encode() + b"\n"


@pytest.mark.parametrize(
    ("file", "name", "passing"),
    [
        ("dpo_en_demo.json", "llamafactory-preference", 300),
        ("dpo_en_demo.json", "trl-preference", 300),
        ("v1_dpo_demo.jsonl", "openai-dpo", 10),
        ("v1_dpo_demo.jsonl", "together-dpo", 10),
        ("kto_en_demo.json", "llamafactory-kto", 300),
        ("kto_en_demo.json", "trl-kto", 300),
        ("c4_demo.jsonl", "trl-text", 300),
        ("v1_sft_demo.jsonl", "openai-chat", 500),
        ("v1_sft_demo.jsonl", "bedrock-anthropic", 500),
        ("v1_sft_demo.jsonl", "gemini", 500),
        ("reason_tool_use_demo_50.jsonl", "fireworks", 50),
        ("reason_tool_use_demo_50.jsonl", "openai-chat", 50),
        ("glaive_toolcall_en_demo.json", "llamafactory-sharegpt", 300),
        ("glaive_toolcall_en_demo.json", "mistral-finetune", 300),
        # Two of its observations answer a call that nobody made.
        ("glaive_toolcall_zh_demo.json", "trl-messages", 298),
        ("alpaca_en_demo.json", "llamafactory-alpaca", 999),
        ("alpaca_en_demo.json", "axolotl-alpaca", 999),
        ("alpaca_zh_demo.json", "together", 1000),
        ("mllm_demo.json", "unsloth", 0),
        ("mllm_demo.json", "as-imported", 6),
    ],
)
def test_published_files_pass_their_trainers(file: str, name: str, passing: int) -> None:
    samples = [one for _, one in _samples(_records("llamafactory_demo", file))]
    passed = [one for one in samples if not EXPORTERS[name].check(one)]
    assert len(passed) == passing
    for one in passed:
        assert orjson.loads(EXPORTERS[name].write(one))


NO_SAMPLES = {"dataset_info.json": "llamafactory_demo", "expected.json": "openai_cookbook"}


def test_no_published_file_is_forgotten() -> None:
    here = Path(__file__).read_text()
    for folder in (
        "llamafactory_demo", "axolotl_fixtures", "openai_cookbook", "fastchat_mtbench",
        "alpaca_libre",
    ):  # fmt: skip
        files = [path.name for path in shared_data.folder(folder).iterdir()]
        data = [name for name in files if name.endswith((".json", ".jsonl"))]
        assert data
        assert [name for name in data if f'"{name}"' not in here] == []


@pytest.mark.parametrize(("file", "folder"), NO_SAMPLES.items())
def test_a_file_about_data_is_set_aside_with_its_reason(file: str, folder: str) -> None:
    (bad,) = reading.rejected(_bytes(folder, file))
    assert bad.code == "unknown_fields"


def test_every_file_of_conversations_is_told() -> None:
    told = {
        "judge_prompts.jsonl": "",
        "mt_bench_question.jsonl": "",
        "mt_bench_reference_gpt4.jsonl": "",
        "vicuna_question.jsonl": "",
        "vicuna_reference_gpt4.jsonl": "",
    }
    for file, dialect in told.items():
        values = reading.values(_bytes("fastchat_mtbench", file))
        assert dialects.detect(values, kinds=KINDS).dialect == dialect, file
        assert len(values) >= 8


def _records(folder: str, file: str) -> list[Record]:
    entries = reading.entries(_bytes(folder, file))
    return [entry for entry in entries if isinstance(entry, Record)]


def _samples(records: list[Record]) -> list[tuple[Record, Sample]]:
    detection = dialects.detect([record.value for record in records], kinds=KINDS)
    found = [(record, dialects.parse(record, detection, kinds=KINDS)) for record in records]
    return [(record, one) for record, one in found if isinstance(one, Sample)]
