"""The gauges of a data set as pages and the API show them, and what its target finds missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.curation import gauge_grids, gauge_parts, gauge_sentences, gauge_trends, queries
from app.curation.gauge_parts import EVERYTHING
from app.curation.gauge_sentences import ENDS, FORMATS, KNOWN, LIMITS, TITLES, WHOLE, Place, Said
from app.curation.gauge_trends import Trend
from app.curation.gauge_views import (
    GaugeMove,
    GaugesView,
    GaugeView,
    LikenessView,
    PairView,
    StepView,
    TemplateView,
)
from app.curation.queries import Query
from app.storage import datasets, events, frames, measurements, samples
from app.storage.database import Sessions
from app.storage.measurement_tables import MeasurementRow
from app.storage.measurements import Part
from app.storage.release_tables import VersionRow
from app.storage.tables import JobRow

WIDTH, STEPS_HEIGHT = 100.0, 40.0
FIRST_STEP, STEP = 0.80, 0.01
SHOWN_PAIRS = 5
MOST_SINCE = 1_000


@dataclass(frozen=True, slots=True)
class Miss:
    """An input of the target: its position, and the sample that comes nearest to it."""

    position: int
    sample: int | None
    alike: float


@dataclass(frozen=True, slots=True)
class Misses:
    """Inputs of the target: those no sample is near, and others that the board called bare."""

    missed: tuple[Miss, ...]
    bare: tuple[Miss, ...]


def view(
    session: Session, slug: str, *, query: Query = EVERYTHING, tau: float | None = None
) -> GaugesView:
    """What the gauges read last, of all samples or of those that a query finds.

    `tau` is the threshold of likeness to look at.
    """
    dataset = datasets.get(session, slug)
    part, whole = gauge_parts.find(session, dataset.id, query), not query.terms
    rows = _rows(session, part) if part else []
    trend = measurements.trend(session, dataset.id) if whole else []
    shown = tuple(_gauge(Place(slug, queries.write(query)), row, trend) for row in rows)
    newest = frames.outline(session, dataset.id)
    return GaugesView(
        gauges=shown,
        flagged=tuple(gauge for gauge in shown if gauge.flagged),
        measured_at=rows[0].at if rows else None,
        since=_count_since(session, rows),
        old=bool(rows) and newest is not None and rows[0].frame_id != newest.id,
        likeness=_likeness(session, slug, gauge_sentences.body_of(rows, "repeats"), tau),
        grids=gauge_grids.views(slug, gauge_sentences.body_of(rows, "facets")),
        templates=_templates(session, slug, gauge_sentences.body_of(rows, "templates")),
        history=gauge_trends.history(rows, trend),
    )


def _rows(session: Session, part: Part) -> list[MeasurementRow]:
    found = [row for row in measurements.of_part(session, part) if row.name in KNOWN]
    # Of early versions the numbers were kept alone, without what they rest on.
    return found if any(row.body for row in found) else []


def misses(session: Session, part: Part | None, frame_id: int, cell: int) -> Misses:
    """What no sample is near of the target's inputs in a cell, the most typical of it first.

    Nothing as well when these samples were not measured on the frame, or it has no target of its
    own.
    """
    row = measurements.find(session, part, frame_id, "coverage") if part else None
    body = row.body if row else {}
    listed = (body.get(name, {}).get(str(cell), []) for name in ("missed", "bare"))
    missed, bare = (tuple(Miss(int(at), near, alike) for at, near, alike in one) for one in listed)
    return Misses(missed, bare)


def ask_after_deciding(write: Sessions, job: JobRow) -> None:
    """After a bulk act: have what was read before it read again."""
    dataset_id = int(job.dataset_id or 0)
    with write() as session:
        if measurements.of_part(session, Part(dataset_id)):
            gauge_parts.ask(session, datasets.get_by_id(session, dataset_id).slug)


def keep(session: Session, slug: str, version: VersionRow) -> None:
    """Have a version keep what the gauges read of its samples, which else a job is to read.

    Nothing is asked for while no board was measured.
    """
    rows = _rows(session, Part(version.dataset_id))
    if not rows or measurements.of_part(session, Part(version.dataset_id, version.id)):
        return
    if version.query or _count_since(session, rows):
        gauge_parts.ask(session, slug, Query((("version", (str(version.number),)),)))
    else:
        measurements.keep(session, version.dataset_id, version.id, leaving=("missed", "bare"))


def _count_since(session: Session, rows: Sequence[MeasurementRow]) -> int:
    if not rows or rows[0].version_id is not None:
        return 0
    return events.count_since(session, rows[0].dataset_id, rows[0].at, most=MOST_SINCE)


def moved(session: Session, old_id: int, new_id: int) -> tuple[GaugeMove, ...]:
    """What the gauges read of two versions, those that were read of both."""
    then = {row.name: row for row in measurements.of_version(session, old_id)}
    return tuple(
        GaugeMove(
            row.name, TITLES[row.name], then[row.name].value, row.value,
            FORMATS[row.name](then[row.name].value), FORMATS[row.name](row.value),
            same_board=then[row.name].frame_id == row.frame_id,
        )
        for row in measurements.of_version(session, new_id)
        if row.name in then and row.name in KNOWN
    )  # fmt: skip


def _gauge(place: Place, row: MeasurementRow, trend: Trend) -> GaugeView:
    said = gauge_sentences.describe(row)
    end = _end(row)
    points = gauge_trends.points(row, trend)
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return GaugeView(
        name=row.name, title=TITLES[row.name], value=row.value, shown=said.shown,
        sentence=said.sentence, flagged=said.flagged, low=row.low, high=row.high,
        place=_place(row.value, end),
        place_low=None if row.low is None else _place(row.low, end),
        place_high=None if row.high is None else _place(row.high, end),
        place_limit=_place(LIMITS[row.name], end) if row.name in LIMITS else None,
        trend=points, trend_line=line if len(points) > 1 else "",
        href=gauge_sentences.address(place, said), link=_link(said),
    )  # fmt: skip


def _link(said: Said) -> str:
    return said.link if said.asked or said.cell else ""


def _end(row: MeasurementRow) -> float:
    least = ENDS.get(row.name, 1e-9)
    return least if row.name in WHOLE else max(least, 4 / 3 * max(row.value, row.high or 0.0))


def _place(value: float, end: float) -> float:
    return round(min(max(value / end, 0.0), 1.0), 4)


def _likeness(
    session: Session, slug: str, body: Mapping[str, Any] | None, tau: float | None
) -> LikenessView | None:
    if body is None or not body.get("counts"):
        return None
    counts, size = body["counts"], max(int(body["size"]), 1)
    asked = body["tau"] if tau is None else tau
    chosen = min(max(round((asked - FIRST_STEP) / STEP), 0), len(counts) - 1)
    most = max(*counts, 1)
    steps = tuple(
        StepView(
            tau=round(FIRST_STEP + STEP * at, 2), samples=count, share=count / size,
            x=round(WIDTH / len(counts) * at, 2),
            y=round(STEPS_HEIGHT * (1 - count / most), 2),
            height=round(STEPS_HEIGHT * count / most, 2), chosen=at == chosen,
        )
        for at, count in enumerate(counts)
    )  # fmt: skip
    here = steps[chosen]
    pairs = [pair for pair in body["pairs"] if pair[2] >= here.tau][:SHOWN_PAIRS]
    return LikenessView(
        tau=here.tau, usual_tau=body["tau"], samples=here.samples, share=here.share,
        steps=steps, pairs=_pairs(session, slug, pairs),
    )  # fmt: skip


def _templates(
    session: Session, slug: str, body: Mapping[str, Any] | None
) -> tuple[TemplateView, ...]:
    groups = body["groups"] if body else []
    previews = samples.previews_of(session, sorted(group["ids"][0] for group in groups))
    return tuple(
        TemplateView(
            samples=group["size"], preview=previews.get(group["ids"][0], ""),
            href=f"/d/{slug}/samples?{gauge_sentences.listing(group['ids'])}",
            whole=len(group["ids"]) == group["size"],
        )
        for group in groups
    )  # fmt: skip


def _pairs(
    session: Session, slug: str, pairs: Sequence[tuple[int, int, float]]
) -> tuple[PairView, ...]:
    wanted = sorted({number for pair in pairs for number in pair[:2]})
    previews = samples.previews_of(session, wanted)
    return tuple(
        PairView(
            alike=alike, first=first, first_preview=previews[first], second=second,
            second_preview=previews[second], href=f"/d/{slug}/samples?ids={first},{second}",
        )
        for first, second, alike in pairs
        if first in previews and second in previews
    )  # fmt: skip
