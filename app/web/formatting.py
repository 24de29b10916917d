"""How templates write numbers, sizes and times. Formatting only; deciding is not done here."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.curation.board_views import BoardView

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def number(value: float) -> str:
    """12345 -> "12,345"."""
    return f"{value:,.0f}"


def plural(value: int, one: str, many: str = "") -> str:
    """(1, "sample") -> "1 sample", (2, "sample") -> "2 samples"."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def size(value: int) -> str:
    """Bytes as a person says them: "14 MB"."""
    amount = float(value)
    for unit in ("B", "kB", "MB"):
        if amount < 1_000:
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1_000
    return f"{amount:.1f} GB"


def percent(share: float) -> str:
    """0.611 -> "61%"."""
    return f"{100 * share:.0f}%"


def seconds(value: float) -> str:
    """A span of time in its largest fitting unit: "about 20 s", "about 3 min"."""
    if value < 90:
        return f"about {max(1, round(value))} s"
    return f"about {round(value / _MINUTE)} min"


def ago(moment: datetime) -> str:
    """How long ago: "just now", "5 min", "2 h", "3 d"."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    passed = (datetime.now(UTC) - aware).total_seconds()
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{passed // _MINUTE:.0f} min ago"
    if passed < _DAY:
        return f"{passed // _HOUR:.0f} h ago"
    return f"{passed // _DAY:.0f} d ago"


def query(pairs: Mapping[str, Any]) -> str:
    """A query string with sorted keys; empty values are left out."""
    kept = sorted((key, value) for key, value in pairs.items() if value not in ("", None))
    return f"?{urlencode(kept)}" if kept else ""


def look(board: BoardView, **changes: str) -> str:
    """The address of a board as it is looked at now, but for what changes; keys sorted."""
    now = {
        "view": board.view,
        "cell": board.selected.cell.id if board.selected else "",
        "zoom": board.zoom,
        "cmp": board.compare.key if board.compare else "",
        "color": board.colour.key if board.colour else "",
    } | changes
    if now["view"] == "board":
        now["view"] = ""
    pairs = sorted([*((name, value) for name, value in now.items() if value), *board.query_pairs])
    return f"?{urlencode(pairs)}"


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "plural": plural,
    "size": size,
    "percent": percent,
    "seconds": seconds,
    "ago": ago,
    "query": query,
    "look": look,
}
