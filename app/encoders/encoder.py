"""What Dartboard asks of a text encoder."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into unit vectors, one row per text, in the order of the texts."""

    @property
    def name(self) -> str:
        """Model, back end and revision, at most 60 characters: vectors of two names never mix."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimensions); any string is a text, even ""."""
        ...
