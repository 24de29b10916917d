"""The gauges of a data set as pages and the API show them, and what its target finds missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.curation import gauge_grids, gauge_sentences
from app.curation.gauge_sentences import ENDS, FORMATS, KNOWN, LIMITS, TITLES, WHOLE, Said
from app.curation.gauge_views import (
    GaugeMove,
    GaugesView,
    GaugeView,
    LikenessView,
    PairView,
    StepView,
    TemplateView,
    TrendPoint,
)
from app.storage import datasets, events, frames, jobs, measurements, samples
from app.storage.database import Sessions
from app.storage.measurement_tables import MeasurementRow
from app.storage.tables import JobRow

WIDTH, HEIGHT = 100.0, 24.0
STEPS_HEIGHT = 40.0
SMALLEST_CHANGE = 0.1
FIRST_STEP, STEP = 0.80, 0.01
SHOWN_PAIRS = 5
MOST_SINCE = 1_000


@dataclass(frozen=True, slots=True)
class Miss:
    """An input of the target that no sample is near: its position, and the nearest all the same."""

    position: int
    sample: int | None
    alike: float


def view(session: Session, slug: str, *, tau: float | None = None) -> GaugesView:
    """What the gauges read last; `tau` is the threshold of likeness to look at."""
    dataset = datasets.get(session, slug)
    rows = [row for row in measurements.current(session, dataset.id) if row.name in KNOWN]
    trend = measurements.trend(session, dataset.id)
    shown = tuple(_gauge(slug, row, trend) for row in rows)
    newest = frames.outline(session, dataset.id)
    return GaugesView(
        gauges=shown,
        flagged=tuple(gauge for gauge in shown if gauge.flagged),
        measured_at=rows[0].at if rows else None,
        since=_count_since(session, dataset.id, rows),
        old=bool(rows) and newest is not None and rows[0].frame_id != newest.id,
        likeness=_likeness(session, slug, gauge_sentences.body_of(rows, "repeats"), tau),
        grids=gauge_grids.views(slug, gauge_sentences.body_of(rows, "facets")),
        templates=_templates(session, slug, gauge_sentences.body_of(rows, "templates")),
    )


def uncovered(session: Session, frame_id: int, cell: int, limit: int) -> tuple[Miss, ...]:
    """The target's inputs in a cell that no sample is near, the most typical of the cell first.

    Empty as well when the frame was not measured, or has no target of its own.
    """
    row = measurements.find(session, frame_id, "coverage")
    if row is None:
        return ()
    listed = row.body.get("missed", {}).get(str(cell), [])
    return tuple(Miss(int(at), sample, alike) for at, sample, alike in listed[:limit])


def ask_after_deciding(write: Sessions, job: JobRow) -> None:
    """After a bulk act: have what was read before it read again."""
    dataset_id = int(job.dataset_id or 0)
    with write() as session:
        if measurements.current(session, dataset_id):
            measure_again(session, datasets.get_by_id(session, dataset_id).slug)


def measure_again(session: Session, slug: str) -> JobRow:
    """Ask for the gauges to be read anew, as after many decisions."""
    dataset = datasets.get(session, slug)
    title = f"Read the gauges of {dataset.name}"
    return jobs.enqueue(session, "gauge", dataset.id, title=title)


def keep(session: Session, dataset_id: int, version_id: int) -> None:
    """Note what the gauges read now as that of a version that is being frozen."""
    measurements.keep(session, dataset_id, version_id)


def _count_since(session: Session, dataset_id: int, rows: Sequence[MeasurementRow]) -> int:
    if not rows:
        return 0
    return events.count_since(session, dataset_id, rows[0].at, most=MOST_SINCE)


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


def _gauge(slug: str, row: MeasurementRow, trend: Sequence[tuple[int, str, float]]) -> GaugeView:
    said = gauge_sentences.describe(row)
    end = _end(row)
    points = _points(row, trend)
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return GaugeView(
        name=row.name, title=TITLES[row.name], value=row.value, shown=said.shown,
        sentence=said.sentence, flagged=said.flagged, low=row.low, high=row.high,
        place=_place(row.value, end),
        place_low=None if row.low is None else _place(row.low, end),
        place_high=None if row.high is None else _place(row.high, end),
        place_limit=_place(LIMITS[row.name], end) if row.name in LIMITS else None,
        trend=points, trend_line=line if len(points) > 1 else "",
        href=gauge_sentences.query_of(slug, said), link=_link(said),
    )  # fmt: skip


def _link(said: Said) -> str:
    return said.link if said.asked or said.cell else ""


def _end(row: MeasurementRow) -> float:
    least = ENDS.get(row.name, 1e-9)
    return least if row.name in WHOLE else max(least, 4 / 3 * max(row.value, row.high or 0.0))


def _place(value: float, end: float) -> float:
    return round(min(max(value / end, 0.0), 1.0), 4)


def _points(row: MeasurementRow, trend: Sequence[tuple[int, str, float]]) -> tuple[TrendPoint, ...]:
    """The versions and, last, now (version 0); in a box of WIDTH by HEIGHT."""
    values = [(number, value) for number, name, value in trend if name == row.name]
    if not values:
        return ()
    values.append((0, row.value))
    told = [value for _, value in values]
    middle, inner = (min(told) + max(told)) / 2, HEIGHT - 4
    # Small changes should look small.
    room = max(max(told) - min(told), SMALLEST_CHANGE * abs(middle), 1e-9)
    return tuple(
        TrendPoint(
            version=number, value=value, shown=FORMATS[row.name](value),
            x=round(WIDTH * at / (len(values) - 1), 1),
            y=round(HEIGHT / 2 - inner * (value - middle) / room, 1),
        )
        for at, (number, value) in enumerate(values)
    )  # fmt: skip


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
