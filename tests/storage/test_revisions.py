"""The texts that a sample has had."""

from app.storage import revisions
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, SampleRow
from tests.stocked import stock_plain


def test_of_all_texts_only_the_first_is_the_record_that_was_read(
    write: Sessions, dataset: DatasetRow
) -> None:
    with write() as session:
        (number,) = stock_plain(session, dataset.id, 1)
        sample = session.get_one(SampleRow, number)
        revisions.keep(session, sample, actor="mia")
        sample.revision = 2
        (rows,) = revisions.of_samples(session, [number]).values()
        assert revisions.remember(sample, rows, {"raw": "{}", "label": "a"}, actor="mia") == 3
        kept = [revisions.beside_of(row.rest) for row in rows]
    assert kept == [{"raw": "{}", "label": "a"}, {"raw": "", "label": "a"}]
