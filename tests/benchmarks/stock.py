"""A stock of very many samples for benchmarks, on either database: real rows, a real frame.

Texts are made of 50,000 words that come as often as words do, so that an index of words has
something to do; statuses, labels and sources are spread, and every sample has its dart.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Engine, insert
from sqlmodel import Session

from app.curation import darts
from app.curation import frames as packing
from app.geometry import frame as geometry
from app.geometry.frame import Frame, Places
from app.settings import Settings
from app.storage import datasets, embeddings, frames, samples, targets, text_search, uploads
from app.storage.board_tables import PlacementRow
from app.storage.database import connect, writing
from app.storage.migration import migrate
from app.storage.tables import Origin, Status, UploadRow, UploadState
from tests.benchmarks import million

SLUG, ENCODER = "stock", "stock"
VOCABULARY, TOPICS, TARGET = 50_000, 60, 4_000
ROWS_PER_WRITE = 10_000
LABELS, SOURCES, SPLITS = 40, 6, ("train", "train", "train", "test")
LANGUAGES = ("en", "en", "en", "de", "fr")

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Keys:
    """What rows of the stock hang from."""

    dataset: int
    upload: int
    frame: int


def on_sqlite(rows: int, *, dimensions: int = 24) -> Path:
    """A SQLite file with that many samples; made once per schema, kept in the temporary folder."""
    kept = (
        Path(tempfile.gettempdir()) / f"dartboard-stock-{rows}-{dimensions}-{million.schema()}.db"
    )
    if not kept.exists():
        made = kept.with_suffix(".part")
        made.unlink(missing_ok=True)
        fill(f"sqlite:///{made}", rows, dimensions=dimensions)
        shutil.move(made, kept)
    return kept


def fill(address: str, rows: int, *, dimensions: int = 24) -> None:
    """Fill an empty database: samples with texts, vectors if they have 384 numbers, a board."""
    engine = connect(address)
    migrate(engine, Settings().migrations)
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(TOPICS, dimensions))
    frame = geometry.fit(_vectors(rng, centres, TARGET), external=True)
    write = writing(engine)
    with write() as session:
        keys = _begin(session, frame)
    for start in range(0, rows, ROWS_PER_WRITE):
        vectors = _vectors(rng, centres, min(ROWS_PER_WRITE, rows - start))
        texts = list(_texts(rng, len(vectors)))
        with write() as session:
            _add(session, keys, start, texts, geometry.place(frame, vectors))
            if dimensions >= 384:
                embeddings.add_many(session, ENCODER, _hashes(start, len(vectors)), vectors)
    with write() as session:
        darts.lay_out(session, keys.frame)
    _settle(engine)
    engine.dispose()


def _settle(engine: Engine) -> None:
    """Let the database count what it holds, as it does by itself after a while."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        told = "analyze" if engine.dialect.name == "sqlite" else "vacuum (analyze)"
        connection.exec_driver_sql(told)


def _begin(session: Session, frame: Frame) -> Keys:
    dataset = datasets.add(session, SLUG)
    upload = UploadRow(
        dataset_id=dataset.id, actor="bench", spool_name="none", bytes=0, sha256="",
        state=UploadState.DONE,
    )  # fmt: skip
    upload = uploads.add(session, upload)
    target = targets.add(session, dataset.id, "reference", name="made up")
    row = frames.add(
        session, dataset_id=dataset.id, target_id=target.id, side="input", encoder=ENCODER,
        fitted_on=TARGET, facts=million.facts(frame), arrays=packing.pack(frame),
    )  # fmt: skip
    return Keys(dataset.id, upload.id, row.id)


def _vectors(rng: np.random.Generator, centres: NDArray[np.float64], count: int) -> Vectors:
    weights = np.random.default_rng(1).gamma(1.5, size=len(centres))
    group = rng.choice(len(centres), count, p=weights / weights.sum())
    found = centres[group] + 0.8 * rng.normal(size=(count, centres.shape[1]))
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _texts(rng: np.random.Generator, count: int) -> Iterator[tuple[str, str]]:
    """(question, answer) pairs, 60 words together on average: how often a word comes is Zipf's."""
    rank = np.arange(1, VOCABULARY + 1)
    chances = np.cumsum(1 / rank**1.05)
    lengths = rng.integers(4, 56, size=(count, 2))
    drawn = np.searchsorted(chances, rng.random(int(lengths.sum())) * chances[-1])
    words = np.array([f"w{number}" for number in rank])[drawn].tolist()
    at = 0
    for asked, told in lengths.tolist():
        yield " ".join(words[at : at + asked]), " ".join(words[at + asked : at + asked + told])
        at += asked + told


def _add(
    session: Session, keys: Keys, start: int, texts: Sequence[tuple[str, str]], places: Places
) -> None:
    hashes = _hashes(start, len(texts))
    rows = [_sample(keys, start + at, text, hashes[at]) for at, text in enumerate(texts)]
    words = [text_search.words_in(row["messages"], "") for row in rows]
    samples.add_many(session, rows, text_search.entries(session, words))
    session.execute(insert(PlacementRow), list(_placements(keys.frame, start, places)))


def _hashes(start: int, count: int) -> list[str]:
    return [
        hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
        for number in range(start, start + count)
    ]


def _sample(keys: Keys, number: int, text: tuple[str, str], name: str) -> dict[str, Any]:
    asked, told = text
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": told}]
    return {
        "id": number + 1, "dataset_id": keys.dataset, "upload_id": keys.upload, "position": number,
        "external_id": "", "fingerprint": name, "input_hash": name, "output_hash": name,
        "status": Status.APPROVED if number % 10 < 3 else Status.PENDING,
        "origin": Origin.HUMAN if number % 3 else Origin.SYNTHETIC,
        "label": f"label {number % LABELS}", "source": f"source {number % SOURCES}",
        "split": SPLITS[number % len(SPLITS)], "language": LANGUAGES[number % len(LANGUAGES)],
        "length": len(asked) + len(told), "turns": 2, "preview": asked[:300],
        "messages": orjson.dumps(messages).decode(), "raw": "{}", "extra": "{}",
        "dialect": "messages", "rest": "",
    }  # fmt: skip


def _placements(frame: int, start: int, places: Places) -> Iterator[dict[str, Any]]:
    levels = places.levels.astype("<u2")
    rng = np.random.default_rng(start)
    for at, cell in enumerate(places.cell.tolist()):
        yield {
            "frame_id": frame, "sample_id": start + at + 1, "text_hash": "", "cell": cell,
            "x": int(places.x[at]), "y": int(places.y[at]), "distance": float(places.distance[at]),
            "similarity": float(rng.random()), "redundancy": at, "levels": levels[at].tobytes(),
        }  # fmt: skip
