"""The default encoder for tests: its int8 build is made once per machine, not once per run."""

import os
import tempfile
from functools import cache
from pathlib import Path

from app import encoders
from app.encoders import Encoder


def folder() -> Path:
    """Where builds are kept between runs; a build's name changes with what it depends on."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    wanted = Path(home) / "dartboard-tests" / "encoders"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / "dartboard-tests-encoders"
    return wanted


@cache
def cached_default() -> Encoder:
    """The default encoder, one per process."""
    return encoders.load("default", cache=folder(), threads=2)
