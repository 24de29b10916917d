"""What the gauges read of the versions, and now: as small lines, and as a table."""

from collections.abc import Iterator, Sequence

from app.curation.gauge_sentences import FORMATS, TITLES
from app.curation.gauge_views import HistoryLine, HistoryView, TrendPoint
from app.storage.measurement_tables import MeasurementRow

WIDTH, HEIGHT = 100.0, 24.0
SMALLEST_CHANGE = 0.1
IN_TABLE = 6

Trend = Sequence[tuple[int, str, float]]
"""(version, gauge, value), the oldest version first."""


def points(row: MeasurementRow, trend: Trend) -> tuple[TrendPoint, ...]:
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


def history(rows: Sequence[MeasurementRow], trend: Trend) -> HistoryView | None:
    """A line a gauge, a column a version; None before a version was measured."""
    versions = sorted({number for number, _, _ in trend})[-IN_TABLE:]
    if not versions or not rows:
        return None
    return HistoryView(tuple(versions), tuple(_lines(rows, trend, versions)))


def _lines(
    rows: Sequence[MeasurementRow], trend: Trend, versions: Sequence[int]
) -> Iterator[HistoryLine]:
    known = {(number, name): value for number, name, value in trend}
    for row in rows:
        write = FORMATS[row.name]
        found = [known.get((number, row.name)) for number in versions]
        then = tuple("" if value is None else write(value) for value in found)
        yield HistoryLine(row.name, TITLES[row.name], then, write(row.value))
