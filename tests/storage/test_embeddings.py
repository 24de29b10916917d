"""Which texts have a vector: found by id, whatever changes meanwhile; no index of hashes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine, event, text

from app.curation import embedding, preparing
from app.encoders.hashing import HashingEncoder
from app.formats.sample import Message, Sample
from app.storage import brought, datasets, embeddings, jobs, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow
from tests.stocked import stock, stock_plain

Vectors = NDArray[np.float32]
ONE: Vectors = np.ones((1, 4), dtype=np.float32)


def test_every_text_gets_its_vector_also_one_that_changes_behind_the_place(
    write: Sessions, dataset: DatasetRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "BATCH", 3)
    with write() as session:
        ids = stock_plain(session, dataset.id, 10)
        ids += stock(session, dataset.id, [{"text": "twice"}, {"text": "twice", "answer": "no"}])
        jobs.enqueue(session, "embed", dataset.id, side="input")
        job = jobs.claim(session, "me", ["embed"])
    assert job is not None
    seen: list[str] = []

    class Editing(HashingEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            if len(seen) == 6:  # two batches are done
                text = Sample((Message("user", "changed"), Message("assistant", "so")))
                with write() as session:
                    samples.change(session, ids[:1], **preparing.text_columns(text))
            seen.extend(texts)
            return super().encode(texts)

    embedding.embed_missing(write, write, job, Editing())
    assert sorted(seen) == sorted([*(f"question {at}" for at in range(10)), "twice", "changed"])
    with write() as session:
        assert embeddings.count_missing(session, dataset.id, "input", Editing().name) == 0


def test_the_encoder_is_that_of_the_newest_sample_with_a_vector(
    write: Sessions, dataset: DatasetRow
) -> None:
    with write() as session:
        ids = stock_plain(session, dataset.id, 3)
        assert embeddings.encoder_of(session, dataset.id, "input") is None
        first, second, _ = (samples.get(session, dataset.id, it).input_hash for it in ids)
        embeddings.add_many(session, "later", [first], ONE)
        embeddings.add_many(session, "before", [second], ONE)
        embeddings.add_many(session, "nobody's", ["0" * 32], ONE)
        assert embeddings.encoder_of(session, dataset.id, "input") == "before"
        samples.change(session, [ids[1]], deleted=True)
        assert embeddings.encoder_of(session, dataset.id, "input") == "later"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_next_texts_are_found_without_looking_at_the_others(
    write: Sessions, dataset: DatasetRow, engine: Engine
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    event.listen(engine, "before_cursor_execute", note)
    with write() as session:
        embeddings.missing(session, dataset.id, "input", "none", after=7, limit=5)
        event.remove(engine, "before_cursor_execute", note)
        query, values = asked[-1]
        plan = session.connection().exec_driver_sql(f"explain query plan {query}", values)
        told = " ".join(str(row[-1]) for row in plan)
    assert "deleted=? AND id>?" in told or "rowid>?" in told
    assert "B-TREE" not in told


def test_a_data_set_knows_its_fingerprints_and_names(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session:
        (number,) = stock(session, dataset.id, [{"text": "a", "external_id": "k1"}])
        row = samples.get(session, dataset.id, number)
        asked = [row.fingerprint, "0" * 64]
        assert brought.fingerprints(session, dataset.id, asked) == {row.fingerprint}
        assert brought.fingerprints(session, dataset.id + 1, asked) == set()
        assert brought.fingerprints(session, dataset.id, []) == set()
        (found,) = brought.by_name(session, dataset.id, ["k1", "k2", ""])
        assert (found.id, found.fingerprint) == (number, row.fingerprint)
        assert samples.count(session, dataset.id, Filter()) == 1


def test_of_two_data_sets_each_counts_its_own_vectors(
    write: Sessions, dishes_board: DatasetRow, encoder: HashingEncoder
) -> None:
    with write() as session:
        other = datasets.add(session, "other").id
        stock_plain(session, other, 1)
        counts = [
            embeddings.count_of_samples(session, number, "input", encoder.name)
            for number in (dishes_board.id, other)
        ]
    assert counts == [240, 0]


def test_names_are_looked_up_in_their_index(
    write: Sessions, dataset: DatasetRow, engine: Engine
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    names = [f"n{number}" for number in range(200)]  # of fewer Postgres sees that none is empty
    event.listen(engine, "before_cursor_execute", note)
    with write() as session:
        brought.by_name(session, dataset.id, names)
        samples.by_external_id(session, dataset.id, names)
        event.remove(engine, "before_cursor_execute", note)
        explain = "explain query plan" if engine.dialect.name == "sqlite" else "explain"
        if engine.dialect.name != "sqlite":
            session.execute(text("set local enable_seqscan = off"))  # there are but few samples
        for query, values in asked[-2:]:
            plan = session.connection().exec_driver_sql(f"{explain} {query}", values)
            assert "ix_sample_external" in " ".join(str(row[-1]) for row in plan)
