import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.storage import events
from app.storage.database import connect, reading
from tests.cli.conftest import Run
from tests.curation.release import lines_of

SEVEN = 'q="cook 7 eggs"'


@pytest.fixture
def stocked(run_on_both: Run, eggs: Path) -> Run:
    run_on_both("import", str(eggs), "--dataset", "eggs")
    return run_on_both


@pytest.fixture
def history(own_address: str, folder: Path) -> Callable[[int], list[dict[str, Any]]]:
    """What happened to a sample: its events' kinds and what they tell."""
    address = own_address
    if address.startswith("sqlite"):
        address = f"sqlite:///{folder / 'dartboard.db'}"

    def read(sample_id: int) -> list[dict[str, Any]]:
        engine = connect(address)
        with reading(engine)() as session:
            found = [{"kind": it.kind, **it.body} for it in events.of_sample(session, sample_id)]
        engine.dispose()
        return found

    return read


def matching(run: Run, query: str) -> int:
    """How many samples a query finds."""
    told = run("decide", "eggs", "--query", query, "--flag", "--preview", "--json").stdout
    return int(json.loads(told)["matched"])


def test_what_matches_is_counted_asked_about_and_changed(stocked: Run) -> None:
    ask = ("decide", "eggs", "--query", SEVEN, "--status", "approved")
    assert "Approved: 1 sample matched, 1 would change." in stocked(*ask, "--preview").stdout
    for answer in (b"n\n", b""):
        refused = stocked(*ask, given=answer, status=1)
        assert "Approve 1 sample? 1 would change. [y/N]" in refused.stderr
    assert matching(stocked, "status=approved") == 0
    told = json.loads(stocked(*ask, "--json", given=b"y\n").stdout.splitlines()[-1])
    assert (told["matched"], told["changed"]) == (1, 1)
    again = stocked(*ask)
    assert "1 sample matched, 0 changed." in again.stdout, "with nothing to do nothing is asked"


@pytest.mark.parametrize(
    ("wish", "found_by", "taken_off"),
    [
        (("--label", "timing"), "label=timing", ("--label", "")),
        (("--mark", "short"), "mark=short", ("--unmark", "short")),
        (("--flag",), "flagged=1", ("--no-flag",)),
        (("--quality", "4"), "quality=4", ("--quality", "0")),
    ],
    ids=["label", "mark", "flag", "quality"],
)
def test_all_that_the_api_can_set_is_set_and_taken_off(
    run: Run, eggs: Path, wish: tuple[str, ...], found_by: str, taken_off: tuple[str, ...]
) -> None:
    run("import", str(eggs), "--dataset", "eggs")
    run("decide", "eggs", "--query", SEVEN, *wish, "--yes")
    assert matching(run, found_by) == 1
    run("decide", "eggs", "--query", SEVEN, *taken_off, "--yes")
    assert matching(run, found_by) == 0


def test_what_went_into_the_trash_comes_out_again(run: Run, eggs: Path) -> None:
    run("import", str(eggs), "--dataset", "eggs")
    run("decide", "eggs", "--query", SEVEN, "--trash", "--yes")
    assert matching(run, SEVEN) == 0
    run("decide", "eggs", "--query", "trash=1", "--restore", "--yes")
    assert matching(run, SEVEN) == 1


def test_a_reason_goes_into_the_history_of_each(
    stocked: Run, history: Callable[[int], list[dict[str, Any]]]
) -> None:
    ask = ("--status", "rejected", "--reason", "burnt", "--yes")
    stocked("decide", "eggs", "--query", "ids=1,2", *ask)
    for number in (1, 2):
        (event,) = history(number)
        assert (event["kind"], event["reason"]) == ("decided", "burnt")


def test_one_sample_is_changed_in_several_ways_as_one_act(
    stocked: Run, history: Callable[[int], list[dict[str, Any]]]
) -> None:
    wish = ("--status", "needs_work", "--quality", "2", "--flag", "--mark", "short", "--json")
    told = json.loads(stocked("decide", "eggs", "--sample", "3", *wish).stdout)
    assert (told["id"], told["status"], told["version"]) == (3, "needs_work", 2)
    assert "Noted: sample 3." in stocked("decide", "eggs", "--sample", "3", "--note", "hm").stdout
    first, second = history(3)
    assert first["to"] == {
        "status": "needs_work",
        "quality": 2,
        "flagged": True,
        "marks": "|short|",
    }
    assert second["note"] == "hm"
    assert "It is so already." in stocked("decide", "eggs", "--sample", "3", "--flag").stdout
    assert (
        "--sample" in stocked("decide", "eggs", "--sample", f"{10**20}", "--flag", status=2).stderr
    )


def test_a_large_decision_is_waited_for(run_on_both: Run) -> None:
    many = lines_of(
        {"prompt": f"How many spoons are {n} cups?", "completion": f"{16 * n}."}
        for n in range(1_100)
    )
    run_on_both("import", "-", "--dataset", "cups", given=many)
    result = run_on_both("decide", "cups", "--query", "", "--status", "approved", "--yes")
    assert "Approved: 1,100 samples matched, 1,100 changed." in result.stdout
    told = json.loads(
        run_on_both("export", "cups", "--format", "alpaca", "--dry-run", "--json").stdout
    )
    assert told["rows"] == 1_100
