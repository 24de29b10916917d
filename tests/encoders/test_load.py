"""What `encoders.load` returns for each name, and what it never does: reach for the network."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from app import encoders
from app.encoders import Encoder
from app.errors import InvalidError

ROOT = Path(__file__).parents[2]

# Every process that this one forks inherits the hook, so it writes to a file.
# It also refuses, so that nothing leaves the machine when the test fails.
WATCH = """
import socket, sys
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}

def watch(event, arguments):
    local = event == "socket.connect" and arguments[0].family == socket.AF_UNIX
    if event in WATCHED and not local:
        with open(sys.argv[1], "a") as notes:
            notes.write(f"{event} {arguments}\\n")
        raise OSError("no network in this test")

sys.addaudithook(watch)
"""
MAKE_AND_USE_ALL = """
from pathlib import Path
from app import encoders
from app.encoders import quantisation, weights
from app.errors import InvalidError

made = Path(sys.argv[2])
made.mkdir()
quantisation.calibrate(weights.folder(), made, texts=["one text", "and another one"])
quantisation.compress(weights.folder(), made)
encoders.load("default-torch", cache=made, threads=1).encode(["a text"])
try:
    encoders.load("nobody/has-this-model", cache=made, threads=1)
except InvalidError as error:
    print(error)
"""
CHEAP = """
import sys
import app.encoders
slow = {"torch", "openvino", "nncf", "sentence_transformers", "transformers", "tokenizers"}
print(sorted(slow & set(sys.modules)))
"""


def run(script: str, *arguments: str, home: Path) -> str:
    environment = {**os.environ, "HOME": str(home)}
    for name in ("HF_HUB_OFFLINE", "NNCF_CI", "CI"):
        environment.pop(name, None)
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def by_torch(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return encoders.load("default-torch", cache=tmp_path_factory.mktemp("cache"), threads=2)


def test_making_and_using_every_encoder_connects_to_nothing(tmp_path: Path) -> None:
    notes, home = tmp_path / "notes", tmp_path / "home"
    home.mkdir()

    output = run(WATCH + MAKE_AND_USE_ALL, str(notes), str(tmp_path / "made"), home=home)

    assert not notes.exists(), notes.read_text()
    # openvino-telemetry would leave its client id in ~/intel.
    assert not (home / "intel").exists()
    assert "'nobody/has-this-model' is not on this machine" in output


def test_importing_the_room_loads_no_library_of_models(tmp_path: Path) -> None:
    assert run(CHEAP, home=tmp_path) == "[]\n"


def test_the_hashing_encoder_has_its_name(tmp_path: Path) -> None:
    assert encoders.load("hashing", cache=tmp_path, threads=1).name == "hashing-64"


def test_torch_takes_over_and_says_so_where_the_build_cannot_be_kept(
    default: Encoder, by_torch: Encoder, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with capture_logs() as logs:
        encoder = encoders.load("default", cache=blocked, threads=2)

    assert encoder.name == by_torch.name != default.name
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("encoder_fell_back_to_torch", "warning")
    ]


def test_int8_stays_near_to_torch(default: Encoder, by_torch: Encoder) -> None:
    texts = ["How do I bake bread?", "", "Explain inflation.", "def f(x): return x", "word " * 500]

    near = np.sum(default.encode(texts) * by_torch.encode(texts), axis=1)
    assert near.min() > 0.97


@pytest.mark.parametrize("text", ["", "a\0b", "lone \ud83d", "👩‍👩‍👧‍👦", "long " * 2000])
def test_torch_gives_every_string_a_unit_vector(by_torch: Encoder, text: str) -> None:
    vectors = by_torch.encode([text, "a mate"])

    assert vectors.shape == (2, by_torch.dimensions) == (2, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_torch_keeps_the_order_and_takes_no_texts(by_torch: Encoder) -> None:
    texts = ["a longer text than the others", "short", "in between these"]

    np.testing.assert_allclose(
        by_torch.encode(texts), by_torch.encode(texts[::-1])[::-1], atol=1e-5
    )
    assert by_torch.encode([]).shape == (0, 384)


def test_a_folder_without_a_model_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="is not on this machine"):
        encoders.load(str(tmp_path), cache=tmp_path, threads=1)
