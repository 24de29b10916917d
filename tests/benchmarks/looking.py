"""A browser that looks at pages of a running server, for people and for axe."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.server import Server

THEMES = "light", "dark"
PATIENCE = 900  # seconds until a board is drawn


def check(page: Page, name: str) -> None:
    """Print what a screen reader or a small window would stumble over."""
    found = Axe().run(page).response["violations"]
    for rule in found:
        if rule["impact"] in ("serious", "critical"):
            print(f"{name}: {rule['id']}: {rule['nodes'][0]['html'][:160]}", flush=True)
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        print(f"{name}: wider than the window", flush=True)


@contextmanager
def page(chromium: Browser, server: Server, theme: str, width: int) -> Iterator[Page]:
    height = 900 if width > 500 else 844
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,  # type: ignore[arg-type]
    )
    found = context.new_page()
    found.goto(server.login_link())
    yield found
    context.close()


def wait(page: Page) -> None:
    """Until no job runs any more on this page and every dart that is to be drawn is."""
    deadline = time.monotonic() + PATIENCE
    while page.locator("[data-reload-when-done]").count() and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    if page.locator("#stage:visible").count():
        page.wait_for_selector("#stage[data-whole]", state="attached")
        page.wait_for_timeout(300)
        while page.locator("#darts-progress:visible").count() and time.monotonic() < deadline:
            page.wait_for_timeout(200)
    page.wait_for_timeout(300)
