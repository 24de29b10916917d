"""The board in all its states as PNG files, to be looked at by people; axe looks at each too.

python -m tests.benchmarks.pictures FOLDER [stock ...]

Each file is named STOCK-VIEW-THEME-WIDTH.png. Stocks: everyday (the demo data with its reference),
alpaca (18,000 samples, where the shared data are), samples-0 to samples-200, languages, same, huge,
thin, million (needs some minutes the first time), and releases: import, pairs, verdicts, versions,
exports and rules (see release_pictures). Without names all are taken.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson
from playwright.sync_api import Browser, sync_playwright

from tests import browser
from tests.benchmarks import looking, million, release_pictures
from tests.server import ROOT as PROJECT
from tests.server import Server, serving
from tests.shared_data import ROOT as SHARED

WIDTHS = 1440, 900, 390
VIEWS = {
    "board": "", "cell": "cell={cell}", "zoom": "zoom={topic}", "colour": "color=label",
    "table": "view=table", "compare": "cmp={other}", "map": "view=map",
    "map-colour": "color=length&view=map", "report": "", "query": "status=approved",
    "version": "version=1",
}  # fmt: skip
DEMO = PROJECT / "static" / "demo"

Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Stock:
    """A data set: its samples, its reference, what of it is looked at and how wide."""

    samples: Callable[[], Rows]
    target: Callable[[], Rows] | None = None
    views: Sequence[str] = ("board",)
    widths: Sequence[int] = (1440,)


def main() -> None:
    """Take the pictures of the stocks that are named, or of all."""
    folder, wanted = Path(sys.argv[1]), sys.argv[2:] or [*STOCKS, "releases", "million"]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=browser.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        chosen = {one: STOCKS[one] for one in wanted if one in STOCKS}
        if chosen:
            with serving(Path(name)) as server:
                for slug, stock in chosen.items():
                    _fill(server, slug, stock)
                    _take(chromium, server, slug, stock, folder)
        if "releases" in wanted:
            release_pictures.take(chromium, Path(name), folder)
        if "million" in wanted:
            _take_million(chromium, Path(name), folder)


def _fill(server: Server, slug: str, stock: Stock) -> None:
    """Bring the samples in, wait for the board, freeze a version, decide about some."""
    path = f"/api/v1/datasets/{slug}"
    server.new_dataset(slug)
    if stock.target:
        server.put(f"{path}/target", content=_lines(stock.target()))
    rows = stock.samples()
    if not rows:
        return
    server.post(f"{path}/uploads", content=_lines(rows))
    server.wait_for_board(slug, seconds=looking.PATIENCE)
    server.wait_until_idle(seconds=looking.PATIENCE)
    if "compare" in stock.views:
        server.post(f"{path}/versions", json={"name": "before"})
        cell = server.get(f"{path}/board").json()["cells"][0]["id"]
        server.post(f"{path}/decisions", json={"query": f"cell={cell}", "status": "rejected"})
        server.post(f"{path}/decisions", json={"query": "topic=1,2,3,4,5", "status": "approved"})
        server.wait_until_idle(seconds=looking.PATIENCE)


def _take(chromium: Browser, server: Server, slug: str, stock: Stock, folder: Path) -> None:
    told = server.get(f"/api/v1/datasets/{slug}/board").json()
    regions, cells = told["regions"], told["cells"]
    cell = regions[0]["cells"][0] if regions else cells[0]["id"] if cells else ""
    words = {"cell": cell, "topic": cell.partition(".")[0], "other": "v1"}
    for theme in looking.THEMES:
        for width in stock.widths:
            with looking.page(chromium, server, theme, width) as page:
                for view in stock.views:
                    query = VIEWS[view].format(**words)
                    place = "report" if view == "report" else "board"
                    drawn = "" if view == "report" else "renderer=cpu&"
                    page.goto(f"{server.address}/d/{slug}/{place}?{drawn}{query}")
                    looking.wait(page)
                    name = f"{slug}-{view}-{theme}-{width}"
                    page.screenshot(path=folder / f"{name}.png")
                    looking.check(page, name)
    print(
        f"{slug}: {len(stock.views) * len(stock.widths) * len(looking.THEMES)} pictures", flush=True
    )


def _take_million(chromium: Browser, home: Path, folder: Path) -> None:
    place = home / "million"
    place.mkdir()
    shutil.copy(million.database(1_000_000), place / "dartboard.db")
    views = "board", "cell", "zoom", "colour", "table"
    with serving(place, encoder="hashing", worker=False) as server:
        _take(chromium, server, million.SLUG, Stock(list, views=views, widths=WIDTHS), folder)


def _lines(rows: Rows) -> bytes:
    return b"\n".join(orjson.dumps(row) for row in rows)


def _demo() -> Rows:
    """The demo data without the lines that are there to be rejected."""
    found: list[Mapping[str, object]] = []
    for line in (DEMO / "everyday.jsonl").read_bytes().splitlines():
        with suppress(orjson.JSONDecodeError):
            found.append(orjson.loads(line))
    return found


def _demo_target() -> Rows:
    return [orjson.loads(line) for line in (DEMO / "everyday_reference.jsonl").open("rb")]


def _alpaca() -> Rows:
    found: Rows = orjson.loads(
        (SHARED / "alpaca_original_subset" / "alpaca_subset.json").read_bytes()
    )
    return [{**row, "label": str(row["instruction"]).split()[0].lower()} for row in found]


def _alpaca_target() -> Rows:
    (path,) = (SHARED / "alpaca_cleaned").glob("*.json")
    found: Rows = orjson.loads(path.read_bytes())
    return found


def _first(count: int) -> Callable[[], Rows]:
    return lambda: list(islice(_demo(), count))


def _languages() -> Rows:
    things = [
        "Tisch",
        "Fenster",
        "Lampe",
        "Fahrrad",
        "Jacke",
        "Ofen",
        "Dach",
        "Garten",
        "Schloss",
        "Uhr",
    ]
    acts = ["repariere", "reinige", "lackiere", "verkaufe", "transportiere", "streiche"]
    places = ["in der Küche", "im Winter", "ohne Werkzeug", "für wenig Geld", "mit Kindern"]
    german = [
        {"prompt": f"Wie {act} ich {place} am besten meine {thing}?", "completion": f"{thing}: so."}
        for act in acts for thing in things for place in places
    ]  # fmt: skip
    return [*_demo(), *german]


def _same() -> Rows:
    return [{"prompt": "How do I fix a tap?", "completion": f"Like this: {n}."} for n in range(300)]


def _huge() -> Rows:
    rooms = [
        "kitchen",
        "cellar",
        "attic",
        "garage",
        "hall",
        "bathroom",
        "bedroom",
        "office",
        "porch",
        "shed",
    ]
    one = [
        {
            "prompt": f"Which bulb fits the lamp number {n} in the {rooms[n % 10]}?",
            "completion": "E27",
        }
        for n in range(600)
    ]
    return [*one, *islice(_demo(), 60)]


STOCKS: Mapping[str, Stock] = {
    "everyday": Stock(_demo, _demo_target, tuple(VIEWS), WIDTHS),
    **{f"samples-{n}": Stock(_first(n), views=("board", "table")) for n in (0, 1, 50, 199, 200)},
    "languages": Stock(_languages, views=("board", "cell")),
    "same": Stock(_same, views=("board", "cell", "table")),
    "huge": Stock(_huge, _demo_target, views=("board", "cell")),
    "thin": Stock(_first(210), _demo_target, views=("board",)),
    "alpaca": Stock(_alpaca, _alpaca_target, tuple(VIEWS), WIDTHS),
}


if __name__ == "__main__":
    main()
