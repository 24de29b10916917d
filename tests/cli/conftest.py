"""The command line over a data folder and a database of its own, with an encoder that is quick."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from tests.curation.release import lines_of
from tests.curation.test_export import GOOD

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, migrated_file: Path) -> Path:
    """A data folder that is in use: its database is there, and empty."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(migrated_file, folder / "dartboard.db")
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on SQLite; it must end with the status that is expected."""
    monkeypatch.setenv("DARTBOARD_ENCODER", "hashing")

    def invoke(*arguments: str, status: int = 0, given: bytes = b"") -> Result:
        shell = [*arguments, "--data-dir", str(folder)]
        result = CliRunner().invoke(commands, shell, input=given)
        assert result.exit_code == status, result.output
        return result

    return invoke


@pytest.fixture
def run_on_both(own_address: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same on both databases, one after the other."""
    if own_address.startswith("postgresql"):
        monkeypatch.setenv("DARTBOARD_DATABASE_URL", own_address)
    return run


@pytest.fixture
def eggs(tmp_path: Path) -> Path:
    """A file of twelve samples, one line that is none, one that was there before."""
    file = tmp_path / "eggs.jsonl"
    file.write_bytes(lines_of([*GOOD, GOOD[0]]) + b"oops\n")
    return file
