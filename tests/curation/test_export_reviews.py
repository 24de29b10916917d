"""What people said of a sample in a column beside its text, as it was when it was frozen."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from app.curation import export_reviews, review, undoing
from app.curation.export import Order, preview
from app.curation.export_order import ColumnsError
from app.curation.export_recipe import Recipe
from app.curation.review import Change
from app.storage import samples
from app.storage.tables import Status
from tests.curation.release import SLUG, Release, lines_of

REVIEWED = Recipe(review=True)
SAID = {
    "status": "approved", "label": "billing", "marks": ["long", "rude"], "flagged": True,
    "quality": 4, "notes": ["ask Noor", "she says yes"],
}  # fmt: skip
PLAIN = {
    "status": "approved", "label": "", "marks": [], "flagged": False, "quality": 0, "notes": [],
}  # fmt: skip
RAW = b'{"instruction": "Say 1.0", "input": "", "output": "one", "weight": 1.50e0}\n'


def say(release: Release, sample_id: int, *changes: Change) -> None:
    with release.write() as session:
        for change in changes:
            row = samples.find_anywhere(session, sample_id)
            assert row is not None
            review.decide(session, SLUG, sample_id, change, version=row.version, actor="mia")


def reviews(release: Release, order: Order) -> list[dict[str, Any]]:
    lines = release.content(release.export(order)).splitlines()
    return [orjson.loads(line)["review"] for line in lines]


def test_what_was_said_goes_out_as_it_was_when_it_was_frozen(release: Release) -> None:
    first, second = release.load(RAW + RAW.replace(b"1.0", b"2.0"), status=Status.PENDING)
    say(
        release, first, Change(status="approved"), Change(label="billing", marks=["rude", "long"]),
        Change(flagged=True, note="ask Noor"), Change(quality=4, note="she says yes"),
    )  # fmt: skip
    say(release, second, Change(status="approved"))
    frozen = Order("alpaca", recipe=REVIEWED)
    assert reviews(release, frozen) == [SAID, PLAIN]
    say(
        release, first, Change(status="rejected", note="too late"), Change(label=""),
        Change(unmark="rude", quality=1), Change(quality=2, flagged=False), Change(deleted=True),
    )  # fmt: skip
    with release.write() as session:
        undoing.undo(session, SLUG, "mia")
        shown = preview(session, SLUG, Order("alpaca", version=1, recipe=REVIEWED)).lines
    assert [orjson.loads(line)["review"] for line in shown] == [SAID, PLAIN]
    again = Order("alpaca", version=1, recipe=replace(REVIEWED, split="50/50"))
    parts = release.export(again)
    lines = release.content(parts) + release.content(parts, "validation.jsonl")
    assert sorted(orjson.loads(it)["review"]["quality"] for it in lines.splitlines()) == [0, 4]
    with release.write() as session:
        (line,) = preview(session, SLUG, Order("alpaca", recipe=REVIEWED)).lines
    assert orjson.loads(line)["review"] == PLAIN, "what is so now"


def test_beside_the_column_a_record_is_spelled_as_it_came(release: Release) -> None:
    release.load(RAW)
    data = release.content(release.export(Order("as-imported", recipe=REVIEWED)))
    assert data.startswith(RAW.rstrip()[:-1] + b',"review":{')
    taken_in = Release(release.read, release.write, release.folder)
    taken_in.load(data.replace(b"one", b"une"))
    both = reviews(taken_in, Order("as-imported", recipe=REVIEWED))
    assert both == [PLAIN, PLAIN], "a column of that name is written anew, not twice"


def test_a_line_without_columns_is_no_line_with_a_review() -> None:
    assert export_reviews.beside(b'{"a":1}\n', b"{}") == b'{"a":1,"review":{}}\n'


def test_a_format_that_takes_no_columns_says_so(release: Release) -> None:
    release.load(lines_of([{"instruction": "a", "output": "b"}]))
    with release.write() as session, pytest.raises(ColumnsError, match="no further columns"):
        preview(session, SLUG, Order("openai-chat", recipe=REVIEWED))
