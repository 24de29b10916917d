"""Label schemes, and suggestions that nobody takes for a person's."""

import pytest

from app.curation import labelling, queries, review, sample_page
from app.curation.changing import ChangeError
from app.curation.labelling import Label, Scheme, SchemeError, StaleSchemeError, Suggestion
from app.curation.review import Change
from app.curation.review_fold import State
from app.storage import events, samples
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests.stocked import stock_plain

SCHEME = Scheme((Label("billing", "1", 1), Label("rude", "Shift+1", 5, exclusive=False)), "Be kind")


def test_a_scheme_is_saved_from_the_version_in_force(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        assert labelling.scheme_of(session, "recipes") == Scheme()
        saved = labelling.save(session, "recipes", SCHEME, actor="mia")
        assert saved == labelling.scheme_of(session, "recipes")
        assert saved.version == 1
        with pytest.raises(StaleSchemeError):
            labelling.save(session, "recipes", SCHEME, actor="noor")
        assert events.broken_link(session, dataset.id) is None


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ((Label("a"), Label("a")), "there twice"),
        ((Label("a", "1"), Label("b", "1")), "there twice"),
        ((Label("a", "Q"),), "no key"),
        ((Label("a|b"),), "holds no"),
        ((Label("x" * 61),), "1 to 60"),
        ((Label("a", "", 9),), "colour"),
        (tuple(Label(f"l{at}") for at in range(61)), "At most 60"),
    ],
)
def test_a_scheme_that_cannot_work_is_refused(
    write: Sessions, dataset: DatasetRow, labels: tuple[Label, ...], why: str
) -> None:
    with write() as session, pytest.raises(SchemeError, match=why):
        labelling.save(session, "recipes", Scheme(labels), actor="mia")


def test_a_sample_has_one_label_and_several_marks(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        (one,) = stock_plain(session, dataset.id, 1)
        for change in (
            Change(label="billing"), Change(mark="rude"), Change(mark="long"),
            Change(unmark="rude"), Change(label="account"), Change(quality=4), Change(flagged=True),
        ):  # fmt: skip
            version = samples.get(session, dataset.id, one).version
            assert review.decide(
                session, "recipes", one, change, version=version, actor="mia"
            ).changed
        record = sample_page.record(session, one)
        assert (record.label, record.marks, record.quality, record.flagged) == (
            "account", ("long",), 4, True,
        )  # fmt: skip
        for bad in (Change(mark="a|b"), Change(quality=6), Change(marks=["x" * 201])):
            with pytest.raises(ChangeError):
                review.decide(session, "recipes", one, bad, version=record.version, actor="mia")


def test_a_suggestion_changes_nothing_until_a_person_accepts_it(
    write: Sessions, dataset: DatasetRow
) -> None:
    wish = Suggestion(queries.parse([]), "billing", "a-model")
    with write() as session:
        ids = stock_plain(session, dataset.id, 3)
        labelling.save(session, "recipes", SCHEME, actor="mia")
        review.decide(session, "recipes", ids[0], Change(label="billing"), version=1, actor="mia")
        assert labelling.suggest(session, "recipes", wish, actor="a-model (token 1)") == 2
        scheme = labelling.scheme_by_id(session, dataset.id)

        def open_ones(sample_id: int) -> list[tuple[int, str, str]]:
            state = State(**samples.movable(session, [sample_id])[sample_id])
            told = events.of_sample(session, sample_id)
            found = labelling.open_suggestions(told, scheme, state)
            return [(it.seq, it.label, it.by) for it in found]

        ((seq, label, by),) = open_ones(ids[1])
        assert (label, by) == ("billing", "a-model")
        assert samples.get(session, dataset.id, ids[1]).label == ""
        assert samples.get(session, dataset.id, ids[1]).version == 1
        accepted = Change(label="billing", accepts=seq)
        review.decide(session, "recipes", ids[1], accepted, version=1, actor="mia")
        assert events.of_sample(session, ids[1])[-1].body["accepts"] == seq
        assert events.of_sample(session, ids[1])[-1].actor == "mia"
        assert open_ones(ids[1]) == []
        ((seq, _, _),) = open_ones(ids[2])
        review.decide(session, "recipes", ids[2], Change(declines=seq), version=1, actor="mia")
        assert open_ones(ids[2]) == []
        assert samples.get(session, dataset.id, ids[2]).label == ""
