"""What a screen reader or a keyboard would stumble over on a page, as axe sees it."""

from collections.abc import Sequence
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

THEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")


def serious(page: Page) -> list[str]:
    """Violations that are serious or worse: the rule, and the first element that breaks it."""
    # Else it tells each element that breaks nothing too: a megabyte, and half of the time.
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


def serious_in_each_theme(page: Page) -> list[str]:
    """The same in the light and in the dark; the page is light again afterwards."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        # Colours that are on their way to the other theme are in neither.
        page.wait_for_function(
            "() => !document.getAnimations().some((it) => it instanceof CSSTransition)"
        )
        found += [f"{theme}: {it}" for it in serious(page)]
    page.emulate_media(color_scheme="light")
    return found
