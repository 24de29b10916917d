"""Several people: judgements, agreement, comments, assignments."""

from datetime import UTC, datetime, timedelta

import pytest

from app.curation import (
    assigning,
    browsing,
    commenting,
    happenings,
    inboxes,
    opinions,
    queries,
    queueing,
    review,
    sample_page,
    team,
    undoing,
)
from app.curation.assigning import AssignmentError
from app.curation.changing import Change
from app.curation.commenting import CommentError
from app.curation.moves import Act
from app.curation.opinions import Opinion, OverlapError, Reader, Standing
from app.curation.query_values import QueryError
from app.curation.queueing import Reviewer
from app.curation.sample_views import SampleView
from app.curation.walking import Walk
from app.storage import datasets, judgements, samples, sight
from app.storage.assignments import AssignmentNotFoundError
from app.storage.database import Sessions
from app.storage.samples import SampleNotFoundError
from app.storage.tables import DatasetRow, Status
from tests import stocked

ALL = Reader("ada", sees_all=True)


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stocked.stock_plain(session, dataset.id, 4)


def judge(write: Sessions, slug: str, sample_id: int, who: str, status: str) -> Standing:
    with write() as session:
        dataset = datasets.get(session, slug)
        sample = samples.get(session, dataset.id, sample_id)
        act = Act("judged", who, f"b{who}{sample_id}{status}"[:32], {})
        return opinions.give(session, dataset, Opinion(sample, status), act)


def ask_two(write: Sessions, slug: str, people: int = 2) -> None:
    with write() as session:
        opinions.set_overlap(session, slug, people, actor="mia")


def test_alone_a_judgement_is_the_status(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    assert judge(write, dataset.slug, ids[0], "mia", "approved").follows
    assert judge(write, dataset.slug, ids[0], "mia", "approved") == Standing(True, False)


def test_with_an_overlap_the_status_follows_the_last_of_those_who_agree(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    ask_two(write, dataset.slug)
    first = judge(write, dataset.slug, ids[0], "mia", "approved")
    again = judge(write, dataset.slug, ids[0], "mia", "approved")
    second = judge(write, dataset.slug, ids[0], "tom", "approved")
    assert (first, again, second) == (
        Standing(follows=False, noted=True),
        Standing(follows=False, noted=False),
        Standing(follows=True, noted=False),
    )


def test_those_who_disagree_leave_it_pending_and_it_waits_to_be_settled(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    ask_two(write, dataset.slug)
    judge(write, dataset.slug, ids[0], "mia", "approved")
    assert not judge(write, dataset.slug, ids[0], "tom", "rejected").follows
    with write() as session:
        split = team.show(session, dataset.slug, ALL).splits
        assert [(it.id, it.judged) for it in split] == [
            (ids[0], (("mia", "approved"), ("tom", "rejected")))
        ]
        samples.change(session, [ids[0]], status=Status.REJECTED)
        assert team.show(session, dataset.slug, ALL).splits == ()


def test_who_has_yet_to_judge_learns_from_the_team_neither_votes_nor_counts(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    ask_two(write, dataset.slug, 3)
    for sample_id in ids[:2]:
        judge(write, dataset.slug, sample_id, "mia", "approved")
        judge(write, dataset.slug, sample_id, "tom", "rejected")
    judge(write, dataset.slug, ids[1], "zoe", "approved")

    def told(reader: Reader) -> tuple[list[object], int, dict[str, tuple[int, int, int]]]:
        with write() as session:
            found = team.show(session, dataset.slug, reader)
        people = {it.name: (it.total, it.approved, it.rejected) for it in found.people}
        return [it.judged for it in found.splits], found.agreement.shared, people

    votes = ("mia", "approved"), ("tom", "rejected")
    zoe = ("zoe", "approved")
    everything = [(*votes, zoe), votes], 2, {"mia": (2, 2, 0), "tom": (2, 0, 2), "zoe": (1, 1, 0)}
    assert told(ALL) == told(Reader("mia", sees_all=False)) == everything
    part = [(*votes, zoe), ()], 1, {"mia": (2, 1, 0), "tom": (2, 0, 1), "zoe": (1, 1, 0)}
    assert told(Reader("zoe", sees_all=False)) == part
    nothing = [(), ()], 0, {"mia": (2, 0, 0), "tom": (2, 0, 0), "zoe": (1, 0, 0)}
    assert told(Reader("eve", sees_all=False)) == nothing
    ask_two(write, dataset.slug, 1)
    assert told(Reader("eve", sees_all=False)) == everything, "nobody is asked to judge blindly"


def test_somebody_who_changes_their_mind_settles_it(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    ask_two(write, dataset.slug)
    judge(write, dataset.slug, ids[0], "mia", "approved")
    judge(write, dataset.slug, ids[0], "tom", "rejected")
    assert judge(write, dataset.slug, ids[0], "tom", "approved").follows


def test_only_one_to_five_can_be_asked(write: Sessions, dataset: DatasetRow) -> None:
    for people in (0, 6):
        with pytest.raises(OverlapError), write() as session:
            opinions.set_overlap(session, dataset.slug, people, actor="mia")


def test_the_page_counts_people_and_how_far_they_agree(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    said = {"mia": "aarr", "tom": "aara"}
    names = {"a": "approved", "r": "rejected"}
    for who, letters in said.items():
        for sample_id, letter in zip(ids, letters, strict=True):
            judge(write, dataset.slug, sample_id, who, names[letter])
    with write() as session:
        found = team.show(session, dataset.slug, ALL)
    people = {person.name: person for person in found.people}
    assert (people["mia"].total, people["mia"].approved, people["mia"].today) == (4, 2, 4)
    assert (people["tom"].agreed, people["tom"].both) == (3, 4)
    assert found.agreement.shared == 4
    assert found.agreement.split == 1
    # By hand: 8 values, 5 a and 3 r; Do = 2/8, De = (64 - 25 - 9)/(8 * 7) = 30/56.
    assert found.agreement.alpha == pytest.approx(1 - (2 / 8) / (30 / 56))
    assert [(row.status, row.counts) for row in found.agreement.confusion] == [
        ("approved", (2, 1)),
        ("rejected", (1, 1)),
    ]


def test_pace_is_the_median_of_work_and_leaves_breaks_out() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    seconds = [0, 4, 8, 12, 16, 20, 4_000, 4_004]
    assert team.pace_of([start + timedelta(seconds=at) for at in seconds]) == 900
    assert team.pace_of([start, start + timedelta(seconds=4)]) is None


def test_a_comment_stands_at_its_sample_and_in_the_inbox_of_whom_it_names(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        commenting.add(
            session, dataset.slug, ids[0], "@tom, is this one of ours? @tom.", actor="mia"
        )
        assert [(it.who, it.text) for it in commenting.of_sample(session, ids[0])] == [
            ("mia", "@tom, is this one of ours? @tom.")
        ]
        (mention,) = inboxes.show(session, "tom").mentions
        assert (mention.new, mention.sample_id, mention.who) == (True, ids[0], "mia")
        inboxes.see(session, "tom")
        assert not inboxes.show(session, "tom").mentions[0].new
        assert inboxes.show(session, "mia").mentions == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@mia and @tom.", ("mia", "tom")),
        ("write to a@b.example", ()),
        ("@@x", ()),
        ("@Zoë-Ann!", ("Zoë-Ann",)),
        ("@a @a", ("a",)),
    ],
)
def test_who_is_named(text: str, names: tuple[str, ...]) -> None:
    assert commenting.mentioned(text) == names


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4_001, "\x00"])
def test_what_is_no_comment_is_refused(
    write: Sessions, dataset: DatasetRow, ids: list[int], text: str
) -> None:
    with pytest.raises(CommentError), write() as session:
        commenting.add(session, dataset.slug, ids[0], text, actor="mia")


def test_a_sample_of_another_data_set_takes_no_comment(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        datasets.add(session, "other")
    with pytest.raises(SampleNotFoundError), write() as session:
        commenting.add(session, "other", ids[0], "hello", actor="mia")


def test_what_somebody_is_asked_to_do_waits_until_it_is_closed(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        samples.change(session, ids[:1], status=Status.APPROVED)
        view = assigning.assign(
            session, dataset.slug, " tom ", query=f"ids={ids[0]},{ids[1]}", note="", actor="mia"
        )
        assert (view.person, view.left, view.matching, view.share) == ("tom", 1, 2, 0.5)
        assert [it.id for it in inboxes.show(session, "tom").assignments] == [view.id]
        assigning.finish(session, dataset.slug, view.id)
        assert inboxes.show(session, "tom").assignments == ()
        assert assigning.of_dataset(session, dataset.slug)[0].done


def test_a_wrong_assignment_is_refused(write: Sessions, dataset: DatasetRow) -> None:
    with pytest.raises(AssignmentError), write() as session:
        assigning.assign(session, dataset.slug, "", query="", note="", actor="mia")
    with pytest.raises(QueryError), write() as session:
        assigning.assign(session, dataset.slug, "tom", query="status=open", note="", actor="mia")
    with pytest.raises(AssignmentNotFoundError), write() as session:
        assigning.finish(session, dataset.slug, 99)


def decide(write: Sessions, slug: str, sample_id: int, who: str, change: Change) -> str:
    with write() as session:
        sample = samples.get(session, datasets.get(session, slug).id, sample_id)
        return review.decide(
            session, slug, sample_id, change, version=sample.version, actor=who
        ).status


def card_of(write: Sessions, slug: str, who: str) -> int | None:
    walk = Walk(queries.parse_string(""))
    found = queueing.hand_out(write, write, slug, walk, Reviewer(who, may_decide=True))
    return found.id if isinstance(found, SampleView) else None


def test_with_two_judges_a_decision_is_held_undone_and_made(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    slug, approve = dataset.slug, Change(status="approved")
    ask_two(write, slug)
    assert decide(write, slug, ids[0], "mia", approve) == "pending"
    with write() as session:
        undone = undoing.undo(session, slug, "mia")
    assert undone is not None
    assert undone.act == f"Judged sample {ids[0]}"
    assert decide(write, slug, ids[0], "tom", approve) == "pending"
    with write() as session:
        undoing.redo(session, slug, "mia")
        assert judgements.of_sample(session, ids[0]) == {"mia": "approved", "tom": "approved"}
    assert decide(write, slug, ids[0], "zoe", approve) == "approved"


def test_the_undo_of_the_last_judgement_takes_the_status_back(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    slug, reject = dataset.slug, Change(status="rejected")
    ask_two(write, slug)
    decide(write, slug, ids[0], "mia", reject)
    assert decide(write, slug, ids[0], "tom", reject) == "rejected"
    with write() as session:
        undoing.undo(session, slug, "tom")
        assert samples.get(session, dataset.id, ids[0]).status == Status.PENDING
        assert judgements.of_sample(session, ids[0]) == {"mia": "rejected"}


def test_what_a_curator_settles_counts_at_once_and_is_no_judgement(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    slug = dataset.slug
    ask_two(write, slug)
    decide(write, slug, ids[0], "mia", Change(status="approved"))
    decide(write, slug, ids[0], "tom", Change(status="rejected"))
    settled = Change(status="needs_work", final=True)
    assert decide(write, slug, ids[0], "ada", settled) == "needs_work"
    with write() as session:
        assert set(judgements.of_sample(session, ids[0])) == {"mia", "tom"}


def test_what_somebody_has_judged_does_not_come_again_in_their_queue(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    slug = dataset.slug
    ask_two(write, slug)
    first = card_of(write, slug, "mia")
    assert first == ids[0]
    decide(write, slug, first, "mia", Change(status="approved"))
    assert card_of(write, slug, "mia") == ids[1]
    assert card_of(write, slug, "tom") == ids[0]


def test_the_history_of_a_held_judgement_does_not_say_how(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    ask_two(write, dataset.slug)
    decide(write, dataset.slug, ids[0], "mia", Change(status="rejected", reason="off topic"))
    with write() as session:
        shown = browsing.show(session, dataset.slug, ids[0], Walk(queries.parse_string("")))
        told = happenings.of_dataset(session, dataset.slug).lines[0]
    assert (shown.history[0].sentence, shown.history[0].remark) == ("Judged", "")
    assert (told.sentence, told.remark) == ("Judged", "")


def test_only_who_has_yet_to_judge_is_not_told_how_others_did(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    ask_two(write, dataset.slug, 3)
    decide(write, dataset.slug, ids[0], "mia", Change(status="rejected", reason="off topic"))

    def told(name: str, *, sees_all: bool = False) -> tuple[object, object]:
        with write() as session:
            line = sample_page.history(session, ids[0], Reader(name, sees_all))[0]
        return line.body.get("judged"), line.body.get("reason")

    known, veiled = ("rejected", "off topic"), (None, None)
    assert told("mia") == told("noor", sees_all=True) == known
    assert told("tom") == veiled
    decide(write, dataset.slug, ids[0], "tom", Change(status="approved"))
    assert told("tom") == known


def test_the_inbox_shows_nothing_of_a_data_set_that_somebody_may_not_see(
    write: Sessions, dataset: DatasetRow, ids: list[int]
) -> None:
    with write() as session:
        commenting.add(session, dataset.slug, ids[0], "@tom hello", actor="mia")
        assigning.assign(session, dataset.slug, "tom", query="", note="", actor="mia")
        with sight.narrowed(frozenset()):
            shown = inboxes.show(session, "tom")
            assert (shown.mentions, shown.assignments) == ((), ())
            assert inboxes.count(session, "tom") == 0
        assert inboxes.count(session, "tom") == 2
