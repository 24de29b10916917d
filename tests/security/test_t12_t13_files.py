"""T12 and T13: files that run when they are opened, and files that unfold without end."""

import ast
import gzip
import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zstandard

from app.formats import containers
from app.formats.sample import Rejected

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024**2
MOST_GROWTH = 200 * MEGABYTE


class Canary:
    """Whoever unpickles this makes the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def pickled(path: Path) -> bytes:
    return pickle.dumps(Canary(path))


def objects(path: Path) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Canary(path)], dtype=object), allow_pickle=True)
    return file.getvalue()


def packed_objects(path: Path) -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.array([Canary(path)], dtype=object), allow_pickle=True)
    return file.getvalue()


def torch_zip(path: Path) -> bytes:
    return b"PK\x03\x04" + b"\x00" * 26 + b"archive/data.pkl" + pickled(path)


def extension_type(path: Path) -> bytes:
    import pyarrow as pa

    name = {b"ARROW:extension:name": b"arrow.py_extension_type"}
    field = pa.field("a", pa.int64(), metadata=name | {b"ARROW:extension:metadata": pickled(path)})
    table = pa.table({"a": [1]}).cast(pa.schema([field]))
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def extension_in_parquet(path: Path) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    name = {b"ARROW:extension:name": b"arrow.py_extension_type"}
    field = pa.field(
        "text", pa.string(), metadata=name | {b"ARROW:extension:metadata": pickled(path)}
    )
    sink = io.BytesIO()
    parquet.write_table(pa.table({"text": ["hello"]}).cast(pa.schema([field])), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    "make", [pickled, objects, packed_objects, torch_zip, extension_type, extension_in_parquet]
)
def test_t12_a_file_that_would_run_does_not(make: object, tmp_path: Path) -> None:
    assert callable(make)
    canary = tmp_path / "canary"
    data = make(canary)
    try:
        entries = list(containers.open_contents(io.BytesIO(data)).entries)
    except containers.UnreadableFileError:
        entries = []
    if make is not extension_in_parquet:  # which is a table of text under a strange name
        assert all(isinstance(entry, Rejected) for entry in entries)
    assert not canary.exists()


def test_t12_the_canary_sings_when_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickled(tmp_path / "canary"))
    assert (tmp_path / "canary").exists()


def test_t12_arrays_are_read_without_objects_in_them() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "weights_only"):
                assert isinstance(node.value, ast.Constant), path
                assert node.value.value is (node.arg == "weights_only"), path
            if isinstance(node, ast.Attribute) and node.attr in ("py_extension_type", "eval_frame"):
                pytest.fail(f"{path}: {node.attr}")


def bomb_gzip() -> bytes:
    """A thousand times its size."""
    piece = b" " * MEGABYTE
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as writer:
        writer.write(b'{"prompt": "a", "completion": "')
        for _ in range(80):
            writer.write(piece)
    return file.getvalue()


def bomb_zstd() -> bytes:
    """Ten thousand times its size."""
    return zstandard.ZstdCompressor(level=3).compress(b'{"a": "' + b" " * (80 * MEGABYTE))


def bomb_nested() -> bytes:
    """Gzip in gzip: only the outer one is opened."""
    return gzip.compress(bomb_gzip())


def bomb_parquet() -> bytes:
    """One megabyte of text, fifty thousand times over: 50 GB in a few kilobytes."""
    import pyarrow as pa
    from pyarrow import parquet

    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), ["x" * MEGABYTE])
    file = io.BytesIO()
    parquet.write_table(pa.table({"prompt": texts}), file, compression="zstd")
    return file.getvalue()


def bomb_csv() -> bytes:
    """One row of a million cells."""
    return b"prompt,completion\n" + b"," * 5_000_000


MEASURE = """
import io, json, re, sys
from app.formats import containers
import pyarrow.parquet
data = open(sys.argv[1], "rb").read()
limits = containers.Limits(expansion_from=64 * 1024**2)  # a quarter, to be quick
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
before = peak()
code, entries = "", 0
try:
    for entry in containers.open_contents(io.BytesIO(data), limits=limits).entries:
        entries += type(entry).__name__ != "Rejected"
except containers.UnreadableFileError as error:
    code = error.code
grown = (peak() - before) * 1024  # not ru_maxrss: that begins at the parent's
print(json.dumps([code, entries, grown]))
"""


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (bomb_gzip, {"bomb"}),
        (bomb_zstd, {"bomb"}),
        (bomb_nested, {"nested_compression"}),
        (bomb_parquet, {"bomb"}),
        (bomb_csv, {"", "too_many_columns"}),
    ],
)
def test_t13_a_bomb_is_refused_before_it_fills_the_memory(
    make: object, codes: set[str], tmp_path: Path
) -> None:
    assert callable(make)
    file = tmp_path / "bomb"
    file.write_bytes(make())
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        capture_output=True, text=True, check=True, cwd=ROOT, timeout=300,
    ).stdout  # fmt: skip
    code, _entries, grown = json.loads(told)
    assert code in codes
    assert grown < MOST_GROWTH
