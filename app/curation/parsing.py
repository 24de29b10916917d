"""A spooled upload -> samples and rejects, in chunks. Runs in the worker.

A chunk's rows, its rejects, the upload's counts and the job's cursor are one
transaction: a worker killed at any instant loses and doubles nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import column_roles, revising
from app.errors import InvalidError
from app.formats import containers, dialects, inputs, mapping
from app.formats.dialects import Detection
from app.formats.entries import Blank, Entry, Record
from app.formats.sample import KINDS, Rejected, Sample, text_hash
from app.storage import datasets, jobs, samples, targets, uploads
from app.storage.database import Sessions
from app.storage.tables import JobRow, Origin, UploadRow, UploadState

CHUNK = 1_000
DETECT_ON = 200

Parse = Callable[[Record], Sample | Rejected]


class NoInputError(InvalidError):
    """No input could be read from this file."""


@dataclass(slots=True)
class Tally:
    """What became of the entries of one chunk."""

    accepted: int = 0
    updated: int = 0
    duplicate: int = 0
    rejected: int = 0
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some entries of a file, read but not yet stored."""

    start: int
    entries: int
    inputs: list[tuple[int, str]] = field(default_factory=list)  # position, text: of a target
    samples: list[tuple[int, Sample, str]] = field(default_factory=list)  # position, sample, raw
    rejects: list[tuple[int, Rejected]] = field(default_factory=list)
    blank: int = 0


def parse_upload(read: Sessions, write: Sessions, job: JobRow, spool: Path) -> None:
    """Store what an upload holds; then ask for its samples to be embedded."""
    with read() as session:
        upload = _upload_of(session, job)
    try:
        _parse(write, job, upload, spool / upload.spool_name)
        with write() as session:
            _close(session, job)
    except InvalidError as error:
        with write() as session:
            row = _upload_of(session, job)
            row.state, row.error = UploadState.FAILED, str(error)
            jobs.checkpoint(session, job)
        raise


def _close(session: Session, job: JobRow) -> None:
    upload = _upload_of(session, job)
    if upload.purpose == "target" and not upload.accepted:
        raise NoInputError
    upload.state = UploadState.DONE
    jobs.checkpoint(session, job)
    datasets.touch(session, upload.dataset_id)
    if upload.accepted + upload.updated:
        name = datasets.get_by_id(session, upload.dataset_id).name
        jobs.enqueue(session, "embed", upload.dataset_id, title=f"Embed {name}", side="input")


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read: what it is, and its chunks as they come."""

    container: str
    dialect: str
    chunks: Iterator[Chunk]
    position: Callable[[], int]  # bytes read so far, as they lie on disk


def read_file(path: Path, *, purpose: str = "samples", skip: int = 0, told: str = "") -> Reading:
    """Read a spooled file from its entry number `skip` on; `told` is a mapping as JSON."""
    roles = column_roles.read(told)
    detection = Detection(mapping.DIALECT, 1.0) if roles else _detect(path)
    read = partial(mapping.parse, mapping=roles) if roles else partial(_read, detection=detection)
    read_chunk = _read_inputs if purpose == "target" else partial(_read_samples, read)
    stream = path.open("rb")
    contents = containers.open_contents(stream, skip=skip)

    def chunks() -> Iterator[Chunk]:
        start = skip
        with stream:
            while entries := list(islice(contents.entries, CHUNK)):
                yield read_chunk(entries, start)
                start += len(entries)

    return Reading(contents.container, detection.dialect, chunks(), stream.tell)


def _parse(write: Sessions, job: JobRow, upload: UploadRow, path: Path) -> None:
    done = int((job.cursor or {}).get("entries", 0))
    reading = read_file(path, purpose=upload.purpose, skip=done, told=upload.mapping)
    for chunk in reading.chunks:
        # Bytes read are the honest measure while the number of lines is unknown.
        share = min(reading.position(), upload.bytes)
        with write() as session:
            row = _upload_of(session, job)
            row.container, row.dialect = reading.container, reading.dialect
            _store(session, row, chunk)
            jobs.checkpoint(
                session, job, cursor={"entries": chunk.start + chunk.entries}, phase="read",
                done=share // 1_000, total=upload.bytes // 1_000,
            )  # fmt: skip


def _detect(path: Path) -> Detection:
    with path.open("rb") as stream:
        entries = containers.open_contents(stream).entries
        found = (entry.value for entry in entries if isinstance(entry, Record))
        return dialects.detect(list(islice(found, DETECT_ON)), kinds=KINDS)


def _read_samples(parse: Parse, entries: Sequence[Entry], start: int) -> Chunk:
    chunk = _empty_chunk(entries, start)
    for position, entry in enumerate(entries, start):
        read = parse(entry) if isinstance(entry, Record) else entry
        if isinstance(read, Rejected):
            chunk.rejects.append((position, read))
        elif isinstance(read, Sample) and isinstance(entry, Record):
            chunk.samples.append((position, read, entry.raw))
    return chunk


def _read(record: Record, detection: Detection) -> Sample | Rejected:
    return dialects.parse(record, detection, kinds=KINDS)


def _read_inputs(entries: Sequence[Entry], start: int) -> Chunk:
    chunk = _empty_chunk(entries, start)
    for position, entry in enumerate(entries, start):
        read = inputs.read(entry) if isinstance(entry, Record) else entry
        if isinstance(read, Rejected):
            chunk.rejects.append((position, read))
        elif isinstance(read, str):
            chunk.inputs.append((position, read))
    return chunk


def _empty_chunk(entries: Sequence[Entry], start: int) -> Chunk:
    return Chunk(start, len(entries), blank=sum(isinstance(entry, Blank) for entry in entries))


def _store(session: Session, upload: UploadRow, chunk: Chunk) -> None:
    tally = Tally(rejected=len(chunk.rejects), blank=chunk.blank)
    if upload.purpose == "target":
        _store_target(session, upload, chunk, tally)
    else:
        _store_samples(session, upload, chunk, tally)
    uploads.add_rejects(session, upload.id, chunk.rejects)
    upload.state = UploadState.PARSING
    upload.lines += chunk.entries
    for name in ("accepted", "updated", "duplicate", "rejected", "blank"):
        setattr(upload, name, getattr(upload, name) + getattr(tally, name))


def _store_target(session: Session, upload: UploadRow, chunk: Chunk, tally: Tally) -> None:
    target = targets.find_of_upload(session, upload.id)
    if target is None:
        target = targets.add(
            session, upload.dataset_id, "reference", name=upload.filename, upload_id=upload.id
        )
    rows = [(at, text_hash(text), text) for at, text in chunk.inputs]
    targets.add_texts(session, target.id, rows)
    tally.accepted = len(rows)


def _store_samples(session: Session, upload: UploadRow, chunk: Chunk, tally: Tally) -> None:
    fresh = _unseen(session, upload, chunk, tally)
    rows = [_row(upload, position, sample, raw) for position, sample, raw in fresh]
    samples.add_many(session, rows)
    tally.accepted = len(rows)


def _unseen(
    session: Session, upload: UploadRow, chunk: Chunk, tally: Tally
) -> list[tuple[int, Sample, str]]:
    """Leave out duplicates; turn a known external id with another text into a new revision."""
    prints = [sample.fingerprint for _, sample, _ in chunk.samples]
    seen = samples.known_fingerprints(session, upload.dataset_id, prints)
    named = [sample.external_id for _, sample, _ in chunk.samples if sample.external_id]
    known = samples.by_external_id(session, upload.dataset_id, named)
    fresh: dict[str, tuple[int, Sample, str]] = {}
    for item, fingerprint in zip(chunk.samples, prints, strict=True):
        key = item[1].external_id or fingerprint
        if fingerprint in seen:
            tally.duplicate += 1
        elif item[1].external_id in known:
            revising.replace(
                session,
                known[item[1].external_id],
                item[1],
                actor=upload.actor,
                batch=f"u{upload.id}",
            )
            tally.updated += 1
        elif key in fresh:
            # The same id twice in one chunk: the later line wins, as across chunks.
            fresh[key] = item
            tally.updated += 1
        else:
            fresh[key] = item
        seen.add(fingerprint)
    return list(fresh.values())


def _row(upload: UploadRow, position: int, sample: Sample, raw: str) -> dict[str, Any]:
    facets = sample.facets
    return {
        "dataset_id": upload.dataset_id,
        "upload_id": upload.id,
        "position": position,
        "external_id": sample.external_id,
        "origin": _origin(facets.origin),
        "label": facets.label[:200],
        "source": facets.source[:200],
        "split": facets.split[:50],
        "language": facets.language[:20],
        "dialect": sample.dialect,
        "extra": orjson.dumps(dict(sample.extra)).decode(),
        "raw": raw,
        **revising.text_columns(sample),
    }


def _origin(told: str) -> Origin:
    return Origin(told) if told in set(Origin) else Origin.UNKNOWN


def _upload_of(session: Session, job: JobRow) -> UploadRow:
    return uploads.get(session, int(job.dataset_id or 0), int(job.params["upload"]))
