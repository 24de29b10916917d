"""Sixty real samples reviewed by somebody who knows only the keys that are printed on the page.

Rows 1,000 to 1,059 of the cleaned Alpaca file, as they were judged by one person who read each in
full: `sixty_cards.csv` holds their judgements, and no text of the data. A real browser presses the
keys; which key does what is read from the page, where people read it. Fails if afterwards the
database does not hold exactly what was pressed.

    python -m tests.benchmarks.bench_sixty_cards [FOLDER]

With a folder it also takes pictures of a card at each kind of step, in both themes.
"""

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import orjson
from playwright.sync_api import Locator, Page, sync_playwright

from tests import browser, shared_data
from tests.server import Server, serving

TABLE = Path(__file__).with_name("sixty_cards.csv")
FILE = "alpaca_cleaned/alpaca_data_cleaned_rows_2000_4999.json"
SLUG = "sixty"
LABELS = "explain", "write", "answer", "rework"
STATUSES = {
    "approve": "approved",
    "edit": "approved",
    "reject": "rejected",
    "needs_work": "needs_work",
}
CAPS = {
    "⇧": "Shift+", "Ctrl": "Control+", "Esc": "Escape", "↵": "Enter", "Space": " ", " ": "",
}  # fmt: skip
WINDOW = {"width": 1440, "height": 900}
SHOWN = """before => {
  const title = document.querySelector("#main [data-card] h1, #main .nothing h1");
  return title && title.innerText !== before;
}"""
Row = dict[str, str]


@dataclass
class Sitting:
    """One person before the queue, and how long they waited for what."""

    page: Page
    pictures: Path | None
    waits: dict[str, list[float]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def key_of(self, act: str) -> str:
        """The key that is printed on the control of an act; what is not seen cannot be known."""
        caps = self.page.locator(f"#main [data-act='{act}'] kbd, #main [data-act='{act}'] + kbd")
        if act in ("undo", "redo"):
            caps = self.page.locator(f"#main [data-press='{act}'] kbd")
        if act == "better":  # beside the stars: down, up
            caps = self.page.locator("#main .rating > kbd + kbd")
        return _key(caps)

    def press(self, act: str) -> None:
        """Press what is printed there."""
        self.page.keyboard.press(self.key_of(act))

    def go_on(self, what: str, key: str) -> None:
        """Press a key and wait for another card, or for the end of the queue."""
        before = self.page.inner_text("h1")
        began = time.perf_counter()
        self.page.keyboard.press(key)
        self.page.wait_for_function(SHOWN, arg=before)
        self.waits.setdefault(what, []).append(1_000 * (time.perf_counter() - began))

    def picture(self, name: str) -> None:
        """What the page looks like at this kind of step, once in each theme."""
        if self.pictures is None or name in self.taken:
            return
        self.taken.add(name)
        themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for theme in themes:
            self.page.emulate_media(color_scheme=theme)
            self.page.wait_for_timeout(400)  # colours change slowly
            self.page.screenshot(path=self.pictures / f"{name}-{theme}.png")
        self.page.emulate_media(color_scheme="light")


def main() -> None:
    """Hold the sitting and say how it went."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    rows, table = _rows(), _table()
    with _ready(rows) as (server, page):
        sitting = Sitting(page, folder)
        began = time.perf_counter()
        page.goto(f"{server.address}/d/{SLUG}/review")
        page.wait_for_selector("[data-card]")
        for row in table:
            _review(sitting, row)
        page.wait_for_selector(".nothing")
        seconds = time.perf_counter() - began
        sitting.picture("end")
        _check(server, rows, table)
    _tell(sitting, rows, table, seconds)


def _rows() -> list[dict[str, str]]:
    told = orjson.loads((shared_data.ROOT / FILE).read_bytes())
    found: list[dict[str, str]] = told[1_000:1_060]
    return found


def _table() -> list[Row]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@contextmanager
def _ready(rows: list[dict[str, str]]) -> Iterator[tuple[Server, Page]]:
    """A server with the sixty on their board, and a browser in which somebody is logged in."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as server:
        path = f"/api/v1/datasets/{SLUG}"
        server.new_dataset(SLUG)
        labels = [{"name": it, "key": str(at), "hue": at} for at, it in enumerate(LABELS, 1)]
        server.put(f"{path}/labels", json={"version": 0, "labels": labels}).raise_for_status()
        server.post(f"{path}/uploads", content=b"\n".join(map(orjson.dumps, rows)))
        server.wait_for_board(SLUG)
        server.wait_until_idle()
        with sync_playwright() as play:
            found = play.chromium.launch(
                executable_path=browser.find(), args=["--no-sandbox", "--disable-gpu"]
            )
            page = found.new_context(viewport=WINDOW).new_page()  # type: ignore[arg-type]
            page.goto(server.login_link())
            yield server, page
            found.close()


def _review(sitting: Sitting, row: Row) -> None:
    """One card: label, quality, flag, note, and the decision that brings the next one."""
    sitting.picture("card")
    sitting.press(f"label-{LABELS.index(row['label']) + 1}")
    for _ in range(int(row["quality"] or 0)):
        sitting.press("better")
    if row["flag"]:
        sitting.press("flag")
        sitting.picture("flagged")
    if row["slip"] == "wrong key":
        sitting.go_on("decision", sitting.key_of("reject"))
        sitting.go_on("undo", sitting.key_of("undo"))
        sitting.picture("undone")
    DECIDE[row["decision"]](sitting, row)
    if row["slip"] == "undone and done again":
        sitting.go_on("undo", sitting.key_of("undo"))
        sitting.press("redo")
        page = sitting.page
        page.wait_for_selector("#main [data-saved]:has-text('Done again')")
        sitting.picture("done again")
        sitting.go_on("next", sitting.key_of("skip"))


def _approve(sitting: Sitting, _: Row) -> None:
    sitting.go_on("decision", sitting.key_of("approve"))


def _reject(sitting: Sitting, row: Row) -> None:
    """With a reason."""
    field = _write(sitting, "reason", row["words"])
    sitting.picture("reason")
    sitting.go_on("decision", _key(field.locator(".hint kbd").first))


def _need_work(sitting: Sitting, row: Row) -> None:
    """With a reason, or without one and a note beside it."""
    if row["at"] == "note":
        field = _write(sitting, "note", row["words"])
        sitting.picture("note")
        sitting.page.keyboard.press(_key(field.locator(".hint kbd").first))
        sitting.go_on("decision", sitting.key_of("needs_work"))
        return
    field = _write(sitting, "reason", row["words"])
    sitting.go_on("decision", _key(field.locator(".hint kbd").nth(1)))


def _write(sitting: Sitting, act: str, words: str) -> Locator:
    """Open a field by the key in it and write there."""
    sitting.press(act)
    sitting.page.wait_for_function("act => document.activeElement.dataset.act === act", arg=act)
    sitting.page.keyboard.type(words)
    return sitting.page.locator(f"#main .typed:has([data-act='{act}'])")


def _edit(sitting: Sitting, row: Row) -> None:
    """Change the answer near its beginning or its end, look at the words that change, save."""
    page, at = sitting.page, int(row["at"])
    began = time.perf_counter()
    page.keyboard.press(sitting.key_of("edit"))
    page.wait_for_selector("#edit")
    sitting.waits.setdefault("to the form", []).append(1_000 * (time.perf_counter() - began))
    page.keyboard.press("Control+Home" if at > 0 else "Control+End")
    for _ in range(abs(at)):
        page.keyboard.press("ArrowRight" if at > 0 else "Backspace")
    page.keyboard.type(row["words"])
    page.wait_for_selector("#changes ins")
    sitting.picture("edit")
    sitting.go_on("saved edit", sitting.key_of("save-approve"))


DECIDE = {"approve": _approve, "reject": _reject, "needs_work": _need_work, "edit": _edit}


def _key(caps: Locator) -> str:
    """The key whose caps are printed there, as a keyboard knows it."""
    shown = [it for it in caps.all() if it.is_visible()]
    assert shown, f"no key is printed: {caps}"
    key = shown[0].inner_text()
    for cap, name in CAPS.items():
        key = key.replace(cap, name) if key != " " else key
    return key


def _check(server: Server, rows: list[dict[str, str]], table: list[Row]) -> None:
    """The database holds what was pressed: each sample, its words, its remarks, nothing else."""
    items = server.get(f"/api/v1/datasets/{SLUG}/samples?limit=200").json()["items"]
    assert len(items) == len(table) == len(rows)
    for item, row, said in zip(items, table, rows, strict=True):
        found = server.get(f"/api/v1/samples/{item['id']}").json()
        history = server.get(f"/api/v1/samples/{item['id']}/history").json()["items"]
        remarks = [
            it["body"][name]
            for it in history
            for name in ("reason", "note")
            if it["body"].get(name)
        ]
        held = {
            "status": found["status"], "labels": found["labels"], "quality": found["quality"],
            "flagged": found["flagged"], "answer": found["messages"][-1]["content"],
            "remarks": remarks, "undone": sum(it["kind"] == "undone" for it in history),
        }  # fmt: skip
        assert held == _pressed(row, said), f"row {row['row']}: {held}"


def _pressed(row: Row, said: dict[str, str]) -> dict[str, Any]:
    """What a row of the table comes to."""
    answer = said["output"]
    if row["decision"] == "edit":
        at = int(row["at"])
        place = at if at > 0 else len(answer)
        answer = (answer[:at] if at < 0 else answer[:place]) + row["words"] + answer[place:]
    remarks = [row["words"]] if row["decision"] in ("reject", "needs_work") else []
    return {
        "status": STATUSES[row["decision"]], "labels": [row["label"]],
        "quality": int(row["quality"] or 0), "flagged": bool(row["flag"]), "answer": answer,
        "remarks": remarks, "undone": int(bool(row["slip"])),
    }  # fmt: skip


def _tell(sitting: Sitting, rows: list[dict[str, str]], table: list[Row], seconds: float) -> None:
    words = sum(len(" ".join(row.values()).split()) for row in rows)
    counts = Counter(row["decision"] for row in table)
    print(f"{len(table)} cards, {words:,} words, all as pressed: {dict(counts)}, "
          f"{sum(bool(row['slip']) for row in table)} slips")  # fmt: skip
    for what, waits in sitting.waits.items():
        middle, late = np.percentile(waits, [50, 95])
        told = f"median {middle:.0f} ms, p95 {late:.0f}, most {max(waits):.0f}"
        print(f"{what:12} {len(waits):3}: {told}")
    print(f"from the first card to the last: {seconds:.0f} s of machine time, typing included")


if __name__ == "__main__":
    main()
