"""What a rehearsal says is what the import does, whatever the data set holds already."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.curation import repeats
from app.curation.column_roles import NOTHING_TOLD
from app.curation.rehearsing import rehearse
from app.curation.repeats import Known, Verdict
from app.curation.spooling import SpoolWriter
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests.pipeline import Pipeline

Record = tuple[str, str] | tuple[str, str, str]  # text, external id, label
TEXTS, NAMES = st.sampled_from("abcd"), st.sampled_from(["", "1", "2"])
RECORDS = st.lists(st.tuples(TEXTS, NAMES, st.sampled_from("xy")), max_size=9)


def lines(records: list[Record]) -> bytes:
    told = [
        {"prompt": text, "completion": "x"}
        | ({"id": name} if name else {})
        | ({"label": label[0]} if label else {})
        for text, name, *label in records
    ]
    return b"\n".join([*map(orjson.dumps, told), b"{", b""])


def counts(view: object) -> list[int]:
    names = ("lines", "accepted", "updated", "duplicate", "rejected", "blank")
    return [getattr(view, name) for name in names]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [("a", ""), ("a", ""), ("b", "1")], [4, 2, 0, 1, 1, 0]),
        ([("a", "1")], [("a", "1"), ("b", "1"), ("a", "2")], [4, 1, 1, 1, 1, 0]),
        ([("a", "1"), ("b", "2")], [("c", "1"), ("a", "2")], [3, 0, 2, 0, 1, 0]),
        ([], [("a", "1"), ("b", "1"), ("a", "")], [4, 2, 1, 0, 1, 0]),
        ([("a", "1")], [("b", "1"), ("c", "1"), ("b", "3")], [4, 1, 2, 0, 1, 0]),
        ([("a", "1")], [("a", "1", "x"), ("a", "1", "x"), ("a", "", "y")], [4, 0, 1, 2, 1, 0]),
        ([], [("a", "1", "x"), ("a", "1", "y"), ("a", "2", "y")], [4, 1, 1, 1, 1, 0]),
    ],
    ids=[
        "repeats",
        "upsert",
        "one takes what another leaves",
        "later wins",
        "twice in a file",
        "the same text under another label",
        "another label twice in a file",
    ],
)
def test_the_rehearsal_counts_what_the_import_does(
    pipeline: Pipeline,
    write: Sessions,
    dataset: DatasetRow,
    before: list[Record],
    after: list[Record],
    expected: list[int],
) -> None:
    if before:
        pipeline.send("recipes", lines(before))
        pipeline.run()
    spool = pipeline.tools.spool
    with SpoolWriter(spool, limit=1 << 20) as writer:
        writer.write(lines(after))
        spooled = writer.finish()
    told = rehearse(write, "recipes", spooled, NOTHING_TOLD, spool=spool)
    assert counts(told) == expected
    sent = pipeline.send("recipes", lines(after))
    pipeline.run()
    assert counts(pipeline.view(sent)) == expected


@given(RECORDS, RECORDS)
@settings(max_examples=300)
def test_judging_in_chunks_is_judging_at_once(
    first: list[tuple[str, str, str]], second: list[tuple[str, str, str]]
) -> None:
    prints: set[str] = set()
    named: dict[str, Known[str]] = {}
    first, second = (
        [(text, name, text + label) for text, name, label in part] for part in (first, second)
    )
    parts = [*repeats.judge(first, prints, named), *repeats.judge(second, prints, named)]
    assert parts == list(repeats.judge([*first, *second], set(), {}))
    # Nothing is lost: each text that is there last came from a record that was taken.
    taken = {
        text
        for (text, _, _), verdict in zip([*first, *second], parts, strict=True)
        if verdict is not Verdict.REPEAT
    }
    assert prints <= taken


def test_all_or_nothing_keeps_nothing_and_reports_every_broken_record(
    pipeline: Pipeline, dataset: DatasetRow
) -> None:
    sent = pipeline.send("recipes", lines([("a", "")]) + b"[1]\n", all_or_nothing=True)
    pipeline.run()
    done = pipeline.view(sent)
    assert (done.state, counts(done)) == ("failed", [2, 0, 0, 0, 2, 0])
    assert [reject.line for reject in done.rejects] == [2, 3]
    whole = pipeline.send("recipes", lines([("a", "")])[:-2], all_or_nothing=True)
    pipeline.run()
    assert counts(pipeline.view(whole)) == [1, 1, 0, 0, 0, 0]
