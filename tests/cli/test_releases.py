import hashlib
import json
from pathlib import Path

import pytest

from app.formats.exporters import EXPORTERS
from app.formats.sample import Kind
from tests.cli.conftest import Run
from tests.curation.release import lines_of
from tests.curation.test_export import GOOD, TWO_SYSTEMS


@pytest.fixture
def approved(run_on_both: Run) -> Run:
    """A data set of which everything is approved, one sample being none for a trainer."""
    run_on_both("import", "-", "--dataset", "eggs", given=lines_of([*GOOD, TWO_SYSTEMS]))
    run_on_both("decide", "eggs", "--query", "", "--status", "approved", "--yes")
    return run_on_both


def test_files_and_manifest_are_written_and_the_same_again(approved: Run, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        result = approved("export", "eggs", "--format", "openai-chat", "-o", str(folder), "--json")
    told = json.loads(result.stdout)
    assert (told["rows"], told["failed"], told["version"]) == (12, 1, 1)
    for file in told["files"]:
        first, second = ((folder / file["name"]).read_bytes() for folder in folders)
        assert first == second
        assert hashlib.sha256(first).hexdigest() == file["sha256"]
    assert sorted(path.name for path in folders[0].iterdir()) == [
        "README.md", "manifest.json", "train.jsonl",
    ]  # fmt: skip


def test_people_see_which_rules_are_broken(approved: Run, tmp_path: Path) -> None:
    ask = ("export", "eggs", "--format", "openai-chat", "-o", str(tmp_path / "out"))
    result = approved(*ask, "--strict", status=1)
    assert "12 of 13 samples pass" in result.stdout
    assert "openai-chat.system" in result.stdout
    assert "samples 13" in result.stdout
    approved("export", "eggs", "--format", "openai-chat", "-o", str(tmp_path / "out"))


def test_a_query_or_a_version_says_what_goes_out(approved: Run, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    ask = ("export", "eggs", "--format", "alpaca", "-o", out, "--json")
    assert json.loads(approved(*ask, "--query", 'q="cook 7 eggs"').stdout)["rows"] == 1
    approved("decide", "eggs", "--query", 'q="cook 7 eggs"', "--status", "rejected", "--yes")
    assert json.loads(approved(*ask).stdout)["rows"] == 11
    told = json.loads(approved(*ask, "--version", "1").stdout)
    assert (told["rows"], told["query"]) == (
        1,
        'q="cook 7 eggs"'.replace('"', "%22").replace(" ", "%20"),
    )


def test_versions_are_frozen_listed_and_compared(approved: Run) -> None:
    first = json.loads(approved("version", "eggs", "--name", "run 12", "--json").stdout)
    assert (first["number"], first["rows"], first["name"]) == (1, 13, "run 12")
    approved("decide", "eggs", "--query", 'q="cook 7 eggs"', "--status", "rejected", "--yes")
    assert "Version 2: 13 samples: 12 approved, 1 rejected." in approved("version", "eggs").stdout
    listed = [
        json.loads(line) for line in approved("versions", "eggs", "--json").stdout.splitlines()
    ]
    assert [one["number"] for one in listed] == [2, 1]
    assert "run 12" in approved("versions", "eggs").stdout
    told = json.loads(approved("diff", "eggs", "1", "2", "--json").stdout)
    assert told["status_changed"]["count"] == 1
    assert "status changed" in approved("diff", "eggs", "1", "2").stdout


JUDGED: dict[str, list[dict[str, object]]] = {
    "preference": [
        {"prompt": f"Is {n} even?", "chosen": "Yes.", "rejected": "No."} for n in range(0, 24, 2)
    ],
    "kto": [
        {"prompt": f"Is {n} even?", "completion": "Yes.", "label": n % 4 == 0}
        for n in range(0, 24, 2)
    ],
}


@pytest.mark.parametrize("kind", JUDGED)
def test_pairs_and_verdicts_from_standard_input_go_out_to_everybody_who_takes_them(
    kind: Kind, run: Run, tmp_path: Path
) -> None:
    told = json.loads(
        run("import", "-", "--dataset", kind, "--json", given=lines_of(JUDGED[kind])).stdout
    )
    assert (told["accepted"], told["rejected"]) == (12, 0)
    run("decide", kind, "--query", "", "--status", "approved", "--yes")
    names = [name for name, exporter in EXPORTERS.items() if kind in exporter.kinds]
    assert len(names) >= 3
    for name in names:
        ask = ("export", kind, "--format", name, "-o", str(tmp_path / name), "--json")
        told = json.loads(run(*ask).stdout)
        assert (name, told["rows"], told["failed"]) == (name, 12, 0)
