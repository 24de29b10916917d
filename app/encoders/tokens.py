"""Texts to token ids and padded arrays, for the default model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.encoders import texts as strings

# sentence_bert_config.json: max_seq_length.
LONGEST_TOKENS = 256


def reader(model: Path) -> Any:
    """The model's tokenizer: cuts at LONGEST_TOKENS and does not pad."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST_TOKENS)
    return tokenizer


def ids_of(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of each text, the two special tokens included: never an empty list."""
    whole = [strings.well_formed(text) for text in texts]
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(whole)]


def padded(rows: Sequence[Sequence[int]], width: int) -> dict[str, NDArray[np.int64]]:
    """input_ids and attention_mask, each (rows, width): a row's tokens, then zeros."""
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return {"input_ids": ids, "attention_mask": mask}
