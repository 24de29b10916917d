import subprocess
import sys
from pathlib import Path

import pytest

from app.encoders import kept

ROOT = Path(__file__).parents[2]
# Each process notes that it made the folder, and takes its time over it.
MAKE_SLOWLY = """
import sys, time
from pathlib import Path
from app.encoders import kept

def make(folder):
    with open(sys.argv[2], "a") as notes:
        notes.write("made\\n")
    time.sleep(0.5)
    (folder / "model").write_text("whole")

print((kept.folder(Path(sys.argv[1]), "build", make) / "model").read_text())
"""


def make(folder: Path) -> None:
    (folder / "model").write_text("whole")


def fail(folder: Path) -> None:
    (folder / "model").write_text("half")
    raise ValueError("no room")


def test_a_folder_is_made_once_and_then_taken_as_it_is(tmp_path: Path) -> None:
    first = kept.folder(tmp_path / "cache", "build", make)
    second = kept.folder(tmp_path / "cache", "build", fail)

    assert first == second == tmp_path / "cache" / "build"
    assert (second / "model").read_text() == "whole"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room"):
        kept.folder(tmp_path, "build", fail)

    assert [path.name for path in tmp_path.iterdir()] == ["build.lock"]


@pytest.mark.parametrize("content", ["", "whola", None], ids=["empty", "one bit", "gone"])
def test_a_damaged_folder_is_made_again(tmp_path: Path, content: str | None) -> None:
    model = kept.folder(tmp_path, "build", make) / "model"
    model.unlink()
    if content is not None:
        model.write_text(content)

    assert not kept.is_whole(tmp_path / "build")
    kept.folder(tmp_path, "build", make)
    assert model.read_text() == "whole"


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / ".build-killed" / "build"
    left.mkdir(parents=True)
    (left / "model").write_text("half")

    kept.folder(tmp_path, "build", make)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["build", "build.lock"]


def test_of_two_processes_one_makes_it_and_both_use_it(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    command = [sys.executable, "-c", MAKE_SLOWLY, str(tmp_path / "cache"), str(notes)]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]

    assert [process.communicate(timeout=60)[0] for process in processes] == ["whole\n", "whole\n"]
    assert notes.read_text() == "made\n"
