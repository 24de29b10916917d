"""The default encoder as users have it; the thresholds are far from the edge on purpose."""

from pathlib import Path

import numpy as np
import pytest

from app import encoders
from app.encoders import Encoder, kept, openvino_int8, quantisation, weights
from tests import encoder_cache

TEXTS = [
    "How do I bake bread at home?",
    "Give me a recipe for a homemade loaf.",
    "Explain how the stock market works.",
    "What drives share prices up and down?",
    "",
    "Name the planets of the solar system. " * 40,
]


def test_similar_sentences_are_closer_than_unlike_ones(default: Encoder) -> None:
    bread, loaf, market, shares, *_ = default.encode(TEXTS)

    assert bread @ loaf > 0.5
    assert market @ shares > 0.5
    assert max(bread @ market, bread @ shares, loaf @ market, loaf @ shares) < 0.25


def test_rows_come_in_the_order_of_the_texts(default: Encoder) -> None:
    forward, backward = default.encode(TEXTS), default.encode(TEXTS[::-1])

    np.testing.assert_array_equal(forward, backward[::-1])


def test_a_text_has_the_same_vector_whatever_its_batch_mates(default: Encoder) -> None:
    alone = np.concatenate([default.encode([text]) for text in TEXTS])
    crowd = default.encode([*TEXTS, *(" word" * length for length in range(60))])[: len(TEXTS)]

    np.testing.assert_array_equal(alone, crowd)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "?",
        "👩‍👩‍👧‍👦 🎉",
        "a\0b",
        "\0",
        "lone \ud83d here",
        "\udc00",
        "語" * 300,
        "long " * 2000,
    ],
    ids=["empty", "blank", "mark", "emoji", "NUL", "only NUL", "high", "low", "wide", "10,000"],
)
def test_every_string_has_a_finite_unit_vector(default: Encoder, text: str) -> None:
    vectors = default.encode([text])

    assert vectors.shape == (1, default.dimensions) == (1, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(default: Encoder) -> None:
    assert default.encode([]).shape == (0, 384)


def test_the_name_says_model_back_end_and_revision(default: Encoder) -> None:
    assert default.name.startswith("all-MiniLM-L6-v2/openvino-int8/")
    assert len(default.name) <= 60


def test_the_second_load_takes_the_kept_build(default: Encoder) -> None:
    cache = encoder_cache.folder()
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*.bin")}

    again = encoders.load("default", cache=cache, threads=1)

    assert again.name == default.name
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.bin")} == before


def test_weights_only_are_used_under_their_own_name(default: Encoder, tmp_path: Path) -> None:
    """What a machine does where the calibration failed once."""
    model = weights.folder()
    name = f"{openvino_int8.COMPRESSED}/{quantisation.revision()}"
    kept.folder(tmp_path, name.replace("/", "-"), lambda made: quantisation.compress(model, made))

    encoder = openvino_int8.load(model, cache=tmp_path, threads=2)

    assert encoder.name == name != default.name
    assert np.sum(encoder.encode(TEXTS) * default.encode(TEXTS), axis=1).min() > 0.95


def test_a_calibration_that_cannot_be_done_says_so(tmp_path: Path) -> None:
    with pytest.raises(quantisation.CalibrationError):
        quantisation.calibrate(weights.folder(), tmp_path, texts=[])

    assert list(tmp_path.iterdir()) == []
