"""The default model in int8: the costly step, taken once and kept."""

import contextlib
import hashlib
import io
import logging
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.encoders import calibration, graph, network, tokens, weights
from app.errors import DartboardError

# Raise it whenever graph.py or this module changes the numbers: every kept build is made anew.
RECIPE = 1
FILE = "model.xml"
# SmoothQuant's alpha (Xiao et al. 2023, arXiv:2211.10438).
SMOOTHING = 0.8


class CalibrationError(DartboardError):
    """The encoder's activations could not be measured for int8."""


def revision() -> str:
    """Eight hexadecimal digits that change with everything the numbers depend on."""
    parts = [
        str(RECIPE),
        version("openvino"),
        version("nncf"),
        *weights.SHA256.values(),
        *calibration.TEXTS,
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def calibrate(model: Path, made: Path, texts: Sequence[str] = calibration.TEXTS) -> None:
    """Write the model with int8 weights and activations, their ranges measured on the texts.

    Raises CalibrationError.
    """
    nncf = _library()
    rows = tokens.ids_of(tokens.reader(model), texts)
    feeds = [tokens.padded([ids], len(ids)) for ids in rows]
    options = {
        "model_type": nncf.ModelType.TRANSFORMER,
        "preset": nncf.QuantizationPreset.MIXED,
        "subset_size": len(feeds),
        "advanced_parameters": _ranges(nncf),
    }
    model_graph = graph.build(weights.tensors(model))
    try:
        with _quiet():
            small = nncf.quantize(model_graph, nncf.Dataset(feeds), **options)
    except (RuntimeError, ValueError, nncf.ValidationError, nncf.InternalError) as error:
        raise CalibrationError from error
    _save(small, made)


def compress(model: Path, made: Path) -> None:
    """Write the model with int8 weights only: slower, nearer to the original, no calibration."""
    nncf = _library()
    with _quiet():
        small = nncf.compress_weights(
            graph.build(weights.tensors(model)), mode=nncf.CompressWeightsMode.INT8_ASYM
        )
    _save(small, made)


def _ranges(nncf: Any) -> Any:
    """The widest range seen, and more of the outliers moved into the weights than by default.

    Measured on 2,000 Alpaca inputs: neighbour overlap .948 and a cosine of at least .98;
    nncf's own choice (the mean of the texts' ranges) gives .933 and .96.
    """
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    return nncf.AdvancedQuantizationParameters(
        activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX,
        smooth_quant_alphas=nncf.AdvancedSmoothQuantParameters(matmul=SMOOTHING),
    )


def _library() -> Any:
    network.forbid()
    import nncf

    nncf.set_log_level(logging.ERROR)
    return nncf


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # nncf draws progress bars on stdout and has no switch for them.
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _save(built: Any, made: Path) -> None:
    import openvino

    openvino.save_model(built, made / FILE, compress_to_fp16=False)
