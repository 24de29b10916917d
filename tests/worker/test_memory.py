"""The limit on what reading a file may take: it holds, it is said, and it ends with the reading."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATM = Path("/proc/self/statm")

# In a process of its own: a limit on this one would be one on everybody's threads.
SCRIPT = """
import io, json
from app.formats import containers
from app.worker import memory
MEGABYTE = 1024**2
limits = containers.Limits(line_bytes=10**9, string_characters=10**9)
data = io.BytesIO(b'{"prompt": "' + b"x" * 200 * MEGABYTE + b'"}')
told = {}
with memory.at_most(64 * MEGABYTE):
    try:
        list(containers.open_contents(data, limits=limits).entries)
    except containers.UnreadableFileError as error:
        told["code"] = error.code
    told["still works"] = len(bytearray(8 * MEGABYTE))
told["afterwards"] = len(bytearray(300 * MEGABYTE))
with memory.at_most(0):
    told["without"] = len(bytearray(300 * MEGABYTE))
print(json.dumps(told))
"""


@pytest.mark.skipif(not STATM.exists(), reason="this system does not tell what a process maps")
def test_t13_what_would_take_too_much_memory_is_refused_and_the_worker_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout) == {
        "code": "out_of_memory",
        "still works": 8 * 1024**2,
        "afterwards": 300 * 1024**2,
        "without": 300 * 1024**2,
    }
