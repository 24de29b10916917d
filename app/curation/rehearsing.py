"""What an upload would do, without storing anything of it."""

from pathlib import Path

from app.curation import parsing, spooling
from app.curation.intake import RejectView, UploadView
from app.curation.parsing import Chunk
from app.curation.spooling import Spooled
from app.formats.sample import Rejected
from app.storage import datasets, samples
from app.storage.database import Sessions

SHOWN_REJECTS = 50


def rehearse(
    read: Sessions, slug: str, spooled: Spooled, *, spool: Path, mapping: str = ""
) -> UploadView:
    """Read the whole file and count; the spooled bytes are removed again.

    Raises:
        DatasetNotFoundError: no such data set.
        UnreadableFileError: the file is no data at all.
        MappingError: no sample could be read by this mapping.
    """
    try:
        return _count(read, slug, spooled, spool / spooled.name, mapping)
    finally:
        spooling.remove(spool, spooled.name)


def _count(read: Sessions, slug: str, spooled: Spooled, path: Path, mapping: str) -> UploadView:
    with read() as session:
        dataset_id = datasets.get(session, slug).id
    counts = dict.fromkeys(("lines", "accepted", "duplicate", "rejected", "blank"), 0)
    seen: set[str] = set()
    rejects: list[Rejected] = []
    reading = parsing.read_file(path, told=mapping)
    for chunk in reading.chunks:
        fresh = _count_fresh(read, dataset_id, chunk, seen)
        counts["lines"] += chunk.entries
        counts["accepted"] += fresh
        counts["duplicate"] += len(chunk.samples) - fresh
        counts["rejected"] += len(chunk.rejects)
        counts["blank"] += chunk.blank
        rejects += [reject for _, reject in chunk.rejects[: SHOWN_REJECTS - len(rejects)]]
    shown = tuple(RejectView(r.line, r.code, r.reason, r.text) for r in rejects)
    return UploadView(
        id=0, dataset=slug, filename="", purpose="samples", state="rehearsed", error="",
        bytes=spooled.bytes, container=reading.container, dialect=reading.dialect,
        updated=0, job=None, rejects=shown, **counts,
    )  # fmt: skip


def _count_fresh(read: Sessions, dataset_id: int, chunk: Chunk, seen: set[str]) -> int:
    prints = {sample.fingerprint for _, sample, _ in chunk.samples}
    with read() as session:
        known = samples.known_fingerprints(session, dataset_id, list(prints))
    fresh = prints - known - seen
    seen |= fresh
    return len(fresh)
