"""The default encoder: all-MiniLM-L6-v2 in int8 on OpenVINO, four times as fast as torch."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from app.encoders import batches, kept, network, quantisation, tokens, weights

DIMENSIONS = 384
# Tokens a batch may hold, padding included (PERFORMANCE.md: 512 to 2,048 are alike).
BUDGET = 1024
CALIBRATED = "all-MiniLM-L6-v2/openvino-int8"
COMPRESSED = "all-MiniLM-L6-v2/openvino-int8-weights"

_log = structlog.get_logger(__name__)


class OpenvinoEncoder:
    """A compiled model and its tokenizer. Texts are cut at 256 tokens."""

    def __init__(self, name: str, compiled: Any, tokenizer: Any) -> None:
        self.name = name
        self.dimensions = DIMENSIONS
        self._compiled = compiled
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts in batches of one width, so that a vector depends on its text alone."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        ids = tokens.ids_of(self._tokenizer, texts)
        lengths = np.array([len(row) for row in ids], dtype=np.int64)
        request = self._compiled.create_infer_request()
        wide = batches.widths(lengths)
        for rows in batches.of_one_width(lengths, budget=BUDGET):
            batch = tokens.padded([ids[row] for row in rows], int(wide[rows[0]]))
            vectors[rows] = request.infer(batch)[0]
        return vectors


def load(model: Path, *, cache: Path, threads: int) -> OpenvinoEncoder:
    """Load the int8 build kept in `cache`, made first if need be (about ten seconds, once)."""
    network.forbid()
    name, folder = _built(weights.verified(model), cache)
    return OpenvinoEncoder(name, _compiled(folder, threads), tokens.reader(model))


def _built(model: Path, cache: Path) -> tuple[str, Path]:
    """The name and the folder of the build: calibrated, or compressed where that failed."""
    revision = quantisation.revision()
    compressed = _folder_name(COMPRESSED, revision)
    if kept.is_whole(cache / compressed):
        return f"{COMPRESSED}/{revision}", cache / compressed
    try:
        make = partial(quantisation.calibrate, model)
        folder = kept.folder(cache, _folder_name(CALIBRATED, revision), make)
        return f"{CALIBRATED}/{revision}", folder
    except quantisation.CalibrationError as error:
        _log.warning("encoder_not_calibrated", reason=str(error))
    folder = kept.folder(cache, compressed, partial(quantisation.compress, model))
    return f"{COMPRESSED}/{revision}", folder


def _folder_name(name: str, revision: str) -> str:
    return f"{name.replace('/', '-')}-{revision}"


def _compiled(folder: Path, threads: int) -> Any:
    import openvino

    options = {
        "INFERENCE_NUM_THREADS": threads,
        "PERFORMANCE_HINT": "LATENCY",
        # Newer CPUs would take bf16, and the same text would get another vector there.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    return openvino.Core().compile_model(folder / quantisation.FILE, "CPU", options)
