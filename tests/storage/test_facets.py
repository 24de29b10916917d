"""The counts that triggers keep are those of a count of the rows."""

import random
from collections import Counter
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from app.storage import facets, samples
from app.storage.database import Sessions
from app.storage.filters import Filter, conditions
from app.storage.tables import DatasetRow, Origin, SampleRow, Status
from tests.stocked import stock


def test_counts_follow_every_change(write: Sessions, dataset: DatasetRow) -> None:
    dice = random.Random(5)
    with write() as session:
        told = [{"text": f"t {n}", "label": dice.choice(["", "a", "b"])} for n in range(60)]
        ids = stock(session, dataset.id, told)
        for _ in range(30):
            some = dice.sample(ids, dice.randint(1, 20))
            values: dict[str, Any] = dice.choice([
                {"status": dice.choice(list(Status))},
                {"label": dice.choice(["", "a", "c"])},
                {"deleted": dice.random() < 0.4},
                {"origin": Origin.EDITED, "status": Status.APPROVED},
            ])  # fmt: skip
            samples.change(session, some, **values)
        session.execute(delete(SampleRow).where(col(SampleRow.id).in_(ids[:7])))
        for wanted in (
            Filter(), Filter(deleted=True), Filter(statuses=(Status.APPROVED,)),
            Filter(facets=(("label", ("a", "")),)), Filter(without=(("origin", ("edited",)),)),
        ):  # fmt: skip
            rows = session.exec(select(SampleRow).where(*conditions(dataset.id, wanted))).all()
            assert facets.count(session, dataset.id, wanted) == len(rows)
            before = facets.count_by_facet(session, dataset.id, "status", wanted)
            facets.recount(session)
            assert facets.count_by_facet(session, dataset.id, "status", wanted) == before
            counted = dict(facets.count_by_facet(session, dataset.id, "label", wanted))
            assert counted == Counter(row.label for row in rows)


def test_what_is_not_counted_is_looked_up(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        stock(session, dataset.id, [{"text": "soup", "label": "a"}, {"text": "stew", "label": "b"}])
        wanted = Filter(words=("soup",))
        assert facets.count(session, dataset.id, wanted) is None
        assert samples.count(session, dataset.id, wanted) == 1
        assert facets.count_by_facet(session, dataset.id, "label", wanted) == [("a", 1)]
