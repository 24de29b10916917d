"""A record that is brought again under a known id: what it says anew comes in, nothing else."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from app.curation import happenings, review, undoing, versions
from app.curation.changing import Change
from app.curation.export import Order
from app.curation.queries import Query
from app.curation.walking import Walk
from app.storage import datasets, events, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, SampleRow, UploadRow
from tests.curation.release import SLUG, Release, chat, lines_of

CHAT = Order("openai-chat")
FIRST: dict[str, Any] = {"id": "k1", "label": "eggs", "source": "book", "page": 1.0}


def record(**more: object) -> dict[str, object]:
    return chat("How long?", "Seven minutes.", **{**FIRST, **more})


def load(release: Release, *records: dict[str, object], raw: bytes = b"") -> tuple[int, ...]:
    """Import; return (accepted, updated, duplicate) of it."""
    release.load(raw or lines_of(records))
    with release.read() as session:
        told = session.exec(select(UploadRow).order_by(col(UploadRow.id).desc())).first()
        assert told is not None
        return told.accepted, told.updated, told.duplicate


def row_of(release: Release) -> SampleRow:
    (sample_id,) = release.ids()
    with release.write() as session:
        return samples.get(session, datasets.get(session, SLUG).id, sample_id)


@pytest.mark.parametrize(
    ("name", "value"),
    [("label", "boiling"), ("source", "web"), ("parent_id", "k0"), ("page", 2), ("new", None)],
)
def test_another_column_under_a_known_id_comes_in_and_can_be_undone(
    release: Release, dataset: DatasetRow, name: str, value: object
) -> None:
    assert load(release, record()) == (1, 0, 0)
    first = row_of(release)
    assert load(release, record(**{name: value})) == (0, 1, 0)
    told = row_of(release)
    assert (told.messages, told.fingerprint) == (first.messages, first.fingerprint)
    assert lines_of([record(**{name: value})]) == release.content(release.export(CHAT))
    assert load(release, record(**{name: value})) == (0, 0, 1)
    with release.write() as session:
        undone = undoing.undo(session, SLUG, "mia")
        assert undone is not None
        assert undone.changed == 1
    back, names = row_of(release), ("label", "source", "family", "extra", "raw", "origin")
    assert [getattr(back, it) for it in names] == [getattr(first, it) for it in names]
    with release.write() as session:
        assert events.broken_link(session, dataset.id) is None
        undoing.redo(session, SLUG, "mia")
    again = row_of(release)
    assert [getattr(again, it) for it in names] == [getattr(told, it) for it in names]


def test_a_record_spelled_otherwise_says_nothing_new(release: Release, dataset: DatasetRow) -> None:
    load(release, record())
    turned = dict(reversed(record().items()))
    assert load(release, turned) == (0, 0, 1)


def test_what_a_person_said_stays_until_the_record_says_something_else(
    release: Release, dataset: DatasetRow
) -> None:
    load(release, record())
    sample_id = row_of(release).id
    release.edit(sample_id, "How long?", "Nine minutes.")
    with release.write() as session:
        version = samples.get(session, dataset.id, sample_id).version
        change = Change(label="mine")
        review.decide(session, SLUG, sample_id, change, version=version, actor="mia")
    assert load(release, record()) == (0, 0, 1)
    assert "Nine" in row_of(release).messages
    assert load(release, record(page=3, answer="none")) == (0, 1, 0)
    assert row_of(release).label == "mine"
    assert load(release, record(label="boiling")) == (0, 1, 0)
    assert row_of(release).label == "boiling"


def test_a_frozen_version_keeps_the_columns_that_it_had(
    release: Release, dataset: DatasetRow
) -> None:
    spelled = b'{"id": "k1", "messages": [{"role": "user", "content": "Eggs?"}, '
    spelled += b'{"role": "assistant", "content": "Yes."}], "page": 1.50, "label": "eggs"}\n'
    load(release, raw=spelled)
    first = release.export(CHAT)
    renewed = spelled.replace(b"1.50", b"2.50")
    assert load(release, raw=renewed) == (0, 1, 0)
    second = release.export(CHAT)
    assert (second.version, release.content(second)) == (2, renewed)
    again = release.export(Order(CHAT.format, version=first.version, statuses=()))
    assert release.content(again) == spelled
    with release.write() as session:
        found = versions.compare(session, SLUG, 1, 2)
        assert (found.edited.count, found.added.count, found.removed.count) == (1, 0, 0)
        assert found.old.hash != found.new.hash
        undoing.undo(session, SLUG, "mia")
        assert versions.freeze(session, SLUG, query="status=approved", actor="mia").hash == (
            found.old.hash
        )


def test_a_text_that_a_person_changed_stays_when_only_another_column_comes(
    release: Release, dataset: DatasetRow
) -> None:
    load(release, record())
    load(release, record(page=2))
    sample_id = row_of(release).id
    release.edit(sample_id, "How long?", "Nine minutes.")
    edited = release.content(release.export(CHAT))
    assert load(release, record(page=3)) == (0, 1, 0)
    told = json.loads(release.content(release.export(CHAT)))
    assert told == {**json.loads(edited), "page": 3}
    assert told["messages"][1]["content"] == "Nine minutes."
    again = release.export(Order(CHAT.format, version=1))
    assert release.content(again) == edited
    with release.read() as session:
        lines = happenings.of_sample(session, SLUG, sample_id, Walk(Query())).lines
    assert lines[0].sentence.startswith("Brought anew by an import, text 4")
    with release.write() as session:
        undoing.undo(session, SLUG, "mia")
    assert release.content(release.export(CHAT)) == edited


def test_an_edit_stays_however_often_the_same_record_comes_again(
    release: Release, dataset: DatasetRow
) -> None:
    load(release, record())
    sample_id = row_of(release).id
    release.edit(sample_id, "How long?", "Nine minutes.")
    assert load(release, record(page=2)) == (0, 1, 0)
    assert load(release, record(page=2)) == (0, 0, 1)
    with release.write() as session:
        undoing.undo(session, SLUG, "mia")
    assert load(release, record()) == (0, 0, 1)
    with release.write() as session:
        undoing.redo(session, SLUG, "mia")
    assert load(release, record(page=2)) == (0, 0, 1)
    assert load(release, record(page=3), record(page=4)) == (0, 2, 0)
    assert load(release, record(page=4)) == (0, 0, 1)
    assert "Nine" in row_of(release).messages
    assert load(release, {**record(page=4), **chat("How long?", "Eight.")}) == (0, 1, 0)
    assert "Eight" in row_of(release).messages


def test_a_record_may_say_what_the_one_before_it_no_longer_says(
    release: Release, dataset: DatasetRow
) -> None:
    def says(number: int, said: str) -> dict[str, object]:
        return chat("How long?", said, id=f"k{number}")

    assert load(release, says(1, "One."), says(2, "Two.")) == (2, 0, 0)
    anew = [says(2, "Three."), says(1, "Two."), says(2, "Four.")]
    assert load(release, *anew) == (0, 3, 0)
    with release.write() as session:
        wanted = Filter(words=("four",))
        (found,) = samples.page(session, dataset.id, wanted)
        assert found.external_id == "k2"
        undone = undoing.undo(session, SLUG, "mia")
        assert undone is not None
        assert undone.changed == 1, "the other says what one of them says still"


def test_a_label_that_a_person_gave_first_is_not_brought_each_time(
    release: Release, dataset: DatasetRow
) -> None:
    load(release, record())
    row, change = row_of(release), Change(label="boiling")
    with release.write() as session:
        review.decide(session, SLUG, row.id, change, version=row.version, actor="mia")
    assert load(release, record(label="boiling")) == (0, 1, 0)
    assert load(release, record(label="boiling")) == (0, 0, 1)


def test_what_is_frozen_again_after_an_import_is_undone_is_the_same_version(
    release: Release, dataset: DatasetRow
) -> None:
    load(release, record())
    release.edit(row_of(release).id, "How long?", "Nine minutes.")

    def freeze() -> int:
        with release.write() as session:
            return versions.freeze(session, SLUG, query="status=approved", actor="mia").number

    assert freeze() == 1
    load(release, record(page=2))
    assert freeze() == 2
    with release.write() as session:
        undoing.undo(session, SLUG, "mia")
    with release.write() as session:
        again = versions.freeze(session, SLUG, query="status=approved", actor="mia")
        assert again.hash == versions.get(session, SLUG, 1).hash


@pytest.mark.parametrize("own_address", ["postgres"], indirect=True)
def test_an_import_waits_for_a_decision_about_what_it_brings_anew(
    own_engine: Engine, own_write: Sessions, tmp_path: Path
) -> None:
    with own_write() as session:
        dataset_id = datasets.add(session, SLUG).id
    release = Release(own_write, own_write, tmp_path)
    load(release, record())
    row = row_of(release)
    release.send(lines_of([record(label="boiling")]))
    importing = threading.Thread(target=release.run)
    with own_write() as session:
        events.lock(session, dataset_id)
        importing.start()
        while importing.is_alive() and not is_waiting(own_engine):
            time.sleep(0.01)
        change = Change(label="mine")
        decided = review.decide(session, SLUG, row.id, change, version=row.version, actor="noor")
    importing.join()
    with own_write() as session:
        told = events.of_sample(session, row.id)
        assert [event.kind for event in told] == ["labelled", "brought"]
        assert told[1].body["from"]["label"] == "mine"
        assert samples.get(session, dataset_id, row.id).version > decided.version
        assert events.broken_link(session, dataset_id) is None


def is_waiting(engine: Engine) -> bool:
    asked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return bool(connection.execute(text(asked)).scalar_one())
