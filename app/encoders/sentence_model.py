"""Any sentence-transformers model that lies on this machine, run by torch."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.encoders import batches, network
from app.encoders import texts as strings
from app.errors import InvalidError

# Characters a batch may hold, padding included: about 2,048 tokens of English.
BUDGET = 8_192
LONGEST_NAME = 40


class SentenceEncoder:
    """A sentence-transformers model on the CPU; it cuts texts at its own limit."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self.dimensions: int = model.get_embedding_dimension()
        self._model = model

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts in batches of like length; a zero vector becomes the first axis."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        whole = [strings.well_formed(text) for text in texts]
        lengths = np.array([len(text) + 1 for text in whole], dtype=np.int64)
        for rows in batches.by_length(lengths, budget=BUDGET):
            vectors[rows] = self._embed([whole[row] for row in rows])
        return vectors

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        raw = self._model.encode(texts, batch_size=len(texts), show_progress_bar=False)
        vectors = np.asarray(raw, dtype=np.float32)
        vectors[~vectors.any(axis=1), 0] = 1  # a static model knows no word of ""
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def load(name: str, *, threads: int, label: str = "") -> SentenceEncoder:
    """Load a model by its folder, or by its name if it is in this machine's model cache.

    label: what to call it, instead of the last part of its name.
    Nothing is fetched and no code or pickle of the model is run.
    Raises InvalidError when there is no such model here.
    """
    network.forbid()
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"  # "Loading weights" in the worker's log
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    try:
        model = SentenceTransformer(
            name, device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    except (OSError, ValueError) as error:
        message = f"The encoder model {name!r} is not on this machine, or not one it can read."
        raise InvalidError(message) from error
    short = (label or PurePath(name).name)[:LONGEST_NAME]
    return SentenceEncoder(f"{short}/torch/{_revision(model)}", model)


def _revision(model: Any) -> str:
    """Eight hexadecimal digits of the model's layers and weights."""
    import torch

    digest = hashlib.sha256(str(model).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().view(torch.uint8).numpy())
    return digest.hexdigest()[:8]
