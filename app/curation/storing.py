"""A chunk of an upload -> its rows: new samples, new texts of known ones, rejects, counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import repeats, revising
from app.curation.chunks import Chunk, Tally
from app.curation.repeats import Verdict
from app.formats.sample import Sample, text_hash
from app.storage import samples, targets, uploads
from app.storage.tables import Origin, UploadRow, UploadState

Item = tuple[int, Sample, str]  # position, sample, raw

ORIGINS = frozenset(origin.value for origin in Origin)


def store(session: Session, upload: UploadRow, chunk: Chunk) -> None:
    """Store the chunk and count it into its upload."""
    tally = Tally(rejected=len(chunk.rejects), blank=chunk.blank)
    if upload.purpose == "target":
        _store_target(session, upload, chunk, tally)
    else:
        _store_samples(session, upload, chunk, tally)
    uploads.add_rejects(session, upload.id, chunk.rejects)
    upload.state = UploadState.PARSING
    upload.lines += chunk.entries
    for name, count in tally.counts.items():
        setattr(upload, name, getattr(upload, name) + count)


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
    texts = [revising.text_columns(sample) for _, sample, _ in chunk.samples]
    told = [
        (text["fingerprint"], sample.external_id)
        for text, (_, sample, _) in zip(texts, chunk.samples, strict=True)
    ]
    prints, named = _known(session, upload.dataset_id, told)
    fresh: dict[str, dict[str, Any]] = {}
    changed: list[Sample] = []
    verdicts = repeats.judge(told, prints, named)
    for item, text, verdict in zip(chunk.samples, texts, verdicts, strict=True):
        tally.add(verdict)
        key = item[1].external_id or text["fingerprint"]
        # The same id twice in one chunk: the later record wins, as across chunks.
        if verdict is Verdict.FRESH or (verdict is Verdict.UPDATE and key in fresh):
            fresh[key] = _row(upload, item, text)
        elif verdict is Verdict.UPDATE:
            changed.append(item[1])
    _revise(session, upload, changed)
    samples.add_many(session, list(fresh.values()))


def _known(
    session: Session, dataset_id: int, told: Sequence[tuple[str, str]]
) -> tuple[set[str], dict[str, str]]:
    """What the data set holds of these: fingerprints, and fingerprints by external id."""
    prints = samples.known_fingerprints(session, dataset_id, [one for one, _ in told])
    names = [name for _, name in told if name]
    return prints, samples.fingerprints_by_name(session, dataset_id, names)


def _revise(session: Session, upload: UploadRow, changed: Sequence[Sample]) -> None:
    """Give known samples their new texts, one after the other: one may take what another leaves."""
    names = [sample.external_id for sample in changed]
    rows = samples.by_external_id(session, upload.dataset_id, names)
    for sample in changed:
        revising.replace(
            session, rows[sample.external_id], sample, actor=upload.actor, batch=f"u{upload.id}"
        )


def _row(upload: UploadRow, item: Item, text: Mapping[str, Any]) -> dict[str, Any]:
    position, sample, raw = item
    facets = sample.facets
    return {
        "dataset_id": upload.dataset_id,
        "upload_id": upload.id,
        "position": position,
        "external_id": sample.external_id,
        "origin": facets.origin if facets.origin in ORIGINS else Origin.UNKNOWN,
        "label": facets.label[:200],
        "source": facets.source[:200],
        "split": facets.split[:50],
        "language": facets.language[:20],
        "family": facets.family,
        "dialect": sample.dialect,
        "extra": orjson.dumps(dict(sample.extra)).decode() if sample.extra else "{}",
        "raw": raw,
        **text,
    }
