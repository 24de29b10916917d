"""What is like a text or a sample, by meaning.

A session carries its finder: the entry points put one in, since whoever resolves a query
need not know where vectors lie or which process runs the model.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app.curation.query_values import QueryError
from app.encoders.beside import EncoderBeside
from app.storage import datasets, embeddings, frames, jobs, lists, samples, vector_files
from app.storage.tables import DatasetRow
from app.storage.vector_files import Source

MOST = 200
"""How many samples count as like something."""
FINDER = "finder"

Vector = NDArray[np.float32]


class EncodesOne(Protocol):
    """Turns a text into a vector, and says by which encoder."""

    def encode(self, text: str) -> tuple[str, Vector]:
        """The encoder's full name, and a unit vector."""
        ...


@dataclass(frozen=True, slots=True)
class Finder:
    """Where vectors are kept as files, and what encodes a text, if anything does here."""

    folder: Path
    encoder: EncodesOne | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Samples and their cosines to what was asked for, most alike first."""

    found: dict[int, float]


encoder_beside = EncoderBeside
"""For the entry points: a model in a process of its own."""


def keep(session: Session, folder: Path, dataset_id: int, job: int) -> None:
    """Make the files of the vectors that a job has completed, so that no question waits for it."""
    dataset = datasets.get_by_id(session, dataset_id)
    if source := _source(session, dataset, job):
        vector_files.make(session, folder, source)


def like_text(session: Session, dataset_id: int, text: str) -> Alike:
    """The samples most like a text.

    Raises:
        QueryError: nothing is embedded yet, or nothing here can embed a text.
    """
    dataset = datasets.get_by_id(session, dataset_id)
    encoder, vector = encode(session, text)
    source = _source(session, dataset, jobs.newest_done(session, dataset_id, "embed"))
    if source is None or source.encoder != encoder:
        raise QueryError("like", text, "The samples have no vectors of this model yet.")
    return Alike(dict(list(_find(session, source, vector).found.items())[:MOST]))


def near_sample(session: Session, dataset_id: int, asked: str) -> Alike:
    """The samples most like a sample, which is the first of them.

    Raises:
        QueryError: there is no such sample here, or it has no vector yet.
    """
    dataset = datasets.get_by_id(session, dataset_id)
    sample_id = int(asked)
    row = samples.find_anywhere(session, sample_id)
    if row is None or row.dataset_id != dataset_id:
        raise QueryError("near", asked, "There is no such sample here.")
    source = _source(session, dataset, jobs.newest_done(session, dataset_id, "embed"))
    text_hash = row.output_hash if source and source.side == "output" else row.input_hash
    vector = embeddings.of_text(session, source.encoder, text_hash) if source else None
    if source is None or vector is None:
        raise QueryError("near", asked, "This sample has no vector yet.")
    found = _find(session, source, vector).found
    return Alike({sample_id: 1.0, **{it: alike for it, alike in found.items() if it != sample_id}})


def encode(session: Session, text: str) -> tuple[str, Vector]:
    """The encoder's full name and the text's unit vector, or QueryError where nothing encodes."""
    finder: Finder | None = session.info.get(FINDER)
    if finder is None or finder.encoder is None:
        raise QueryError("like", text, "Only a running server can look for a meaning.")
    return finder.encoder.encode(text)


def _source(session: Session, dataset: DatasetRow, job: int) -> Source | None:
    side = embeddings.side_of(dataset.side)
    frame = frames.encoder_of(session, dataset.id, side)
    encoder = frame or embeddings.encoder_of(session, dataset.id, side)
    return Source(dataset.id, side, encoder, job) if encoder else None


def _find(session: Session, source: Source, vector: Vector) -> Alike:
    finder: Finder | None = session.info.get(FINDER)
    if finder is None:
        raise QueryError("near", "", "Only a running server can look for what is alike.")
    files = vector_files.of(session, finder.folder, source)
    if not len(files.ids):
        return Alike({})
    near = files.find(vector, MOST + 1)
    ids = files.ids[near.rows]
    known = lists.hashes_of(session, ids.tolist(), source.side)
    told = zip(ids.tolist(), files.hashes[near.rows].tolist(), near.alike.tolist(), strict=True)
    return Alike({
        number: min(alike, 1.0)
        for number, text_hash, alike in told
        if known.get(number) == text_hash.decode()  # else it says something else by now
    })  # fmt: skip
