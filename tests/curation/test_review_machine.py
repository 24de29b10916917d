"""Three people decide, label, edit, trash and undo at random: state = fold(events), always."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import Session

from app.curation import queries, review, undoing
from app.curation.queries import Query
from app.curation.review import Change
from app.curation.review_fold import State, fold
from app.storage import datasets, events, samples
from app.storage.tables import DatasetRow
from tests.stocked import stock_plain

PEOPLE = st.sampled_from(["mia", "noor", "ola"])
SAMPLES = st.integers(0, 5)
STATUSES = st.sampled_from(["pending", "approved", "rejected", "needs_work"])
LABELS = st.sampled_from(["", "billing", "refund"])
MARKS = st.sampled_from(["", "rude", "long"])
QUALITIES = st.sampled_from([None, 0, 2, 5])
FLAGS = st.sampled_from([None, True, False])
TEXTS = st.sampled_from(["one", "two", "question 3"])

Step = tuple[str, list[tuple[int, dict[str, Any], dict[str, Any]]]]


class Review(RuleBasedStateMachine):
    """The app beside a model of it: what each sample is, and each person's acts."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        with self.session() as session:
            self.dataset: DatasetRow = datasets.add(session, "Recipes")
            self.ids = stock_plain(session, self.dataset.id, 6)
            session.commit()
        self.start = State(origin="human")
        self.done: dict[str, list[str]] = {"mia": [], "noor": [], "ola": []}
        self.undone: dict[str, list[str]] = {"mia": [], "noor": [], "ola": []}

    def teardown(self) -> None:
        self.outer.rollback()
        self.connection.close()

    def session(self) -> Session:
        return Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    def change(self, who: str, at: int, change: Change) -> None:
        with self.session() as session, session.begin():
            row = samples.get(session, self.dataset.id, self.ids[at])
            try:
                decision = review.decide(
                    session, "recipes", row.id, change, version=row.version, actor=who
                )
            except review.SameTextError:
                return
            assert decision.version == row.version
            self.acted(who, decision.batch)

    def acted(self, who: str, batch: str) -> None:
        if batch:
            self.done[who].append(batch)
            self.undone[who].clear()

    @rule(who=PEOPLE, at=SAMPLES, status=STATUSES)
    def decide(self, who: str, at: int, status: str) -> None:
        self.change(who, at, Change(status=status))

    @rule(who=PEOPLE, at=SAMPLES, label=LABELS, deleted=st.booleans())
    def label(self, who: str, at: int, label: str, deleted: bool) -> None:
        self.change(who, at, Change(label=label, deleted=deleted))

    @rule(who=PEOPLE, at=SAMPLES, mark=MARKS, unmark=MARKS, quality=QUALITIES, flagged=FLAGS)
    def rate(
        self, who: str, at: int, mark: str, unmark: str, quality: int | None, flagged: bool | None
    ) -> None:
        change = Change(mark=mark, unmark=unmark, quality=quality, flagged=flagged)
        self.change(who, at, change)

    @rule(who=PEOPLE, at=SAMPLES, deleted=st.booleans())
    def trash_or_restore(self, who: str, at: int, deleted: bool) -> None:
        self.change(who, at, Change(deleted=deleted))

    @rule(who=PEOPLE, deleted=st.booleans())
    def trash_or_restore_all(self, who: str, deleted: bool) -> None:
        query = queries.parse([("trash", "")] if deleted else [("trash", "1")])
        self.act_on_many(who, query, Change(deleted=deleted))

    @rule(who=PEOPLE, label=LABELS.filter(bool))
    def label_many(self, who: str, label: str) -> None:
        self.act_on_many(who, queries.parse([("status", "pending")]), Change(label=label))

    @rule(who=PEOPLE, said=STATUSES, mark=MARKS.filter(bool), comes=st.booleans())
    def mark_many(self, who: str, said: str, mark: str, comes: bool) -> None:
        change = Change(mark=mark) if comes else Change(unmark=mark)
        self.act_on_many(who, queries.parse([("status", said)]), change)

    @rule(who=PEOPLE, said=QUALITIES.filter(lambda it: it is not None), flagged=st.booleans())
    def flag_many(self, who: str, said: int, flagged: bool) -> None:
        query = queries.parse([("quality", str(said))])
        self.act_on_many(who, query, Change(flagged=flagged))

    @rule(who=PEOPLE, mark=MARKS.filter(bool), quality=QUALITIES.filter(lambda it: it is not None))
    def rate_many(self, who: str, mark: str, quality: int) -> None:
        self.act_on_many(who, queries.parse([("mark", mark)]), Change(quality=quality))

    @rule(who=PEOPLE, at=SAMPLES, text=TEXTS, status=STATUSES)
    def edit(self, who: str, at: int, text: str, status: str) -> None:
        turns = [{"role": "user", "content": text}, {"role": "assistant", "content": "an answer"}]
        self.change(who, at, Change(messages=turns, status=status))

    @rule(who=PEOPLE, said=STATUSES, status=STATUSES)
    def decide_many(self, who: str, said: str, status: str) -> None:
        self.act_on_many(who, queries.parse([("status", said)]), Change(status=status))

    def act_on_many(self, who: str, query: Query, wished: Change) -> None:
        with self.session() as session, session.begin():
            told = review.decide_many(session, "recipes", query, wished, actor=who, preview=True)
            report = review.decide_many(session, "recipes", query, wished, actor=who)
        assert (told.matched, told.changed) == (report.matched, report.changed)
        self.acted(who, report.batch)

    @rule(who=PEOPLE)
    def undo(self, who: str) -> None:
        with self.session() as session, session.begin():
            report = undoing.undo(session, "recipes", who)
        assert (report.batch if report else None) == last_of(self.done[who])
        if report:
            self.undone[who].append(self.done[who].pop())

    @rule(who=PEOPLE)
    def redo(self, who: str) -> None:
        with self.session() as session, session.begin():
            report = undoing.redo(session, "recipes", who)
        assert (report.batch if report else None) == last_of(self.undone[who])
        if report:
            self.done[who].append(self.undone[who].pop())

    @invariant()
    def state_is_the_fold_of_the_events(self) -> None:
        with self.session() as session:
            found = samples.movable(session, self.ids)
            for sample_id in self.ids:
                told = [event.body for event in events.of_sample(session, sample_id)]
                assert fold(told, self.start) == State(**found[sample_id])

    @invariant()
    def the_chain_of_events_holds(self) -> None:
        with self.session() as session:
            assert events.broken_link(session, self.dataset.id) is None


def last_of(batches: list[str]) -> str | None:
    return batches[-1] if batches else None


def test_whatever_three_people_do_the_state_is_the_fold_of_the_events(engine: Engine) -> None:
    machine = type("ReviewHere", (Review,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("body", [{"from": {"status": "approved"}, "to": {"status": "pending"}}])
def test_a_history_that_contradicts_itself_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="is not part of"):
        fold([body], State())
