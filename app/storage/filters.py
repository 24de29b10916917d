"""Which samples: a resolved query, and the SQL conditions it stands for."""

import math
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.storage.board_tables import PlacementRow
from app.storage.judgements import is_judged_by
from app.storage.listed import is_listed
from app.storage.release_tables import VersionItemRow
from app.storage.search_tables import FacetCountRow
from app.storage.tables import Origin, SampleRow, Status
from app.storage.text_search import says_all, says_any

Facet = Literal["label", "source", "split", "language"]
Column = Literal["status", "origin", "label", "source", "split", "language"]
Flag = Literal["near_duplicate", "knot", "far", "outsider"]

NEAR_DUPLICATE = 0.93
"""Cosine to the nearest other sample from which a sample counts as a near copy."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Everything a query may ask for; each field empty means "any".

    Several values of one field are alternatives; several fields must all hold.
    `facets` and `without` are (column, values) pairs. Cells and flags are about
    the frame `frame_id`; a sample that has no place in it has neither.
    """

    statuses: tuple[Status, ...] = ()
    origins: tuple[Origin, ...] = ()
    facets: tuple[tuple[Facet, tuple[str, ...]], ...] = ()
    without: tuple[tuple[Column, tuple[str, ...]], ...] = ()
    length: tuple[int, int] | None = None
    words: tuple[str, ...] = ()
    without_words: tuple[str, ...] = ()
    upload_id: int | None = None
    version_id: int | None = None  # samples that a frozen version holds
    as_frozen: bool = False  # by the status they have in it, whatever became of them since
    ids: tuple[int, ...] = ()
    families: tuple[str, ...] = ()  # with the sample of that external id
    through: int | None = None  # the highest id that counts
    frame_id: int | None = None
    cells: tuple[int, ...] | None = None
    without_cells: tuple[int, ...] = ()
    marks: tuple[str, ...] = ()
    flagged: bool | None = None  # by a person
    qualities: tuple[int, ...] = ()
    flags: tuple[Flag, ...] = ()
    without_flags: tuple[Flag, ...] = ()
    far: float = math.inf  # the distance from which a sample lies far out
    chosen: str | None = None  # a written list of ids, as listed.write has it
    without_chosen: str | None = None
    leaving: str | None = None  # ids that are passed over, written in the same way
    unjudged_by: str = ""  # samples that this person has not judged yet
    alike: tuple[int, ...] | None = None  # the few ids that are like something
    deleted: bool = False


def conditions(dataset_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    """The WHERE clauses of a filter, all values bound."""
    row = SampleRow
    clauses: list[ColumnElement[bool]] = [col(row.dataset_id) == dataset_id]
    if not wanted.as_frozen:
        clauses.append(col(row.deleted).is_(wanted.deleted))
    clauses += _by_facets(row, wanted) + _by_columns(wanted)
    clauses += _by_review(wanted) + _by_text(wanted) + _by_place(wanted)
    if wanted.unjudged_by:
        clauses.append(not_(is_judged_by(wanted.unjudged_by)))
    if wanted.chosen is not None:
        clauses.append(is_listed(row.id, wanted.chosen))
    if wanted.alike is not None:
        clauses.append(col(row.id).in_(wanted.alike))
    if wanted.without_chosen is not None:
        clauses.append(not_(is_listed(row.id, wanted.without_chosen)))
    if wanted.leaving is not None:
        clauses.append(not_(is_listed(row.id, wanted.leaving)))
    return clauses


def counted_conditions(dataset_id: int, wanted: Filter) -> list[ColumnElement[bool]] | None:
    """The same on the table of counts; None when the filter asks for more than it counts."""
    counted = Filter(
        statuses=wanted.statuses, origins=wanted.origins, facets=wanted.facets,
        without=wanted.without, deleted=wanted.deleted,
    )  # fmt: skip
    if counted != wanted:
        return None
    row = FacetCountRow
    where = [col(row.dataset_id) == dataset_id, col(row.deleted).is_(wanted.deleted)]
    return where + _by_facets(row, wanted)


def _by_facets(
    row: type[SampleRow] | type[FacetCountRow], wanted: Filter
) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.statuses and not wanted.as_frozen:
        clauses.append(col(row.status).in_(wanted.statuses))
    if wanted.origins:
        clauses.append(col(row.origin).in_(wanted.origins))
    clauses += [getattr(row, name).in_(values) for name, values in wanted.facets]
    clauses += [getattr(row, name).not_in(values) for name, values in wanted.without]
    return clauses


def _by_columns(wanted: Filter) -> list[ColumnElement[bool]]:
    row = SampleRow
    clauses: list[ColumnElement[bool]] = []
    if wanted.upload_id is not None:
        clauses.append(col(row.upload_id) == wanted.upload_id)
    if wanted.version_id is not None:
        clauses.append(col(row.id).in_(_held(wanted)))
    if wanted.ids:
        clauses.append(col(row.id).in_(wanted.ids))
    if wanted.families:
        named = col(row.external_id).in_(wanted.families)
        clauses.append(or_(col(row.family).in_(wanted.families), named))
    if wanted.through is not None:
        clauses.append(col(row.id) <= wanted.through)
    return clauses


def _held(wanted: Filter) -> SelectOfScalar[int]:
    item = VersionItemRow
    held = select(item.sample_id).where(item.version_id == wanted.version_id)
    if wanted.as_frozen and wanted.statuses:
        held = held.where(col(item.status).in_(wanted.statuses))
    return held


def _by_review(wanted: Filter) -> list[ColumnElement[bool]]:
    """What people said of a sample beside its status."""
    row = SampleRow
    clauses: list[ColumnElement[bool]] = []
    if wanted.marks:
        # Not LIKE, to which SQLite gives large and small letters as the same.
        held = (func.replace(row.marks, f"|{mark}|", "") != row.marks for mark in wanted.marks)
        clauses.append(or_(*held))
    if wanted.flagged is not None:
        clauses.append(col(row.flagged).is_(wanted.flagged))
    if wanted.qualities:
        clauses.append(col(row.quality).in_(wanted.qualities))
    return clauses


def _by_text(wanted: Filter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.length is not None:
        clauses.append(col(SampleRow.length).between(*wanted.length))
    if wanted.words:
        clauses.append(says_all(SampleRow.id, wanted.words))
    if wanted.without_words:
        clauses.append(not_(says_any(SampleRow.id, wanted.without_words)))
    return clauses


def _by_place(wanted: Filter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.cells is not None:
        clauses.append(_placed(wanted, _in_cells(wanted.cells)))
    if wanted.without_cells:
        clauses.append(not_(_placed(wanted, _in_cells(wanted.without_cells))))
    if wanted.flags:
        clauses.append(_placed(wanted, _has_flag(wanted, wanted.flags)))
    if wanted.without_flags:
        clauses.append(not_(_placed(wanted, _has_flag(wanted, wanted.without_flags))))
    return clauses


def _placed(wanted: Filter, there: ColumnElement[bool]) -> ColumnElement[bool]:
    if wanted.frame_id is None:
        return false()
    found = select(PlacementRow.sample_id).where(
        and_(col(PlacementRow.frame_id) == wanted.frame_id, there)
    )
    return col(SampleRow.id).in_(found)


def _in_cells(cells: tuple[int, ...]) -> ColumnElement[bool]:
    return col(PlacementRow.cell).in_(cells)


def _has_flag(wanted: Filter, flags: tuple[Flag, ...]) -> ColumnElement[bool]:
    place = PlacementRow
    meaning: dict[Flag, ColumnElement[bool]] = {
        "near_duplicate": col(place.similarity) >= NEAR_DUPLICATE,
        "knot": col(place.knot) >= 0,
        "far": col(place.distance) > wanted.far,
        "outsider": col(place.cell) < 0,
    }
    return or_(*(meaning[flag] for flag in flags))
