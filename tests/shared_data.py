"""Where the real data sets lie, when they are there at all: they are never committed."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("DARTBOARD_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def folder(name: str) -> Path:
    """The folder of one data set; skips the test where it is absent."""
    path = ROOT / name
    if not path.is_dir():
        pytest.skip(f"the data set {name} is not on this machine (set DARTBOARD_SHARED_DATA)")
    return path
