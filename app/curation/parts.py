"""A large upload in parts: each is safely on disk before it counts as held.

announce -> put every part, in any order, each as often as it takes -> complete.
All parts lie in one file at their places, so that nothing is copied in the end.
A part whose server died before its row was written is simply sent again.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from app.curation import intake, remembering, spooling
from app.curation.intake import Arrival, KeyReusedError, UploadView
from app.curation.spooling import TooLargeError
from app.errors import ConflictError, InvalidError
from app.storage import datasets, upload_parts, uploads
from app.storage.database import Sessions
from app.storage.import_tables import PartRow
from app.storage.tables import DatasetRow, UploadRow, UploadState

PART_BYTES = 8 * 1024**2
ABANDONED_DAYS = 7
"""So long after its last part an upload that is not complete is forgotten (upload_sweep)."""


class PartError(InvalidError):
    """This is not the part that it says it is."""

    code = "part"


class PartDiffersError(ConflictError):
    """Other bytes are held under this number: send the file it was begun with, or discard it."""

    code = "part_differs"


class PartsMissingError(ConflictError):
    """Some parts have not arrived."""

    code = "parts_missing"


class AllThereError(ConflictError):
    """This upload takes no parts: all of it is there."""

    code = "all_there"


@dataclass(frozen=True, slots=True)
class PartView:
    """A part that is held."""

    number: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PartsView:
    """How much of an upload has arrived."""

    id: int
    state: str
    filename: str
    bytes: int
    part_bytes: int
    parts: int
    held: tuple[PartView, ...]


def announce(session: Session, slug: str, arrival: Arrival, size: int, *, limit: int) -> PartsView:
    """Begin an upload, or find the one that was begun with the same key.

    Raises:
        TooLargeError: it would be larger than this server takes.
        KeyReusedError: the key came before with another size.
    """
    if size > limit:
        raise TooLargeError(f"The upload is larger than {limit:,} bytes.")
    dataset = datasets.get(session, slug)
    known = arrival.key and uploads.find_by_key(session, arrival.actor, arrival.key)
    if known and (known.dataset_id, known.bytes) != (dataset.id, size):
        raise KeyReusedError
    upload = known or uploads.add(session, _begun(dataset, arrival, size))
    return view(session, slug, upload.id)


def view(session: Session, slug: str, upload_id: int) -> PartsView:
    """Describe how much of an upload has arrived."""
    upload = uploads.get(session, datasets.get(session, slug).id, upload_id)
    held = upload_parts.of_upload(session, upload_id)
    return PartsView(
        id=upload.id, state=upload.state, filename=upload.filename, bytes=upload.bytes,
        part_bytes=PART_BYTES, parts=_count(upload),
        held=tuple(PartView(row.number, row.bytes, row.sha256) for row in held),
    )  # fmt: skip


def put(
    write: Sessions, slug: str, upload_id: int, number: int, data: bytes, *, spool: Path
) -> PartView:
    """Keep a part; the same one again is answered like the first time.

    Raises:
        PartError: there is no such part, or it has another size.
        PartDiffersError: other bytes are held under this number.
        AllThereError: the upload is complete.
    """
    digest = hashlib.sha256(data).hexdigest()
    part = PartRow(upload_id=upload_id, number=number, bytes=len(data), sha256=digest)
    with write() as session:
        upload = _open(session, slug, upload_id)
        _check(upload, part)
        held = _is_held(session, part)
    if not held:
        # No transaction waits for the disk. Of two senders of one part either may win:
        # what lies there is compared with what is noted before the upload is complete.
        path = spool / f"{upload.spool_name}{spooling.PARTIAL}"
        spooling.write_at(path, (number - 1) * PART_BYTES, data)
        with write() as session:
            _open(session, slug, upload_id)
            if not _is_held(session, part):
                upload_parts.add(session, part)
    return PartView(number, len(data), digest)


def complete(
    read: Sessions, write: Sessions, slug: str, upload_id: int, arrival: Arrival, *, spool: Path
) -> UploadView:
    """Make one file of the parts; from here on it is an upload like any other.

    Raises:
        PartsMissingError: not all of them are there.
        InvalidError: it cannot be read in the way that its sender says.
    """
    with read() as session:
        upload = uploads.get(session, datasets.get(session, slug).id, upload_id)
        told = remembering.resolve(session, upload.dataset_id, arrival.told)
    if upload.state is UploadState.SENDING:
        digest = _joined(write, upload, spool)
        with write() as session:
            _close(session, slug, upload_id, replace(arrival, told=told), digest)
    with read() as session:
        return intake.view(session, slug, upload_id)


def _joined(write: Sessions, upload: UploadRow, spool: Path) -> str:
    """The digest of the whole file, once every part of it is what its sender sent."""
    with write() as session:
        noted = {row.number: row.sha256 for row in upload_parts.of_upload(session, upload.id)}
    missing = set(range(1, _count(upload) + 1)) - noted.keys()
    if not missing:
        digest, parts = spooling.digests(spool, upload.spool_name, PART_BYTES)
        missing = {at for at, found in enumerate(parts, 1) if noted.get(at) != found}
        missing |= noted.keys() - set(range(1, len(parts) + 1))
        with write() as session:
            upload_parts.remove(session, upload.id, missing)
    if missing:
        shown = ", ".join(map(str, sorted(missing)[:10]))
        raise PartsMissingError(f"{len(missing):,} of the parts have not arrived: {shown}.")
    spooling.finish(spool, upload.spool_name)
    return digest


def _close(session: Session, slug: str, upload_id: int, arrival: Arrival, digest: str) -> None:
    dataset = datasets.get(session, slug)
    upload = uploads.get(session, dataset.id, upload_id)
    if upload.state is not UploadState.SENDING:
        return  # the same request came twice
    upload.sha256, upload.state = digest, UploadState.WAITING
    upload.mapping, upload.read_as = arrival.told.mapping, arrival.told.read_as
    upload.all_or_nothing = arrival.all_or_nothing
    if not arrival.held:
        intake.begin(session, dataset, upload, actor=arrival.actor)


def _begun(dataset: DatasetRow, arrival: Arrival, size: int) -> UploadRow:
    return UploadRow(
        dataset_id=dataset.id, actor=arrival.actor, idempotency_key=arrival.key,
        filename=arrival.filename[:255], purpose=arrival.told.purpose,
        spool_name=secrets.token_hex(16), bytes=size, sha256="", state=UploadState.SENDING,
    )  # fmt: skip


def _open(session: Session, slug: str, upload_id: int) -> UploadRow:
    upload = uploads.get(session, datasets.get(session, slug).id, upload_id)
    if upload.state is not UploadState.SENDING:
        raise AllThereError
    return upload


def _count(upload: UploadRow) -> int:
    return max(1, -(-upload.bytes // PART_BYTES))


def _check(upload: UploadRow, part: PartRow) -> None:
    if not 1 <= part.number <= _count(upload):
        raise PartError(f"The upload has the parts 1 to {_count(upload):,}.")
    wanted = min(PART_BYTES, upload.bytes - (part.number - 1) * PART_BYTES)
    if part.bytes != wanted:
        raise PartError(f"Part {part.number:,} has {wanted:,} bytes, not {part.bytes:,}.")


def _is_held(session: Session, part: PartRow) -> bool:
    held = upload_parts.find(session, part.upload_id, part.number)
    if held is not None and held.sha256 != part.sha256:
        raise PartDiffersError
    return held is not None
