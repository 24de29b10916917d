"""From a locked server to a team: set-up, an invitation, passwords, sessions, a token.

One `dartboard serve` on every address of the machine, as on a server; three browsers.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cli.test_serving import command
from tests.server import TLS

pytestmark = pytest.mark.browser

LINK = re.compile(r"Open (http://127\.0\.0\.1:\d+)(/setup\?token=[\w-]{43})\n")
FIRST, SECOND, THIRD = "seven grey herons", "eight blue lanterns", "nine small boats"


@dataclass(frozen=True)
class Started:
    """A server that nobody has set up yet."""

    address: str
    link: str
    folder: Path


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("locked") / "data"
    wish = command(
        "serve", "--host", "0.0.0.0", "--port", "0", "--no-browser", "--no-worker",
        "--data-dir", str(folder),
    )  # fmt: skip
    log = folder.with_suffix(".log").open("w")
    with log, subprocess.Popen(**wish, stdout=subprocess.PIPE, stderr=log) as process:
        try:
            assert process.stdout is not None
            found = LINK.fullmatch(process.stdout.readline())
            assert found, folder.with_suffix(".log").read_text()
            yield Started(found[1], found[1] + found[2], folder)
        finally:
            process.terminate()
            process.wait(60)


def test_a_locked_server_becomes_a_teams_own(started: Started, chrome: Browser) -> None:
    with ExitStack() as stack:
        mia, noa, elsewhere = (
            stack.enter_context(chrome.new_context(base_url=started.address)).new_page()
            for _ in range(3)
        )
        nobody_comes_in(started, elsewhere)
        become_the_first_admin(started, mia)
        join(noa, invitation_into_a_data_set(mia))
        come_and_go(noa)
        log_in(elsewhere, "Noa", SECOND)
        a_new_password_logs_out_elsewhere(noa, elsewhere)
        sessions_are_ended_one_by_one_and_all(noa, elsewhere)
        a_token_is_shown_once_works_and_is_revoked(started, noa)
        who_is_removed_is_out(mia, noa)


def nobody_comes_in(started: Started, page: Page) -> None:
    page.goto("/d/recipes/board")
    expect(page).to_have_url(f"{started.address}/setup")
    fill_in(page, token="0" * 43, name="eve", password=FIRST)
    page.get_by_role("button", name="Become the first admin").click()
    expect(page.get_by_role("alert")).to_contain_text("not the set-up token")
    assert status(f"{started.address}/api/v1/datasets") == 401


def become_the_first_admin(started: Started, page: Page) -> None:
    assert (started.folder / "setup-token").read_text().strip() in started.link
    page.goto(started.link)
    fill_in(page, name="Mia", password=FIRST)
    page.get_by_role("button", name="Become the first admin").click()
    expect(page).to_have_url(f"{started.address}/")
    assert not (started.folder / "setup-token").exists()
    fill_in(page, name="Soups")
    page.get_by_role("button", name="Create, then import").click()
    expect(page).to_have_url(f"{started.address}/d/soups/import")


def invitation_into_a_data_set(page: Page) -> str:
    page.goto("/settings/users")
    fill_in(page, note="the new one")
    page.select_option("#dataset", "soups")
    page.select_option("#dataset_role", "reviewer")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("code.secret").inner_text()
    page.goto("/settings/users")
    expect(page.get_by_role("heading", name="Invited")).to_be_visible()
    assert link not in page.content()
    return link


def join(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.locator("main")).to_contain_text("As reviewer of the data set soups")
    fill_in(page, name="Noa", password=SECOND)
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("link", name="Soups").click()
    expect(page).to_have_url(re.compile("/d/soups/board"))
    refused = page.goto("/settings/users")
    assert refused is not None
    assert refused.status == 403
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("used already")


def come_and_go(page: Page) -> None:
    page.goto("/settings/me")
    page.get_by_role("button", name="Log out Noa").click()
    expect(page).to_have_url(re.compile("/login$"))
    fill_in(page, name="Noa", password=FIRST)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("name or the password is wrong")
    log_in(page, "noa", SECOND)


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/login")
    fill_in(page, name=name, password=password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Soups")).to_be_visible()


def a_new_password_logs_out_elsewhere(page: Page, elsewhere: Page) -> None:
    page.goto("/settings/me")
    fill_in(page, old=SECOND, new=THIRD)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed")
    is_out(elsewhere)


def sessions_are_ended_one_by_one_and_all(page: Page, elsewhere: Page) -> None:
    for button in ("Log out", "Log out everywhere else"):
        log_in(elsewhere, "Noa", THIRD)
        page.goto("/settings/me")
        expect(page.locator("table.sessions tbody tr")).to_have_count(2)
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("those browsers are logged out")
        expect(page.locator("table.sessions tbody tr")).to_have_count(1)
        is_out(elsewhere)


def a_token_is_shown_once_works_and_is_revoked(started: Started, page: Page) -> None:
    page.goto("/settings/tokens")
    fill_in(page, name="nightly")
    page.select_option("#dataset", "soups")
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("code.secret").inner_text()
    page.goto("/settings/tokens")
    assert token not in page.content()
    bearer = {"Authorization": f"Bearer {token}"}
    asked = f"{started.address}/api/v1/datasets/soups"
    assert status(asked, **bearer) == 200
    assert status(f"{asked}/undo", "POST", **bearer) == 403
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("main")).to_contain_text("revoked")
    assert status(asked, **bearer) == 401


def who_is_removed_is_out(admin: Page, page: Page) -> None:
    admin.goto("/settings/users")
    admin.get_by_role("button", name="Remove Noa").click()
    expect(admin.get_by_role("button", name="Bring Noa back")).to_be_visible()
    is_out(page)


def is_out(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))


def status(address: str, method: str = "GET", **headers: str) -> int:
    with httpx.Client(headers=headers, verify=TLS, timeout=120) as program:
        return program.request(method, address).status_code


def fill_in(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"#{name}", value)
