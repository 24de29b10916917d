"""A version as the new state, and what is noted of versions."""

from pathlib import Path

import pytest

from app.curation import restoring, review, undoing, version_page, versions
from app.curation.queries import QueryError
from app.curation.review import Change
from app.curation.versions import UseError
from app.storage import datasets, events, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, Status
from app.storage.versions import VersionNotFoundError
from tests.curation.release import SLUG, Release, chat, lines_of

MORE = lines_of([chat(f"Later {n}?", "Yes.") for n in range(4)])


@pytest.fixture
def release(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> Release:
    made = Release(write, write, tmp_path)
    made.tasks = {
        **made.tasks,
        "restore": lambda job: restoring.run(write, job),
        "decide": lambda job: review.run_batch(write, job),
    }
    made.load(lines_of([chat(f"Question {n}?", "Yes.") for n in range(6)]))
    return made


def freeze(release: Release, query: str = "") -> int:
    with release.write() as session:
        return versions.freeze(session, SLUG, query=query, actor="mia").number


def restore(release: Release, number: int, *, exactly: bool = False) -> None:
    with release.write() as session:
        restoring.restore(session, SLUG, number, exactly=exactly, actor="mia")
    release.run()


def change(release: Release, sample_id: int, wanted: Change) -> None:
    with release.write() as session:
        dataset_id = datasets.get(session, SLUG).id
        version = samples.get(session, dataset_id, sample_id).version
        review.decide(session, SLUG, sample_id, wanted, version=version, actor="ben")


def test_a_restore_gives_back_texts_and_statuses_and_can_be_undone(
    release: Release, dataset: DatasetRow
) -> None:
    ids = release.ids()
    number = freeze(release)
    turns = [{"role": "user", "content": "Other?"}, {"role": "assistant", "content": "No."}]
    change(release, ids[0], Change(messages=turns))
    change(release, ids[1], Change(status="rejected"))
    change(release, ids[2], Change(deleted=True))
    release.load(MORE)
    before = freeze(release)
    restore(release, number)
    assert freeze(release, "ids=" + ",".join(map(str, ids))) == before + 1
    with release.write() as session:
        one, other = (versions.get(session, SLUG, n) for n in (number, before + 1))
        assert (one.hash, one.rows) == (other.hash, other.rows)
        report = undoing.undo(session, SLUG, "mia")
        assert report is not None
        assert "Restored version 1" in report.act
    assert freeze(release) == before + 2
    with release.write() as session:
        last = versions.get(session, SLUG, before + 2)
        assert versions.get(session, SLUG, before).hash == last.hash
        assert events.broken_link(session, dataset.id) is None


def test_what_came_later_goes_to_the_trash_when_that_is_wanted(release: Release) -> None:
    number = freeze(release)
    release.load(MORE)
    freeze(release)
    restore(release, number, exactly=True)
    assert freeze(release) == 3
    with release.write() as session:
        assert versions.get(session, SLUG, 3).hash == versions.get(session, SLUG, number).hash


def test_a_text_that_another_sample_has_by_now_stays_as_it_is(release: Release) -> None:
    ids = release.ids()
    number = freeze(release)
    asked = [{"role": "user", "content": "Question 0?"}, {"role": "assistant", "content": "Yes."}]
    new = [{"role": "user", "content": "New?"}, {"role": "assistant", "content": "Yes."}]
    change(release, ids[0], Change(messages=new))
    change(release, ids[1], Change(messages=asked))
    change(release, ids[1], Change(status="rejected"))
    restore(release, number)
    with release.write() as session:
        found = samples.movable(session, ids)
    assert found[ids[0]]["revision"] == 2 or found[ids[1]]["revision"] == 2
    assert found[ids[1]]["status"] == "approved"


def test_versions_are_named_by_number_or_as_the_latest(release: Release) -> None:
    with release.write() as session, pytest.raises(VersionNotFoundError):
        versions.read_number(session, SLUG, "latest")
    freeze(release)
    release.load(MORE)
    freeze(release)
    with release.write() as session:
        assert [versions.read_number(session, SLUG, said) for said in ("latest", "v1", "2")] == [
            2, 1, 2,
        ]  # fmt: skip
        for said in ("", "v", "x", "-1", "1.5", "latest!"):
            with pytest.raises(VersionNotFoundError):
                versions.read_number(session, SLUG, said)


def test_uses_are_noted_once_and_can_be_forgotten(release: Release) -> None:
    number = freeze(release)
    with release.write() as session:
        versions.add_use(session, SLUG, number, " ft-1 ", actor="mia")
        versions.add_use(session, SLUG, number, "ft-1", actor="ben")
        view = versions.add_use(session, SLUG, number, "https://jobs.example/7", actor="mia")
        assert [(use.used_by, use.link) for use in view.uses] == [
            ("ft-1", False), ("https://jobs.example/7", True),
        ]  # fmt: skip
        odd = versions.add_use(session, SLUG, number, "javascript:alert(1)", actor="mia").uses[-1]
        assert not odd.link
        left = versions.remove_use(session, SLUG, number, view.uses[0].id).uses
        assert "ft-1" not in [use.used_by for use in left]
        for told in ("", "  ", "x" * 501):
            with pytest.raises(UseError):
                versions.add_use(session, SLUG, number, told, actor="mia")


def test_a_versions_page_shows_what_was_and_what_became_of_it(release: Release) -> None:
    ids = release.ids()
    number = freeze(release)
    turns = [{"role": "user", "content": "Other?"}, {"role": "assistant", "content": "No."}]
    change(release, ids[0], Change(messages=turns))
    change(release, ids[1], Change(deleted=True))
    with release.read() as session:
        page = version_page.page(session, SLUG, number)
        shown, more = version_page.frozen(session, SLUG, number, after=ids[1], limit=2)
    assert [one.preview for one in page.samples] == [f"Question {n}?" for n in range(6)]
    assert [one.edited for one in page.samples[:2]] == [True, False]
    assert [one.in_trash for one in page.samples[:2]] == [False, True]
    assert ([one.id for one in shown], more) == (ids[2:4], ids[3])


def test_the_query_language_knows_versions(release: Release, dataset: DatasetRow) -> None:
    number = freeze(release, "q=Question")
    release.load(MORE)
    with release.read() as session:
        wanted = versions.resolve(session, dataset.id, f"version=v{number}")
        assert samples.count(session, dataset.id, wanted) == 6
        assert samples.count(session, dataset.id, Filter(statuses=(Status.APPROVED,))) == 10
        with pytest.raises(QueryError):
            versions.resolve(session, dataset.id, "version=77")
