"""The board of a data set as it stands now: counts, states, regions, the selected cell.

Nothing here is stored: a frame is frozen and a count is one query, so that a
decision is on the board with the next look at it.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from app.curation import (
    cell_panel,
    colouring,
    comparing,
    darts,
    marks,
    outline,
    progress,
    queries,
    quotas,
    refit_hints,
    zooming,
)
from app.curation.board_views import (
    RIM,
    BoardView,
    CellView,
    CompareChoice,
    CompareView,
    DatasetHead,
    KnotView,
    MoveView,
)
from app.curation.cell_panel import Spot
from app.curation.comparing import Change
from app.curation.darts import Wish
from app.curation.judging import Judged, judge
from app.curation.queries import Query
from app.geometry import balance, regions
from app.geometry.balance import State
from app.geometry.frame import Frame
from app.geometry.redundancy import FEWEST_IN_KNOT
from app.storage import datasets, jobs, placements, samples, targets
from app.storage.filters import Filter
from app.storage.layouts import View
from app.storage.tables import DatasetRow

SENTENCES = {
    "itself": (
        "No target: the board compares the data with themselves, near-copies counted once."
        " It shows what is repeated and crowded, not what is missing."
    ),
    "reference": "The board compares the data with your reference inputs: what repeats, what is"
    " crowded and what is missing.",
    "dataset": "The board compares the data with another data set or version: what is crowded and"
    " what is missing beside it. What that one lacks cannot be seen.",
    "probes": "The board compares the data with inputs that a model proposed and people approved:"
    " what is crowded and what is missing by this idea of the task, not by real use.",
    "quotas": "The board compares the data with the shares you set: which labels are too full and"
    " which too thin. What a label without any sample would hold cannot be drawn.",
}
NO_TARGET = "Throw the darts first: upload some samples."


EVERYTHING = Query()


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a board: all of it is in the address.

    Attributes:
        shown: board, table or map.
        cell: id of the selected cell.
        zoom: id of the slice that is spread out.
        compare: key of what the board is compared with (comparing.choices).
        colour: what the darts are coloured by; "" for balance.
        query: which samples are counted.
    """

    shown: str = "board"
    cell: str = ""
    zoom: str = ""
    compare: str = ""
    query: Query = EVERYTHING
    colour: str = ""

    @property
    def darts(self) -> Wish:
        """Which darts belong to it: a comparison has colours of its own."""
        view: View = "map" if self.shown == "map" else "board"
        return Wish(view, marks.PREFIX + self.compare if self.compare else self.colour or "status")


WHOLE = Look()


def head(session: Session, slug: str) -> DatasetHead:
    """The data set as every page names it, or DatasetNotFoundError."""
    dataset = datasets.get(session, slug)
    total = samples.count(session, dataset.id)
    return DatasetHead(slug, dataset.name, total, jobs.count_open(session))


def view(session: Session, slug: str, look: Look = WHOLE) -> BoardView:
    """Describe the board as somebody looks at it."""
    dataset = datasets.get(session, slug)
    wanted = queries.resolve_counted(session, dataset.id, look.query)
    judged = judge(session, dataset, wanted)
    if judged is None or _is_being_thrown(session, dataset, judged):
        return _empty(session, dataset, look)
    facts, frame = judged.row.facts, judged.frame
    zoom = zooming.number_of(frame, look.zoom)
    drawn = frame if zoom is None else zooming.spread(frame, zoom)
    cells = outline.cells(drawn, judged.balance, judged.counts, facts)
    change = comparing.compare(session, dataset, judged, look.compare) if look.compare else None
    if change is not None:
        cells = [_changed(cell, change, number) for number, cell in enumerate(cells)]
    cells = outline.space_badges(cells)
    whole = BoardView(
        **_frame_facts(session, dataset, judged, look),
        **_acts(judged, cells),
        cells=tuple(cells),
        topics=tuple(outline.topics(drawn, cells, facts)) if zoom is None else (),
        groups=tuple(outline.groups(frame, facts)) if zoom is None else (),
        knots=_knots(session, judged, cells, wanted),
        selected=cell_panel.show(session, judged, cells, Spot(look.cell, look.query, wanted)),
        compare=_compared(change),
        colour=None if change else colouring.view(session, dataset, look.colour, wanted),
        colours=colouring.COLOURS,
        compare_choices=tuple(
            CompareChoice(one.key, one.name) for one in comparing.choices(session, dataset)
        ),
    )
    return whole if zoom is None else _zoomed(whole, drawn, judged, zoom)


def _is_being_thrown(session: Session, dataset: DatasetRow, judged: Judged) -> bool:
    """Whether the frame is cut, but not one dart has landed yet."""
    if sum(judged.counts) + judged.outsiders or not jobs.open_of(session, dataset.id):
        return False
    return placements.count_unplaced(session, dataset.id, judged.row.id) > 0


def _frame_facts(
    session: Session, dataset: DatasetRow, judged: Judged, look: Look
) -> dict[str, Any]:
    row, frame, about = judged.row, judged.frame, head(session, dataset.slug)
    return {
        "head": about,
        "state": "small" if sum(judged.counts) < balance.FEWEST_SAMPLES else "ready",
        "view": look.shown,
        "job": progress.running_of(session, dataset.id),
        "target_kind": judged.target.kind,
        "target_name": judged.target.name,
        "target_sentence": SENTENCES[judged.target.kind],
        "target_definition": judged.target.definition,
        "external": frame.external,
        "quotas": quotas.lines(session, dataset, judged.target),
        "frame": row.number,
        "fitted_on": row.fitted_on,
        "fitted_at": row.created_at,
        "encoder": row.encoder,
        "encoder_note": _note(row.encoder),
        "score": round(judged.balance.score),
        "score_label": "% of target covered" if frame.external else "% distinct ideas",
        "score_arc": outline.score_arc(judged.balance.score / 100),
        "placed": sum(judged.counts),
        "outsiders": judged.outsiders,
        "waiting": placements.count_unplaced(session, dataset.id, row.id, here=about.samples),
        "refit_hint": refit_hints.read(session, judged),
        "refitted": "counts" in row.facts.get("before", {}),
        "darts_href": darts.address(session, dataset, row, look.darts),
        "query": queries.write(look.query),
        "query_pairs": tuple(queries.pairs(look.query)),
        "version": next(iter(look.query.values("version")), ""),
        "side": row.side,
        "moves": tuple(_move(told) for told in row.facts.get("moves", ())),
    }


def _acts(judged: Judged, cells: list[CellView]) -> dict[str, Any]:
    """What to cut and what to write, as regions."""
    found = regions.join(judged.frame, judged.balance)
    cut_first = outline.regions(found, State.OVER_DENSE, cells)
    write_next = outline.regions(found, State.GAP, cells)
    return {
        "cut_first": cut_first,
        "write_next": write_next,
        "to_cut": sum(region.act for region in cut_first),
        "to_write": sum(region.act for region in write_next),
    }


def _zoomed(whole: BoardView, drawn: Frame, judged: Judged, topic: int) -> BoardView:
    """The same view with one slice drawn as the whole board, each cell with its label."""
    found = [cell for at, cell in enumerate(whole.cells) if int(drawn.topic[at]) == topic]
    inside = outline.space_badges(found)
    span = zooming.span_of(judged.frame, topic)
    kept = {cell.id for cell in inside}
    told = judged.row.facts["topics"][topic]
    return replace(
        whole,
        zoom=told["id"],
        zoom_name=", ".join(told["words"]) or "other",
        zoom_span=span,
        cells=tuple(inside),
        topics=tuple(outline.cell_labels(drawn, whole.cells, topic)),
        knots=tuple(_zoom_knot(knot, span) for knot in whole.knots if knot.cell in kept),
    )


def _zoom_knot(knot: KnotView, span: tuple[float, float]) -> KnotView:
    x, y = zooming.move(knot.x, knot.y, span)
    return replace(knot, x=round(x, 1), y=round(y, 1))


def _changed(cell: CellView, change: Change, number: int) -> CellView:
    ratio, kind = float(change.ratio[number]), change.of(number)
    heat = min(4, round(2 * abs(math.log2(ratio)))) if kind != "same" else 0
    then = int(change.then[number])
    sentence = f"{cell.sentence}; {then} before, share {kind} ({ratio:.1f} times)"
    badge = outline.times(ratio) if kind != "same" else ""
    return replace(cell, change=kind, change_heat=heat, then=then, badge=badge, sentence=sentence)


def _compared(change: Change | None) -> CompareView | None:
    if change is None:
        return None
    kinds = [change.of(cell) for cell in range(len(change.then))]
    return CompareView(
        key=change.choice.key,
        name=change.choice.name,
        then=int(change.then.sum()),
        more=kinds.count("more"),
        less=kinds.count("less"),
        marks=marks.legend(change.choice.key, change.choice.name),
    )


def _move(told: dict[str, Any]) -> MoveView:
    return MoveView(told["kind"], tuple(told["words"]), tuple(told.get("was", ())), told["share"])


def _empty(session: Session, dataset: DatasetRow, look: Look) -> BoardView:
    job, about = progress.running_of(session, dataset.id), head(session, dataset.slug)
    target = targets.find(session, dataset.id, dataset.side)
    return BoardView(
        head=about, state="waiting" if job else "empty", view=look.shown, job=job,
        target_kind=target.kind if target else "itself",
        target_name=target.name if target else "", target_sentence=NO_TARGET,
        frame=0, fitted_on=0, fitted_at=None, encoder="", encoder_note="", score=0,
        score_label="", score_arc="", placed=0, waiting=about.samples, outsiders=0,
        refit_hint="", to_cut=0, to_write=0, cut_first=(), write_next=(), cells=(), topics=(),
        groups=(), knots=(), selected=None, darts_href="", query="", side=dataset.side,
    )  # fmt: skip


def _knots(
    session: Session, judged: Judged, cells: list[CellView], wanted: Filter
) -> tuple[KnotView, ...]:
    rows = placements.knots(session, judged.row.dataset_id, judged.row.id, wanted)
    return tuple(
        KnotView(_pixels(x), _pixels(y), size, number, cells[cell].id)
        for number, size, x, y, cell in rows
        if size >= FEWEST_IN_KNOT
    )


def _pixels(packed: float) -> float:
    return round((float(packed) / 65535 * 2 - 1) * RIM, 1)


def _note(encoder: str) -> str:
    return "" if "int8" in encoder else f"Drawn with {encoder}."
