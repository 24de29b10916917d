import shutil
from pathlib import Path

import numpy as np
import pytest

from app.encoders import WrongWeightsError, openvino_int8, weights


@pytest.fixture
def tampered(tmp_path: Path) -> Path:
    """The default model with one bit of its weights turned."""
    model = Path(shutil.copytree(weights.folder(), tmp_path / "model"))
    with (model / weights.WEIGHTS).open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    return model


def test_the_installed_weights_are_the_published_ones() -> None:
    assert weights.verified(weights.folder()) == weights.folder()


def test_tampered_weights_are_refused_before_anything_is_made(
    tampered: Path, tmp_path: Path
) -> None:
    with pytest.raises(WrongWeightsError, match=r"model\.safetensors has the digest"):
        openvino_int8.load(tampered, cache=tmp_path / "cache", threads=1)

    assert not (tmp_path / "cache").exists()


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WrongWeightsError, match=r"model\.safetensors is missing"):
        weights.verified(tmp_path)


def test_tensors_have_the_shapes_of_the_model() -> None:
    tensors = weights.tensors(weights.folder())

    assert tensors["embeddings.word_embeddings.weight"].shape == (30522, 384)
    assert tensors["encoder.layer.5.output.dense.weight"].shape == (384, 1536)
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())
