"""Files that people really published, read whole."""

from collections import Counter

import pytest

from app.formats import dialects
from app.formats.entries import Record
from app.formats.sample import Sample
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
