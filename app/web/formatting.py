"""How templates write numbers, sizes and times. Formatting only; deciding is not done here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.curation.board_views import BoardView

# In this order: each also says that it is the ones below.
_BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
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
    passed = (datetime.now(UTC) - moment).total_seconds()
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{passed // _MINUTE:.0f} min ago"
    if passed < _DAY:
        return f"{passed // _HOUR:.0f} h ago"
    return f"{passed // _DAY:.0f} d ago"


def day(moment: datetime) -> str:
    """2026-11-30, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def device(agent: str) -> str:
    """A browser's long name as a person says it: "Firefox on Linux"; the beginning of others."""
    name = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((system for system in _SYSTEMS if system in agent), "")
    if not name:
        return agent[:60] or "unknown"
    return f"{name} on {'a Mac' if system == 'Macintosh' else system}" if system else name


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


def unfiltered(board: BoardView) -> str:
    """The same address without the query."""
    return look(replace(board, query_pairs=()))


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "plural": plural,
    "size": size,
    "percent": percent,
    "seconds": seconds,
    "ago": ago,
    "day": day,
    "device": device,
    "query": query,
    "look": look,
    "unfiltered": unfiltered,
}
