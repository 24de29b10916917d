"""A board with very many darts, made without texts to parse or embed: real rows, a real frame."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlmodel import Session

from app.curation import darts
from app.curation import frames as packing
from app.geometry import frame as geometry
from app.geometry.frame import Frame
from app.settings import Settings
from app.storage import datasets, frames, targets, uploads
from app.storage.board_tables import PlacementRow
from app.storage.database import connect, writing
from app.storage.migration import migrate
from app.storage.tables import SampleRow, Status, UploadRow, UploadState, now

DIMENSIONS, TOPICS, TARGET = 24, 60, 4_000
ROWS_PER_WRITE = 20_000
SLUG = "many"

Vectors = NDArray[np.float32]


def schema() -> str:
    """A name for the tables as they are now: what was made of others is made anew."""
    told = hashlib.sha256()
    for path in sorted((Settings().migrations / "versions").glob("0*.py")):
        told.update(path.read_bytes())
    return told.hexdigest()[:8]


def database(rows: int) -> Path:
    """A SQLite file with that many placed samples; kept with the temporary files."""
    kept = Path(tempfile.gettempdir()) / f"dartboard-{rows}-darts-{schema()}.db"
    if not kept.exists():
        made = kept.with_suffix(".part")
        made.unlink(missing_ok=True)
        make(f"sqlite:///{made}", rows)
        shutil.move(made, kept)
    return kept


def make(address: str, rows: int) -> None:
    """Fill a database: samples, a frame fitted on other vectors, placements, packed darts."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(TOPICS, DIMENSIONS))
    frame = geometry.fit(_vectors(rng, centres, TARGET, np.ones(TOPICS)), external=True)
    engine = connect(address)
    migrate(engine, Settings().migrations)
    write = writing(engine)
    with write() as session:
        dataset = datasets.add(session, SLUG)
        upload = uploads.add(session, _upload(dataset.id))
        target = targets.add(session, dataset.id, "reference", name="made up")
        row = frames.add(
            session, dataset_id=dataset.id, target_id=target.id, side="input", encoder="none",
            fitted_on=TARGET, facts=facts(frame), arrays=packing.pack(frame),
        )  # fmt: skip
    weights = rng.gamma(1.5, size=TOPICS)
    for start in range(0, rows, ROWS_PER_WRITE):
        count = min(ROWS_PER_WRITE, rows - start)
        vectors = _vectors(rng, centres, count, weights)
        with write() as session:
            _add(session, (dataset.id, upload.id, row.id), start, geometry.place(frame, vectors))
    with write() as session:
        darts.lay_out(session, row.id)
    with engine.connect() as connection:
        connection.exec_driver_sql("analyze")
    engine.dispose()


def _vectors(
    rng: np.random.Generator, centres: NDArray[np.float64], count: int, weights: NDArray[np.float64]
) -> Vectors:
    group = rng.choice(len(centres), count, p=weights / weights.sum())
    found = centres[group] + 0.8 * rng.normal(size=(count, DIMENSIONS))
    unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _add(session: Session, keys: tuple[int, int, int], start: int, places: Any) -> None:
    dataset, upload, frame = keys
    numbers = range(start, start + len(places.cell))
    session.execute(insert(SampleRow), [_sample(dataset, upload, number) for number in numbers])
    session.execute(insert(PlacementRow), list(_placements(frame, start, places)))


def _sample(dataset: int, upload: int, number: int) -> dict[str, Any]:
    name = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    text = f"a made up question with the number {number}"
    return {
        "id": number + 1, "dataset_id": dataset, "upload_id": upload, "position": number,
        "external_id": "", "fingerprint": name, "input_hash": name, "output_hash": name,
        "status": Status.APPROVED if number % 10 < 3 else Status.PENDING, "dialect": "messages",
        "label": f"label {number % 7}", "length": len(text), "turns": 2, "preview": text,
        "messages": f'[{{"role":"user","content":"{text}"}}]', "raw": "{}", "created_at": now(),
    }  # fmt: skip


def _placements(frame: int, start: int, places: Any) -> Iterator[dict[str, Any]]:
    levels = places.levels.astype("<u2")
    for at, cell in enumerate(places.cell.tolist()):
        yield {
            "frame_id": frame, "sample_id": start + at + 1, "text_hash": "", "cell": cell,
            "x": int(places.x[at]), "y": int(places.y[at]), "distance": float(places.distance[at]),
            "levels": levels[at].tobytes(),
        }  # fmt: skip


def facts(frame: Frame) -> dict[str, Any]:
    """Words for the cells, topics and groups of a frame that nobody named."""
    cells: list[dict[str, Any]] = []
    seen: dict[int, int] = {}
    for topic in frame.topic.tolist():
        seen[topic] = seen.get(topic, 0) + 1
        words = [f"word{topic}", f"part{seen[topic]}"]
        cells.append({"id": f"{topic + 1}.{seen[topic]}", "topic": str(topic + 1), "words": words})
    topics = [{"id": str(n + 1), "words": [f"topic{n}"]} for n in range(len(seen))]
    groups = [[f"group{n}"] for n in range(int(frame.group.max()) + 1)]
    return {"cells": cells, "topics": topics, "groups": groups}


def _upload(dataset_id: int) -> UploadRow:
    return UploadRow(
        dataset_id=dataset_id, actor="bench", spool_name="none", bytes=0, sha256="",
        state=UploadState.DONE,
    )  # fmt: skip
