"""T25: logging in by an OpenID provider, and all the ways to come in as somebody else.

The provider is a real one that speaks HTTP on this machine; the browser is a client that follows
its redirects by hand.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app.curation import access
from app.settings import Settings
from app.storage import people
from app.storage.access_tables import UserRow
from app.storage.database import Sessions, connect
from app.web import oidc
from app.web.app import create_app
from app.web.deps import House
from tests import web_client
from tests.server import TLS, free_port


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider with three accounts, in a process of its own."""
    accounts = [
        account("mia-1", "mia", "mia@team.example", verified=True),
        account("eve-1", "boss", "boss@team.example", verified=False),
        account("out-1", "out", "out@elsewhere.example", verified=True),
    ]
    port = free_port()
    shell = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    shell += [word for one in accounts for word in ("--user-claims", json.dumps(one))]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(shell, **quiet) as process:  # type: ignore[call-overload]
        address = f"http://localhost:{port}"
        wait_for(process, address)
        yield address
        process.terminate()


def wait_for(process: "subprocess.Popen[bytes]", address: str) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{address}/.well-known/openid-configuration", verify=TLS, timeout=120)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the provider ended at its start")


def account(sub: str, name: str, email: str, *, verified: bool) -> dict[str, Any]:
    return {"sub": sub, "preferred_username": name, "email": email, "email_verified": verified}


@pytest.fixture
def app(write: Sessions, issuer: str, tmp_path: Path) -> FastAPI:
    return make_app(write, issuer, tmp_path)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Engine]:
    """One database is enough here: what is asked of it is asked on both elsewhere."""
    engine = connect(f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('oidc'))}")
    yield engine
    engine.dispose()


def make_app(write: Sessions, issuer: str, folder: Path) -> FastAPI:
    (folder / "secret").write_text("our own secret\n")
    with write() as session:
        if people.find(session, "boss") is None:
            boss = UserRow(name="boss", role="admin", email="boss@team.example")
            people.add(session, boss)
    settings = Settings(
        data_dir=folder,
        oidc_issuer=issuer,
        oidc_client_id="dartboard",
        oidc_client_secret_file=folder / "secret",
        oidc_name="the provider",
        oidc_email_domains=["team.example"],
    )
    return create_app(settings, write, write)


def go_there(client: TestClient) -> str:
    """The provider's page to which Dartboard sends the browser."""
    answer = client.get("/oidc", follow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def log_in_there(page: str, sub: str) -> str:
    """Log in at the provider; the address, on our side, to which it sends the browser back."""
    answer = httpx.post(page, data={"sub": sub}, verify=TLS, timeout=120)
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def come_in(client: TestClient, sub: str) -> Any:
    return client.get(log_in_there(go_there(client), sub), follow_redirects=False)


def persons(app: FastAPI) -> list[UserRow]:
    house: House = app.state.house
    with house.read() as session:
        return list(session.exec(select(UserRow).order_by(UserRow.id)))  # type: ignore[arg-type]


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    with web_client.stranger(app) as client:
        yield client


def test_t25_pkce_state_and_nonce_go_along(browser: TestClient, issuer: str) -> None:
    page = go_there(browser)
    asked = parse_qs(urlsplit(page).query)
    assert page.startswith(issuer)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["redirect_uri"] == ["http://localhost/oidc/callback"]


def test_t25_a_newcomer_with_a_verified_address_comes_in_and_may_do_nothing(
    app: FastAPI, browser: TestClient
) -> None:
    assert come_in(browser, "mia-1").headers["location"] == "/"
    mia = persons(app)[-1]
    assert (mia.name, mia.role, mia.email, mia.subject) == ("mia", "", "mia@team.example", "mia-1")
    assert browser.get("/api/v1/datasets").json()["items"] == []
    assert browser.get("/d/recipes/board").status_code == 404
    assert browser.post("/datasets", headers=web_client.BROWSER).status_code == 403


def test_t25_the_second_time_it_is_the_same_person(app: FastAPI, browser: TestClient) -> None:
    come_in(browser, "mia-1")
    with web_client.stranger(app) as other:
        come_in(other, "mia-1")
        assert other.get("/api/v1/jobs").status_code == 200
    assert [person.name for person in persons(app)].count("mia") == 1


@pytest.mark.parametrize("sub", ["eve-1", "out-1"], ids=["not verified", "another domain"])
def test_t25_who_has_no_verified_address_of_ours_stays_out(
    app: FastAPI, browser: TestClient, sub: str
) -> None:
    before = len(persons(app))
    answer = come_in(browser, sub)
    assert answer.status_code == 403
    assert "Nobody here is linked" in answer.text
    assert len(persons(app)) == before
    assert browser.get("/api/v1/jobs").status_code == 401


def test_t25_neither_name_nor_address_makes_anybody_somebody_else(
    app: FastAPI, browser: TestClient, write: Sessions
) -> None:
    # eve-1 calls herself boss, with the boss's address; another mia is here already.
    with write() as session:
        people.add(session, UserRow(name="Mia", role="admin", email="mia@team.example"))
    come_in(browser, "eve-1")
    come_in(browser, "mia-1")
    found = {person.name: (person.role, person.subject) for person in persons(app)}
    assert found["boss"] == ("admin", None)
    assert found["Mia"] == ("admin", None)
    assert found["mia.2"] == ("", "mia-1")


def test_t25_a_state_works_once(browser: TestClient) -> None:
    back = log_in_there(go_there(browser), "mia-1")
    assert browser.get(back).status_code == 303
    browser.cookies.delete("dartboard_session")
    assert browser.get(back).status_code == 403
    assert browser.get("/api/v1/jobs").status_code == 401


def test_t25_the_state_of_another_browser_is_not_taken(app: FastAPI, browser: TestClient) -> None:
    # The attacker logs in and gives the victim the way back, to log them in as the attacker.
    back = log_in_there(go_there(browser), "mia-1")
    with web_client.stranger(app) as victim:
        assert victim.get(back).status_code == 403
        go_there(victim)  # on a way of their own
        assert victim.get(back).status_code == 403
        assert victim.get("/api/v1/jobs").status_code == 401


@pytest.mark.parametrize("back", ["", "?state=x", "?code=x", "?code=x&state=y", "?error=denied"])
def test_t25_a_way_back_that_nobody_went_leads_nowhere(browser: TestClient, back: str) -> None:
    assert browser.get(f"/oidc/callback{back}").status_code == 403
    go_there(browser)
    assert browser.get(f"/oidc/callback{back}").status_code == 403


def test_t25_a_provider_that_says_it_is_another_is_not_believed(
    write: Sessions, issuer: str, tmp_path: Path
) -> None:
    # The same server under another name: its tokens say localhost.
    app = make_app(write, issuer.replace("localhost", "127.0.0.1"), tmp_path)
    provider = app.state.house.provider
    assert isinstance(provider, oidc.Provider)
    object.__setattr__(provider, "issuer", "http://127.0.0.1:1")
    with web_client.stranger(app) as client:
        assert come_in(client, "mia-1").status_code == 403
        assert client.get("/api/v1/jobs").status_code == 401


def test_t25_another_site_cannot_send_its_visitor_there(browser: TestClient) -> None:
    answer = browser.get("/oidc", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_t25_who_is_logged_in_links_the_account_and_comes_in_by_it(
    app: FastAPI, browser: TestClient, write: Sessions
) -> None:
    with write() as session:
        browser.get("/login", params={"token": link_of(session, "boss")})
    # An account whose address nobody verified will do: the person themselves links it.
    assert come_in(browser, "eve-1").headers["location"] == "/settings/me?done=linked"
    with web_client.stranger(app) as other:
        assert come_in(other, "eve-1").headers["location"] == "/"
        assert "boss" in other.get("/settings/me").text


def test_t25_an_account_is_linked_with_one_person(
    app: FastAPI, browser: TestClient, write: Sessions
) -> None:
    come_in(browser, "mia-1")
    with web_client.stranger(app) as other, write() as session:
        other.get("/login", params={"token": link_of(session, "boss")})
    with web_client.stranger(app) as other:
        with write() as session:
            link = link_of(session, "boss")
        other.get("/login", params={"token": link})
        assert come_in(other, "mia-1").status_code == 409


def test_t25_who_has_left_does_not_come_back_by_the_provider(
    app: FastAPI, browser: TestClient, write: Sessions
) -> None:
    come_in(browser, "mia-1")
    with write() as session:
        mia = people.find(session, "mia")
        assert mia is not None
        people.note_left(session, mia.id, mia.created_at)
    assert browser.get("/api/v1/jobs").status_code == 401
    assert come_in(browser, "mia-1").status_code == 403


@pytest.mark.parametrize("issuer", ["http://login.example", "ftp://login.example", "login.example"])
def test_t25_a_provider_without_https_is_refused_at_the_start(issuer: str) -> None:
    with pytest.raises(oidc.ProviderError):
        oidc.provider("x", issuer, ("id", "secret"), [])


def test_t25_without_a_provider_there_is_no_such_way(stranger: TestClient) -> None:
    assert stranger.get("/oidc").status_code == 404
    assert stranger.get("/oidc/callback").status_code == 404


def link_of(session: Session, name: str) -> str:
    person = people.find(session, name)
    assert person is not None
    return access.link_for(session, person.id)
