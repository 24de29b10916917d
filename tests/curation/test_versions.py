import hashlib

import pytest

from app.curation import versions
from app.curation.queries import QueryError
from app.curation.versions import (
    EmptyVersionError,
    FrozenTrashError,
    VersionPairError,
    VersionView,
)
from app.storage import events, samples
from app.storage.tables import DatasetRow, Status
from app.storage.versions import VersionNotFoundError
from tests import chronicle
from tests.curation.release import SLUG, Release, chat, lines_of

DATA = lines_of(chat(f"How long do I cook {n} eggs?", f"About {n} minutes.") for n in range(6))


def freeze(release: Release, query: str = "", name: str = "") -> VersionView:
    with release.write() as session:
        return versions.freeze(session, SLUG, query=query, name=name, actor="mia")


def test_a_version_holds_all_samples_that_are_not_in_the_trash(release: Release) -> None:
    ids = release.load(DATA)
    with release.write() as session:
        samples.change(session, ids[:1], deleted=True)
    release.decide(ids[1:3], Status.PENDING)
    version = freeze(release, name="first")
    assert (version.number, version.rows, version.name) == (1, 5, "first")
    assert version.statuses == (("approved", 3), ("pending", 2))


def test_the_hash_is_the_documented_one(release: Release, dataset: DatasetRow) -> None:
    ids = release.load(DATA)
    with release.write() as session:
        rows = [samples.get(session, dataset.id, sample_id) for sample_id in sorted(ids)]
        text = "".join(f"{row.fingerprint} {row.status.value}\n" for row in rows)
    assert freeze(release).hash == hashlib.sha256(text.encode()).hexdigest()


def test_the_same_content_is_not_frozen_twice(release: Release) -> None:
    ids = release.load(DATA)
    first, again = freeze(release), freeze(release, name="a name given later")
    assert (again.number, again.hash) == (first.number, first.hash)
    assert again.name == "a name given later"
    assert freeze(release, name="too late").name == "a name given later"
    release.decide(ids[:1], Status.REJECTED)
    assert freeze(release).number == 2
    release.decide(ids[:1], Status.APPROVED)
    back = freeze(release)
    assert (back.number, back.hash) == (3, first.hash)


def test_a_version_does_not_change_when_its_samples_do(
    release: Release, dataset: DatasetRow
) -> None:
    ids = release.load(DATA)
    before = freeze(release)
    release.decide(ids, Status.REJECTED)
    release.edit(ids[0], "How?", "Never.")
    with release.write() as session:
        after = versions.get(session, SLUG, before.number)
    assert after == before


def test_a_query_says_what_is_frozen(release: Release) -> None:
    ids = release.load(DATA)
    release.decide(ids[:2], Status.PENDING)
    version = freeze(release, query="?status=pending&label=")
    assert (version.rows, version.query) == (2, "status=pending")


@pytest.mark.parametrize(
    ("query", "error"),
    [("oops=1", QueryError), ("trash=1", FrozenTrashError), ("q=unicorn", EmptyVersionError)],
)
def test_what_cannot_be_frozen_is_refused(
    release: Release, query: str, error: type[Exception]
) -> None:
    release.load(DATA)
    with pytest.raises(error):
        freeze(release, query=query)


def test_a_difference_tells_added_edited_removed_and_decided(
    release: Release, dataset: DatasetRow
) -> None:
    ids = release.load(DATA)
    old = freeze(release)
    with release.write() as session:
        samples.change(session, ids[:1], deleted=True)
    release.decide(ids[1:3], Status.REJECTED)
    release.edit(ids[2], "How?", "Longer.")
    release.edit(ids[3], "How?", "Shorter.")
    more = release.load(lines_of([chat("Is salt needed?", "Yes.")]), status=Status.PENDING)
    release.decide(more, Status.APPROVED)
    release.decide(ids[1:3], Status.REJECTED)
    new = freeze(release)
    with release.write() as session:
        found = versions.compare(session, SLUG, old.number, new.number)
        same = versions.compare(session, SLUG, new.number, new.number)
    assert (found.added.count, found.added.samples) == (1, (more[-1],))
    assert (found.removed.count, found.removed.samples) == (1, (ids[0],))
    assert found.edited.samples == (ids[2], ids[3])
    assert found.status_changed.samples == (ids[1], ids[2])
    assert not any(x.count for x in (same.added, same.edited, same.removed, same.status_changed))


def test_the_history_goes_on_below_a_number_and_shows_the_last_change(release: Release) -> None:
    ids = release.load(DATA)
    for sample_id in ids[:4]:
        release.decide([sample_id], Status.REJECTED)
        freeze(release)
    with release.write() as session:
        first = versions.history(session, SLUG, limit=3)
        rest = versions.history(session, SLUG, limit=3, before=first.next)
    assert [version.number for version in first.versions] == [4, 3, 2]
    assert [version.number for version in rest.versions] == [1]
    assert (rest.next, rest.newest) == (None, None)
    assert first.newest is not None
    assert first.newest.status_changed.samples == (ids[3],)


def test_freezing_is_an_event_of_the_chain(release: Release, dataset: DatasetRow) -> None:
    release.load(DATA)
    version = freeze(release)
    freeze(release)
    with release.write() as session:
        told = chronicle.of_dataset(session, dataset.id)[-1]
        assert events.broken_link(session, dataset.id) is None
    assert told.kind == "frozen"
    assert told.body == {"version": 1, "hash": version.hash, "rows": 6}


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 10**30])
def test_a_number_without_a_version_is_not_found(release: Release, number: int) -> None:
    release.load(DATA)
    freeze(release)
    with release.write() as session, pytest.raises(VersionNotFoundError):
        versions.get(session, SLUG, number)


@pytest.mark.parametrize("text", ["", "1", "1..2", "1...", "a...b", "1...2...3", "1...-2", "٣...4"])
def test_a_pair_is_two_numbers(release: Release, text: str) -> None:
    with release.read() as session:
        for said in ("1...12", "v1...v12"):
            assert versions.read_pair(session, SLUG, said) == (1, 12)
        with pytest.raises(VersionPairError):
            versions.read_pair(session, SLUG, text)
