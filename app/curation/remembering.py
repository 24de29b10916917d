"""The mappings that a data set keeps: the next file with such columns is read like the last."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlmodel import Session

from app.curation import column_roles, texts
from app.curation.column_roles import Told
from app.errors import InvalidError
from app.formats import dialects, mapping
from app.storage import column_mappings, datasets
from app.storage.import_tables import MappingRow

NAME_CHARACTERS = 80


class MappingNameError(InvalidError):
    """A mapping's name has 1 to 80 characters and does not begin with a bracket."""

    code = "mapping_name"


class UnknownDialectError(InvalidError):
    """No format has this name."""

    code = "unknown_dialect"


@dataclass(frozen=True, slots=True)
class MappingView:
    """How files with certain columns are read, under a name."""

    name: str
    read_as: str
    columns: dict[str, str]  # roles by column
    actor: str
    used_at: datetime


def resolve(session: Session, dataset_id: int, told: Told) -> Told:
    """The same, checked, with the name of a remembered mapping replaced by what it says.

    Raises:
        MappingNotFoundError: no mapping of the data set has this name.
        MappingError: this is no mapping, or no sample could be made by it.
        UnknownDialectError: there is no such dialect.
    """
    if told.mapping and not told.mapping.lstrip().startswith(("{", "[")):
        kept = column_mappings.get(session, dataset_id, told.mapping)
        return Told(kept.columns, kept.read_as, told.purpose)
    if told.read_as not in ("", mapping.DIALECT, *dialects.DIALECTS):
        raise UnknownDialectError(f"No format is called '{told.read_as[:40]}'.")
    roles = column_roles.read(told)
    return Told(mapping.to_json(roles) if roles else "", told.read_as, told.purpose)


def keep(
    session: Session, slug: str, name: str, told: Told, names: list[str], *, actor: str
) -> MappingView:
    """Remember how files with these columns are read; what had the name before is replaced.

    Raises:
        MappingNameError: this cannot be a name.
        InvalidError: nothing could be read like this.
    """
    wanted = name.strip()
    # A bracket begins a mapping that is written out: see resolve.
    if not 0 < len(wanted) <= NAME_CHARACTERS or wanted[0] in "{[" or not texts.is_storable(wanted):
        raise MappingNameError
    dataset_id = datasets.get(session, slug).id
    told = resolve(session, dataset_id, told)
    row = MappingRow(
        dataset_id=dataset_id, name=wanted, signature=column_roles.signature(names),
        read_as=told.read_as, columns=told.mapping, actor=actor,
    )  # fmt: skip
    return _view(column_mappings.save(session, row))


def listing(session: Session, slug: str) -> tuple[MappingView, ...]:
    """All mappings of a data set, by name."""
    rows = column_mappings.of_dataset(session, datasets.get(session, slug).id)
    return tuple(map(_view, rows))


def forget(session: Session, slug: str, name: str) -> None:
    """Forget a mapping, or raise MappingNotFoundError. What was read by it stays as it is."""
    dataset_id = datasets.get(session, slug).id
    column_mappings.remove(session, column_mappings.get(session, dataset_id, name))


def _view(row: MappingRow) -> MappingView:
    columns = orjson.loads(row.columns) if row.columns else {}
    return MappingView(row.name, row.read_as, columns, row.actor, row.used_at)
