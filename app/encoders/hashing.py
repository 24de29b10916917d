"""A model-free encoder: hashed words. Good for tests and for a first look."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray


class HashingEncoder:
    """Bag of hashed words, normalised to unit length."""

    def __init__(self, dimensions: int = 64) -> None:
        self.name = f"hashing-{dimensions}"
        self.dimensions = dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts by counting the words that fall in each bucket."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            # A text without words counts as one empty word, so that its row has unit length too.
            for word in text.lower().split() or [""]:
                vectors[row, crc32(word.encode("utf-8", "surrogatepass")) % self.dimensions] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / lengths
        return unit
