"""A chunk of an upload -> its rows: new samples, changed ones, rejects, counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from app.curation import beside, repeats, revising
from app.curation.beside import Columns
from app.curation.chunks import Tally
from app.curation.preparing import Prepared
from app.curation.repeats import Verdict
from app.storage import brought, events, revisions, samples, targets, text_search, uploads
from app.storage.tables import UploadRow, UploadState

Row = Mapping[str, Any]


def store(session: Session, upload: UploadRow, chunk: Prepared) -> None:
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


def _store_target(session: Session, upload: UploadRow, chunk: Prepared, tally: Tally) -> None:
    target = targets.find_of_upload(session, upload.id)
    if target is None:
        target = targets.add(
            session, upload.dataset_id, "reference", name=upload.filename, upload_id=upload.id
        )
    targets.add_texts(session, target.id, chunk.inputs)
    tally.accepted = len(chunk.inputs)


def _store_samples(session: Session, upload: UploadRow, chunk: Prepared, tally: Tally) -> None:
    held = _held(session, upload.dataset_id, chunk.rows)
    named = {name: beside.known(columns) for name, columns in held.items()}
    prints = brought.fingerprints(
        session, upload.dataset_id, [row["fingerprint"] for row in chunk.rows]
    )
    told = _told(chunk.rows, named)
    fresh: dict[str, tuple[Row, str]] = {}
    changed: list[Row] = []
    verdicts = repeats.judge(told, prints, named)
    for row, words, verdict in zip(chunk.rows, chunk.words, verdicts, strict=True):
        tally.add(verdict)
        key = row["external_id"] or row["fingerprint"]
        # The same id twice in one chunk: the later record wins, as across chunks.
        if verdict is Verdict.FRESH or (verdict is Verdict.UPDATE and key in fresh):
            fresh[key] = _of_upload(upload, row), words
        elif verdict is Verdict.UPDATE:
            changed.append(row)
    _revise(session, upload, changed, held)
    new = fresh.values()
    samples.add_many(session, [row for row, _ in new], [words for _, words in new])


def _held(session: Session, dataset_id: int, rows: Sequence[Row]) -> dict[str, Columns]:
    """What imports brought before under the ids of these, by external id."""
    names = [row["external_id"] for row in rows if row["external_id"]]
    if not brought.by_name(session, dataset_id, names):
        return {}
    events.lock(session, dataset_id)  # or somebody decides between what is read and what is written
    return beside.brought_last(session, dataset_id, names)


def _told(rows: Sequence[Row], named: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """What is judged of each record: all of it only where its id stands anywhere else."""
    times = Counter(row["external_id"] for row in rows)
    told = []
    for row in rows:
        name = row["external_id"]
        is_known = bool(name) and (name in named or times[name] > 1)
        told.append((row["fingerprint"], name, beside.whole(row) if is_known else ""))
    return told


def _revise(
    session: Session, upload: UploadRow, changed: Sequence[Row], held: dict[str, Columns]
) -> None:
    """Give known samples their new texts, one after the other: one may take what another leaves."""
    names = [row["external_id"] for row in changed]
    known = samples.by_external_id(session, upload.dataset_id, names)
    kept = revisions.of_samples(session, [row.id for row in known.values()])
    told, retold = [], dict[int, str]()
    for row in changed:
        name = row["external_id"]
        sample = known[name]
        before = sample.fingerprint
        told.append(revising.bring(sample, kept[sample.id], row, held[name], actor=upload.actor))
        held[name] = row
        if sample.fingerprint != before:
            session.flush()  # the next may say what this one said
            retold[sample.id] = text_search.words_in(sample.messages, sample.rest)
    session.add_all(one for rows in kept.values() for one in rows)
    text_search.write(session, list(retold.items()))
    if told:
        batch = f"{events.UPLOAD_BATCH}{upload.id}"
        events.append(session, upload.dataset_id, told, actor=upload.actor, batch=batch)


def _of_upload(upload: UploadRow, row: Row) -> Row:
    return {**row, "dataset_id": upload.dataset_id, "upload_id": upload.id}
