import numpy as np
import pytest

from app.encoders.hashing import HashingEncoder


@pytest.mark.parametrize(
    "text", ["", " ", "one", "two words", "lone \ud83d", "NUL \0", "x" * 10_000]
)
def test_every_text_has_a_unit_vector(text: str) -> None:
    vectors = HashingEncoder().encode([text])

    assert vectors.shape == (1, 64)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1)


def test_no_texts_give_no_rows() -> None:
    assert HashingEncoder(8).encode([]).shape == (0, 8)


def test_the_same_words_give_the_same_vector_in_every_process() -> None:
    first = HashingEncoder(4).encode(["red red blue"])

    assert first.tolist() == HashingEncoder(4).encode(["Red blue red"]).tolist()
    assert first[0].tolist() == pytest.approx([0.4472, 0, 0, 0.8944], abs=1e-4)
