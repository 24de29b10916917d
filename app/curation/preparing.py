"""Chunks of a file -> the rows they will be: all that can be known without the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.curation import reading
from app.curation.chunks import Chunk
from app.curation.column_roles import Told
from app.formats import words
from app.formats.sample import Rejected, Sample, dump_messages, dump_rest, text_hash
from app.storage.tables import Origin

PREVIEW = 300
ORIGINS = frozenset(origin.value for origin in Origin)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chunk, ready to be stored, and how far the file is read with it."""

    container: str
    dialect: str
    position: int  # bytes, as they lie on disk
    start: int
    entries: int
    blank: int
    rejects: list[tuple[int, Rejected]]
    inputs: list[tuple[int, str, str]]  # position, hash, text: of a target
    rows: list[dict[str, Any]]  # columns of a sample, but for those that only the upload knows
    words: list[str]  # of each row, as the index takes them: with places or without


def prepare(path: Path, told: Told, *, skip: int = 0, placed: bool = False) -> Iterator[Prepared]:
    """Read a spooled file from its entry number `skip` on, its words with their places if `placed`.

    Raises:
        UnreadableFileError: the file is no data at all.
        MappingError: no sample could be read by this mapping.
    """
    found = reading.read_file(path, told, skip=skip)
    for chunk in found.chunks:
        yield Prepared(
            container=found.container,
            dialect=found.dialect,
            position=found.position(),
            start=chunk.start,
            entries=chunk.entries,
            blank=chunk.blank,
            rejects=chunk.rejects,
            inputs=[(at, text_hash(text), text) for at, text in chunk.inputs],
            rows=[_row(*item) for item in chunk.samples],
            words=[words.placed(said) for said in _words(chunk)] if placed else _words(chunk),
        )


def text_columns(sample: Sample) -> dict[str, Any]:
    """The columns of a row that follow from what the sample says."""
    asked = sample.input_text
    return {
        "fingerprint": sample.fingerprint,
        "input_hash": text_hash(asked),
        "output_hash": text_hash(sample.output_text),
        "turns": len(sample.messages),
        "length": sum(len(message.content) for message in sample.messages),
        "preview": asked[:PREVIEW].replace("\0", ""),
        "messages": dump_messages(sample.messages).decode(),
        "rest": dump_rest(sample),
    }


def columns_beside(sample: Sample) -> dict[str, str]:
    """The columns of a row that follow from what stands beside the text."""
    facets = sample.facets
    return {
        "origin": facets.origin if facets.origin in ORIGINS else Origin.UNKNOWN.value,
        "label": facets.label[:200],
        "source": facets.source[:200],
        "split": facets.split[:50],
        "language": facets.language[:20],
        "family": facets.family,
        "dialect": sample.dialect,
        "extra": orjson.dumps(dict(sample.extra)).decode() if sample.extra else "{}",
    }


def _row(position: int, sample: Sample, raw: str) -> dict[str, Any]:
    return {
        "position": position,
        "external_id": sample.external_id,
        **columns_beside(sample),
        "raw": raw,
        **text_columns(sample),
    }


def _words(chunk: Chunk) -> list[str]:
    said = ((*sample.messages, *sample.rejected) for _, sample, _ in chunk.samples)
    return [words.of_turns(message.content for message in turns) for turns in said]
