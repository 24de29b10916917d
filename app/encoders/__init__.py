"""Text in, vectors out: the only room that loads models."""

from pathlib import Path

import structlog

from app.encoders import openvino_int8, sentence_model, weights
from app.encoders.encoder import Encoder
from app.encoders.hashing import HashingEncoder
from app.encoders.weights import WrongWeightsError

__all__ = ["Encoder", "WrongWeightsError", "load"]

_log = structlog.get_logger(__name__)


def load(name: str, *, cache: Path, threads: int) -> Encoder:
    """Load the encoder that the settings name.

    name: "default", "default-torch", "hashing", or a sentence-transformers model's
    folder or name. cache: where the default's int8 build is kept. threads: how many
    the CPU's work may use. Raises InvalidError and WrongWeightsError.
    """
    if name == "hashing":
        return HashingEncoder()
    if name == "default":
        return _load_default(cache, threads)
    if name == "default-torch":
        return _load_torch(threads)
    return sentence_model.load(name, threads=threads)


def _load_default(cache: Path, threads: int) -> Encoder:
    """OpenVINO in int8; torch, under its own name, where OpenVINO does not run."""
    try:
        return openvino_int8.load(weights.folder(), cache=cache, threads=threads)
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("encoder_fell_back_to_torch", reason=str(error))
    return _load_torch(threads)


def _load_torch(threads: int) -> Encoder:
    model = weights.verified(weights.folder())
    return sentence_model.load(str(model), threads=threads, label="all-MiniLM-L6-v2")
