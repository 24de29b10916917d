"""Samples in a database without an upload of bytes: quick to make, real in every column."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, select

from app.curation import preparing
from app.formats.sample import Message, Sample
from app.storage import datasets, samples, text_search, uploads
from app.storage.database import connect, writing
from app.storage.tables import Origin, SampleRow, Status, UploadRow, UploadState


def stock(session: Session, dataset_id: int, columns: Sequence[dict[str, Any]]) -> list[int]:
    """Add one sample for each; `text` is what the user says, the rest are columns."""
    upload = uploads.add(
        session,
        UploadRow(
            dataset_id=dataset_id,
            actor="mia",
            spool_name="none",
            bytes=0,
            sha256="",
            state=UploadState.DONE,
        ),
    )
    rows = [
        _row(dataset_id, upload.id, position, dict(told)) for position, told in enumerate(columns)
    ]
    words = [text_search.words_in(row["messages"], row["rest"]) for row in rows]
    samples.add_many(session, rows, text_search.entries(session, words))
    return list(
        session.exec(
            select(SampleRow.id).where(SampleRow.upload_id == upload.id).order_by(SampleRow.id)  # type: ignore[arg-type]
        )
    )


def stock_plain(session: Session, dataset_id: int, number: int, *, first: int = 0) -> list[int]:
    """Add samples that only differ in their number."""
    told = [{"text": f"question {at}"} for at in range(first, first + number)]
    return stock(session, dataset_id, told)


def stock_sets(database: str, sizes: Mapping[str, int]) -> None:
    """Add data sets of these names, each with so many plain samples."""
    engine = connect(database)
    with writing(engine)() as session:
        for name, number in sizes.items():
            stock_plain(session, datasets.add(session, name).id, number)
    engine.dispose()


def _row(dataset_id: int, upload_id: int, position: int, told: dict[str, Any]) -> dict[str, Any]:
    text = told.pop("text")
    messages = (Message("user", text), Message("assistant", told.pop("answer", "an answer")))
    return {
        "dataset_id": dataset_id,
        "upload_id": upload_id,
        "position": position,
        "external_id": "",
        "status": Status.PENDING,
        "origin": Origin.HUMAN,
        "label": "",
        "source": "",
        "split": "",
        "language": "",
        "dialect": "messages",
        "extra": "{}",
        "raw": '{"messages": []}',
        **preparing.text_columns(Sample(messages)),
        **told,
    }
