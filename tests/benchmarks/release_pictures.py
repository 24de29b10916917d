"""Import, pairs, verdicts, versions, exports and rules as PNG files, made by walking them.

python -m tests.benchmarks.pictures FOLDER releases

A person imports published preference pairs and KTO verdicts by the wizard, edits both answers of a
pair, freezes, changes the data in every way that a version notices, freezes again and exports.
"""

import re
from pathlib import Path

import orjson
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks import looking
from tests.server import Server, serving
from tests.shared_data import ROOT as SHARED

WIDTHS = 1440, 390
PAIRS, VERDICTS = "dpo_en_demo.json", "kto_en_demo.json"
WRITTEN = "A chosen answer that a person wrote."
OTHER = "A rejected answer that a person wrote."


def take(chromium: Browser, home: Path, folder: Path) -> None:
    """Walk once, then take every page that was passed in both themes and widths."""
    place = home / "releases"
    place.mkdir()
    with serving(place, encoder="hashing") as server:
        with looking.page(chromium, server, "light", 1440) as page:
            views = _walk(page, server)
        for theme in looking.THEMES:
            for width in WIDTHS:
                with looking.page(chromium, server, theme, width) as page:
                    for name, address in views.items():
                        page.goto(server.address + address)
                        page.wait_for_load_state("networkidle")
                        looking.wait(page)
                        told = f"releases-{name}-{theme}-{width}"
                        page.screenshot(path=folder / f"{told}.png", full_page=True)
                        looking.check(page, told)
    print(f"releases: {len(views) * len(WIDTHS) * len(looking.THEMES)} pictures", flush=True)


def _walk(page: Page, server: Server) -> dict[str, str]:
    """Do everything once; the addresses of what is to be looked at."""
    steps = _bring_in(page, server, "pairs", PAIRS)
    _bring_in(page, server, "verdicts", VERDICTS)
    pair = _edit_a_pair(page, server)
    _freeze(page, server, "before")
    _change(page, server)
    _freeze(page, server, "after")
    export = _export(page, server, "pairs", "trl-preference")
    _export(page, server, "verdicts", "trl-kto")
    begun = _begin(page, server, "pairs", VERDICTS)  # a second file that is not imported yet
    return {
        "import": "/d/pairs/import", "fields": f"{begun}/fields", "check": f"{begun}/check",
        "map": f"{begun}/map", "imported": steps, "pair": "/d/pairs/review",
        "pair-edit": f"{pair}/edit", "verdict": "/d/verdicts/review",
        "diff": "/d/pairs/history?compare=v1...v2", "versions": "/d/verdicts/history",
        "version": "/d/pairs@v2", "export": "/d/pairs/export?format=trl-preference&preview=1",
        "export-refused": "/d/pairs/export?format=openai-chat&preview=1", "exported": export,
        "rules": "/rules",
    }  # fmt: skip


def _begin(page: Page, server: Server, slug: str, file: str) -> str:
    """Choose a file and wait until it is checked; the address of the upload."""
    page.goto(f"{server.address}/d/{slug}/import")
    page.wait_for_load_state()
    page.locator("input[type=file]").first.set_input_files(SHARED / "llamafactory_demo" / file)
    page.wait_for_url("**/uploads/*/check")
    return "/" + page.url.removeprefix(server.address).strip("/").removesuffix("/check")


def _bring_in(page: Page, server: Server, slug: str, file: str) -> str:
    server.new_dataset(slug)
    begun = _begin(page, server, slug, file)
    page.get_by_role("button", name=re.compile("Import .* samples")).click()
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    server.wait_until_idle()
    server.wait_for_board(slug)
    return begun


def _edit_a_pair(page: Page, server: Server) -> str:
    """Write both answers of the first pair anew and approve it; its address."""
    page.goto(f"{server.address}/d/pairs/review")
    card = page.url
    page.goto(f"{server.address}/d/pairs/samples")
    page.locator("a[href*='/d/pairs/s/']").first.click()
    page.wait_for_url("**/s/*")
    address = "/" + page.url.removeprefix(server.address).partition("?")[0].strip("/")
    page.goto(f"{server.address}{address}/edit")
    texts = page.locator("textarea[name=content]")
    texts.nth(texts.count() - 2).fill(WRITTEN)
    texts.nth(texts.count() - 1).fill(OTHER)
    page.get_by_role("button", name="Save and approve").click()
    page.wait_for_url(re.compile(r"/s/\d+(\?|$)|/samples"))
    told = server.get(f"/api/v1/samples/{address.rsplit('/', 1)[1]}").json()
    assert told["messages"][-1]["content"] == WRITTEN, told
    assert told["rejected"][-1]["content"] == OTHER, told
    assert card
    return address


def _freeze(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.address}/d/pairs/history")
    page.get_by_text("Freeze the samples as they are now").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Only").fill("status=pending,approved")
    page.get_by_role("button", name="Freeze").click()
    page.wait_for_load_state()
    expect(page.get_by_text(name).first).to_be_visible()


def _change(page: Page, server: Server) -> None:
    """Add, edit, take out and decide: whatever a comparison of versions tells."""
    api = "/api/v1/datasets/pairs"
    listed = server.get(f"{api}/samples", params={"limit": "60"}).json()["items"]
    ids = [item["id"] for item in listed]
    for act, part in (("approved", ids[:30]), ("rejected", ids[30:35]), ("deleted", ids[35:40])):
        wish = {"delete": True} if act == "deleted" else {"status": act}
        server.post(f"{api}/decisions", json={"ids": part, **wish}).raise_for_status()
    pair = {"prompt": "How long do I boil an egg?", "chosen": "Seven minutes.", "rejected": "No."}
    page.goto(f"{server.address}/d/pairs/import")
    page.get_by_label("Or paste some records").fill(orjson.dumps(pair).decode())
    page.get_by_role("button", name="Look at the text").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name=re.compile("Import 1 sample")).click()
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    page.goto(f"{server.address}/d/pairs/s/{ids[1]}/edit")
    page.locator("textarea[name=content]").last.fill(OTHER + " Again.")
    page.get_by_role("button", name="Save", exact=False).last.click()
    page.wait_for_load_state()
    server.wait_until_idle()


def _export(page: Page, server: Server, slug: str, form: str) -> str:
    if slug == "verdicts":
        wish = {"query": "", "status": "approved"}
        server.post(f"/api/v1/datasets/{slug}/decisions", json=wish).raise_for_status()
        server.wait_until_idle()
    page.goto(f"{server.address}/d/{slug}/export?format={form}")
    page.get_by_role("button", name=re.compile("^Export")).last.click()
    page.wait_for_url("**/exports/*")
    expect(page.get_by_role("link", name="train.jsonl").first).to_be_visible(timeout=30_000)
    return page.url.removeprefix(server.address)
