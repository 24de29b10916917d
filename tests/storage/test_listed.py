"""Many ids as one value of a query."""

from sqlmodel import Session, col, select, text

from app.storage import listed
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, SampleRow


def test_a_few_of_very_many_are_looked_up_each(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        query = select(SampleRow.id).where(listed.is_among(SampleRow.id, [1, 2]))
        if session.get_bind().dialect.name == "sqlite":
            assert "SEARCH sample USING INTEGER PRIMARY KEY" in plan_of(session, query)
        assert session.exec(query).all() == []
        for ids in ([], [dataset.id, 2**40]):
            wanted = select(DatasetRow.id).where(listed.is_among(col(DatasetRow.id), ids))
            assert session.exec(wanted).all() == ids[:1]


def plan_of(session: Session, query: object) -> str:
    written = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    return str(session.connection().execute(text(f"explain query plan {written}")).all())
