import json
from pathlib import Path

import pytest

from app.cli import locks
from tests.cli.conftest import Run
from tests.curation.release import lines_of
from tests.curation.test_export import GOOD


def test_a_file_is_read_and_every_line_accounted_for(run_on_both: Run, eggs: Path) -> None:
    result = run_on_both("import", str(eggs), "--dataset", "Boiled eggs", "--json")
    told = json.loads(result.stdout)
    assert (told["accepted"], told["duplicate"], told["rejected"], told["lines"]) == (12, 1, 1, 14)
    assert told["rejects_url"].startswith("/api/v1/datasets/boiled-eggs/uploads/")
    assert told["filename"] == "eggs.jsonl"


def test_people_get_words(run: Run, eggs: Path) -> None:
    result = run("import", str(eggs), "--dataset", "eggs")
    assert "14 lines: 12 accepted, 0 updated, 1 duplicate, 1 rejected, 0 blank." in result.stdout
    assert "line 14: Not JSON" in result.stdout
    assert "Made the data set eggs." in result.stderr


def test_standard_input_and_several_files_go_into_one_data_set(run: Run, eggs: Path) -> None:
    run("import", "-", "--dataset", "eggs", given=lines_of(GOOD[:4]))
    result = run("import", str(eggs), str(eggs), "--dataset", "eggs", "--json")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["accepted"], first["duplicate"]) == (8, 5)
    assert (second["accepted"], second["duplicate"]) == (0, 13)


def test_strict_fails_when_a_line_was_rejected(run: Run, eggs: Path) -> None:
    run("import", str(eggs), "--dataset", "eggs", "--strict", status=1)
    run("import", "-", "--dataset", "eggs", "--strict", given=lines_of(GOOD))


def test_a_dry_run_stores_nothing(run: Run, eggs: Path) -> None:
    for _ in range(2):
        result = run("import", str(eggs), "--dataset", "eggs", "--dry-run", "--json")
        assert "Made the data set" not in result.stderr
        assert json.loads(result.stdout)["accepted"] == 12


TABLE = b"frage,antwort\nWie lange?,Sieben Minuten.\n"
ROLES = '{"frage": "input", "antwort": "output"}'


def test_columns_are_told_and_broken_files_kept_out_on_the_command_line(run: Run) -> None:
    told = ("import", "-", "--dataset", "eggs", "--json")
    result = run(*told, "--mapping", ROLES, given=TABLE)
    assert json.loads(result.stdout)["accepted"] == 1
    broken = lines_of(GOOD[:2]) + b"{\n"
    result = run(*told, "--all-or-nothing", given=broken, status=1)
    assert "nothing of the file was kept" in result.stderr
    assert json.loads(run(*told, given=broken).stdout)["accepted"] == 2
    run(*told, "--mapping", "unheard of", given=TABLE, status=2)
    run(*told, "--read-as", "klingon", given=TABLE, status=2)


def test_a_dry_run_tells_of_new_texts_under_known_ids(run: Run) -> None:
    line = b'{"id": "7", "prompt": "How long?", "completion": "%s minutes."}\n'
    run("import", "-", "--dataset", "eggs", given=line % b"Six")
    result = run("import", "-", "--dataset", "eggs", "--dry-run", "--json", given=line % b"Seven")
    view = json.loads(result.stdout)
    assert (view["accepted"], view["updated"], view["duplicate"]) == (0, 1, 0)


MISUSES = [
    ("import", "no-such-file", "--dataset", "x"),
    ("import", "--dataset", "x"),
    ("decide", "nowhere", "--query", "", "--status", "approved"),
    ("decide", "eggs", "--query", "oops=1", "--status", "approved"),
    ("decide", "eggs", "--query", "", "--status", "perhaps"),
    ("decide", "eggs", "--status", "approved"),
    ("decide", "eggs", "--query", "", "--sample", "1", "--status", "approved"),
    ("decide", "eggs", "--query", ""),
    ("decide", "eggs", "--query", "", "--status", "approved", "--flag"),
    ("decide", "eggs", "--query", "", "--flag", "--note", "hm"),
    ("decide", "eggs", "--query", "", "--quality", "6"),
    ("decide", "eggs", "--query", "", "--label", "x" * 201),
    ("decide", "eggs", "--query", "", "--mark", "a|b"),
    ("decide", "eggs", "--sample", "1"),
    ("decide", "eggs", "--sample", "99", "--flag"),
    ("decide", "eggs", "--sample", "1", "--flag", "--preview"),
    ("board", "nowhere"),
    ("export", "eggs", "--format", "alpaca"),
    ("export", "eggs", "--format", "docx", "-o", "x"),
    ("export", "eggs", "--format", "alpaca", "-o", "x", "--version", "1", "--query", "q=a"),
    ("version", "eggs", "--query", "trash=1"),
    ("diff", "eggs", "1", "2"),
    ("token", "x", "--role", "king"),
    ("nonsense",),
]


def test_misuse_is_told_and_exits_with_2(run: Run, eggs: Path) -> None:
    run("import", str(eggs), "--dataset", "eggs")
    for arguments in MISUSES:
        result = run(*arguments, status=2)
        assert result.stderr.strip(), arguments
        assert "Traceback" not in result.output


def test_a_file_that_is_no_data_fails(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.jsonl"
    page.write_bytes(b"<!doctype html><html><body>Sign in</body></html>")
    result = run("import", str(page), "--dataset", "x", status=1)
    assert result.stderr.strip().endswith(".")


def test_the_board_is_drawn_and_told_as_the_api_tells_it(
    run_on_both: Run, eggs: Path, tmp_path: Path
) -> None:
    run_on_both("import", str(eggs), "--dataset", "eggs")
    told = json.loads(run_on_both("board", "eggs", "--json").stdout)
    assert (told["counts"]["placed"], told["counts"]["waiting"]) == (12, 0)
    assert told["target"]["kind"] == "itself"
    reference = tmp_path / "reference.txt"
    reference.write_text("\n".join(f"How do I boil {n} eggs softly?" for n in range(30)))
    told = json.loads(run_on_both("board", "eggs", "--target", str(reference), "--json").stdout)
    assert (told["target"]["kind"], told["counts"]["waiting"]) == ("reference", 0)
    assert "samples placed" in run_on_both("board", "eggs", "--itself").stdout


def test_a_board_is_compared_with_quotas_and_with_other_data(
    run_on_both: Run, eggs: Path, tmp_path: Path
) -> None:
    run_on_both("import", str(eggs), "--dataset", "eggs")
    run_on_both("import", str(eggs), "--dataset", "More Eggs")
    told = run_on_both("board", "eggs", "--target-dataset", "More Eggs", "--json").stdout
    assert json.loads(told)["target"]["name"] == "More Eggs"
    wish = tmp_path / "quotas.json"
    wish.write_text('{"facet": "origin", "shares": {"unknown": 3, "human": 1}}')
    said = run_on_both("board", "eggs", "--quotas", str(wish)).stdout
    assert "human: 0 of 4 wanted, so not on the board." in said
    wish.write_text('{"shares": {"unknown": "all"}}')
    refused = run_on_both("board", "eggs", "--quotas", str(wish), status=2)
    assert "The share of unknown is not a number." in refused.stderr
    wish.write_text("[")
    assert (
        "not a JSON object" in run_on_both("board", "eggs", "--quotas", str(wish), status=2).stderr
    )


def test_a_lock_is_held_alone_or_shared_and_vanishes(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    assert not locks.is_held(path)
    with locks.held(path, shared=True), locks.held(path, shared=True):
        assert locks.is_held(path)
        with pytest.raises(locks.LockedError), locks.held(path):
            pass
    with locks.held(path):
        assert locks.is_held(path)
        with pytest.raises(locks.LockedError), locks.held(path, shared=True):
            pass
    assert not locks.is_held(path)
