"""One real server a database and module, one browser for all."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import browser as chromium
from tests.browser import STRICT
from tests.conftest import DATABASES, new_address
from tests.server import Server, serving

# Without the background flags Chromium asks its maker's hosts for updates at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module", params=DATABASES)
def any_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Web and worker over a new database of each kind, with the real encoder."""
    folder = tmp_path_factory.mktemp("server")
    address = new_address(request.param, request, folder)
    with serving(folder, database=address) as running:
        yield running


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """A real Chromium; where there is none the test is skipped, and fails when CI asks."""
    path = chromium.find()
    if path is None:
        (pytest.fail if STRICT else pytest.skip)("there is no Chromium here")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield found
        found.close()
