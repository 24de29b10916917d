"""The second step of an import: what a file seems to be, and what its columns are used for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import (
    board,
    checking,
    column_roles,
    intake,
    previewing,
    reading,
    remembering,
)
from app.curation.board_views import DatasetHead
from app.curation.column_roles import Told
from app.curation.intake import UploadView
from app.curation.previewing import PreviewView
from app.curation.reading import Head
from app.formats import columns, dialects, mapping
from app.formats.entries import UnreadableFileError
from app.formats.mapping import ColumnRole
from app.formats.sample import Sample
from app.storage import column_mappings
from app.storage.import_tables import MappingRow
from app.storage.tables import UploadRow

SURE = 0.95
"""Of the first records so many must fit a dialect for nobody to be asked about it."""
EXAMPLES, EXAMPLE_CHARACTERS, SAMPLES = 3, 60, 3
BESIDE: tuple[ColumnRole, ...] = (
    *("label", "source", "split", "language", "origin", "family"),
    *("id", "metadata", "ignore"),
)
"""What a column can be that is no part of the conversation."""
PART = "conversation"
"""What a column is that the dialect itself reads."""

Roles = Mapping[str, ColumnRole]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column with its first values, and what it is used as."""

    name: str
    examples: tuple[str, ...]
    role: str  # a ColumnRole, or PART


@dataclass(frozen=True, slots=True)
class DialectChoice:
    """A format that the file can be read as."""

    name: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FieldsView:
    """Everything that templates/imports/fields.html may show."""

    head: DatasetHead
    upload: UploadView
    container: str
    detected: str  # the title of a dialect, "" when no record fits any
    confidence: float
    read_as: str
    choices: tuple[DialectChoice, ...]
    columns: tuple[ColumnView, ...]
    roles: tuple[str, ...]  # what a column can be used as
    samples: tuple[PreviewView, ...]
    lack: str  # what a sample cannot be without, in a sentence
    remembered: str  # the name of the mapping that is proposed, "" for none
    error: str  # why the file cannot be read at all


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody chose on the page: a format, and roles by column."""

    read_as: str = ""
    names: Sequence[str] = ()
    roles: Sequence[str] = ()
    name: str = ""  # under which it is to be remembered

    @property
    def mapping(self) -> dict[str, str]:
        """The roles by column, without those that the dialect itself reads."""
        pairs = zip(self.names, self.roles, strict=False)
        return {name: role for name, role in pairs if role != PART}


def is_plain(session: Session, slug: str, upload_id: int, *, spool: Path) -> bool:
    """Whether an upload speaks a known dialect so clearly that nobody need be asked."""
    upload = checking.undecided(session, slug, upload_id)
    try:
        head = reading.read_head(spool / upload.spool_name)
    except UnreadableFileError:
        return False
    # What people said about such files before goes before what can be told.
    known = _remembered(session, upload, head) is not None
    return not known and head.detection.confidence >= SURE


def view(
    session: Session, slug: str, upload_id: int, *, spool: Path, wish: Wish | None = None
) -> FieldsView:
    """Describe the beginning of an undecided upload, as it stands or as somebody wishes.

    Raises:
        DecidedError: it is imported already.
    """
    upload = checking.undecided(session, slug, upload_id)
    try:
        head = reading.read_head(spool / upload.spool_name)
        error = head.fault
    except UnreadableFileError as unreadable:
        head, error = Head("", [], dialects.detect([])), str(unreadable)
    kept = _remembered(session, upload, head)
    told = _told(upload, head, kept, wish)
    return FieldsView(
        head=board.head(session, slug),
        upload=intake.view(session, slug, upload_id),
        error=error,
        remembered=kept.name if kept and told == Told(kept.columns, kept.read_as) else "",
        **_described(head, told),
    )


def save(
    session: Session, slug: str, upload_id: int, wish: Wish, *, actor: str, spool: Path
) -> None:
    """Note how an undecided upload is to be read; with a name, for the next such file too.

    Raises:
        MappingError: no sample could be read like this.
        UnknownDialectError: there is no such format.
    """
    upload = checking.undecided(session, slug, upload_id)
    head = reading.read_head(spool / upload.spool_name)
    told = remembering.resolve(session, upload.dataset_id, _of_wish(head, wish))
    upload.mapping, upload.read_as = told.mapping, told.read_as
    if wish.name.strip():
        remembering.keep(session, slug, wish.name, told, _names(head), actor=actor)


def _names(head: Head) -> list[str]:
    return list(dict.fromkeys(name for record in head.records for name in record.value))


def _remembered(session: Session, upload: UploadRow, head: Head) -> MappingRow | None:
    signature = column_roles.signature(_names(head))
    return column_mappings.find_for(session, upload.dataset_id, signature)


def _told(upload: UploadRow, head: Head, kept: MappingRow | None, wish: Wish | None) -> Told:
    """What is said about the file: wished, said before, remembered, or told by its content."""
    if wish is not None:
        return _of_wish(head, wish)
    if upload.mapping or upload.read_as:
        return Told(upload.mapping, upload.read_as)
    return Told(kept.columns, kept.read_as) if kept else _of_wish(head, Wish())


def _of_wish(head: Head, wish: Wish) -> Told:
    read_as = wish.read_as or head.detection.dialect
    if read_as not in dialects.DIALECTS:
        guessed = mapping.guess([record.value for record in head.records]).columns
        roles = {name: wish.mapping.get(name, role) for name, role in guessed.items()}
        return Told(orjson.dumps(roles).decode(), mapping.DIALECT)
    proposed = _beside(head, read_as)
    given = {
        name: role
        for name, role in wish.mapping.items()
        if role in BESIDE and proposed.get(name, PART) != PART
    }
    roles = {name: role for name, role in (proposed | given).items() if role != PART}
    # What the dialect does anyway need not be said.
    said = any(proposed[name] != role for name, role in given.items())
    return Told(orjson.dumps(roles).decode() if said else "", read_as)


def _beside(head: Head, read_as: str) -> dict[str, str]:
    """What a dialect uses each column as."""
    dialect, roles = dialects.DIALECTS[read_as], dict[str, str]()
    for record in head.records:
        found = dialect.parse(record.value) if dialect.claims(record.value) else None
        if isinstance(found, Sample):
            for name in record.value:
                free = name in found.extra and name not in dialect.shape
                roles.setdefault(name, _usual(name) if free else PART)
    return {name: roles.get(name, "metadata") for name in _names(head)}


def _usual(name: str) -> ColumnRole:
    """What every dialect makes of a column of this name."""
    known: Mapping[str, ColumnRole] = {
        **dict.fromkeys(columns.LABELS, "label"), **dict.fromkeys(columns.LANGUAGES, "language"),
        **dict.fromkeys(columns.NAMES, "id"), **dict.fromkeys(columns.FAMILIES, "family"),
        "source": "source", "split": "split", "origin": "origin",
    }  # fmt: skip
    return known.get(name, "metadata")


def _described(head: Head, told: Told) -> dict[str, Any]:
    detection, mapped = head.detection, told.read_as == mapping.DIALECT
    roles = mapping.from_json(told.mapping) if told.mapping else None
    used: dict[str, str] = {} if mapped else _beside(head, told.read_as)
    used |= roles.columns if roles else {}
    lack = roles.lack if mapped and roles else ""
    samples: tuple[PreviewView, ...] = ()
    if not lack:
        _, parse = column_roles.reader(told, lambda: detection)
        samples = previewing.of_entries(head.entries, parse, most=SAMPLES)
    return {
        "container": head.container, "detected": _title(detection.dialect),
        "confidence": detection.confidence, "read_as": told.read_as, "lack": lack,
        "choices": _choices(told.read_as), "samples": samples,
        "columns": tuple(ColumnView(name, _examples(head, name), used.get(name, "metadata"))
                         for name in _names(head)),
        "roles": mapping.ROLES if mapped else BESIDE,
    }  # fmt: skip


def _choices(chosen: str) -> tuple[DialectChoice, ...]:
    known = [DialectChoice(name, _title(name), name == chosen) for name in dialects.DIALECTS]
    own = DialectChoice(mapping.DIALECT, "the columns as you say below", chosen == mapping.DIALECT)
    return (own, *known)


def _title(name: str) -> str:
    dialect = dialects.DIALECTS.get(name)
    return f"{name.replace('_', ' ')} ({dialect.fields})" if dialect else ""


def _examples(head: Head, name: str) -> tuple[str, ...]:
    """The first different values of a column, as they are written."""
    shown: dict[str, None] = {}
    for record in head.records:
        if name in record.value and len(shown) < EXAMPLES:
            cell = record.value[name]
            text = cell if isinstance(cell, str) else orjson.dumps(cell).decode()
            shown[text[:EXAMPLE_CHARACTERS]] = None
    return tuple(shown)
