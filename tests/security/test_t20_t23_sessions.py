"""T20, T23 and T24: the one-time link, what it becomes, and how long that lasts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import select
from starlette.testclient import TestClient

from app.curation import access
from app.storage.access_tables import LoginLinkRow, SessionRow, UserRow
from app.storage.database import Sessions
from app.storage.tables import now
from app.web.deps import House
from tests import web_client

COOKIE = "dartboard_session"


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    with web_client.stranger(app) as client:
        yield client


def status_of(client: TestClient) -> int:
    return client.get("/api/v1/jobs").status_code


def age_sessions(app: FastAPI, *, seen: timedelta, created: timedelta) -> None:
    house: House = app.state.house
    with house.write() as session:
        moments = {"seen_at": now() - seen, "created_at": now() - created}
        session.execute(update(SessionRow).values(moments))


def test_t20_the_link_opens_the_door_once(app: FastAPI, visitor: TestClient) -> None:
    link = {"token": web_client.link_of(app)}

    first = visitor.get("/login", params=link)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert status_of(visitor) == 200

    with web_client.stranger(app) as second:
        again = second.get("/login", params=link)
        assert again.status_code == 403
        assert "used already" in again.text
        assert status_of(second) == 401


@pytest.mark.parametrize("token", ["x", "admin", "0" * 43, "../", "'; drop table person; --", "é"])
def test_t20_no_other_word_opens_it(app: FastAPI, visitor: TestClient, token: str) -> None:
    web_client.link_of(app)
    assert visitor.get("/login", params={"token": token}).status_code == 403
    assert status_of(visitor) == 401


def test_t20_an_old_link_opens_nothing(app: FastAPI, visitor: TestClient) -> None:
    link = {"token": web_client.link_of(app)}
    house: House = app.state.house
    with house.write() as session:
        session.execute(update(LoginLinkRow).values(expires_at=now() - timedelta(seconds=1)))
    assert visitor.get("/login", params=link).status_code == 403


def test_t20_of_many_who_try_at_once_one_gets_in(own_read: Sessions, own_write: Sessions) -> None:
    with own_write() as session:
        secret = access.new_login_link(session)

    def try_it(_: int) -> str | None:
        with own_write() as session:
            return access.log_in(session, secret)

    with ThreadPoolExecutor(4) as pool:
        won = [found for found in pool.map(try_it, range(8)) if found]
    assert len(won) == 1


def test_t20_asking_for_the_head_of_a_link_does_not_use_it_up(
    app: FastAPI, visitor: TestClient
) -> None:
    link = {"token": web_client.link_of(app)}
    assert "set-cookie" not in visitor.head("/login", params=link).headers
    assert visitor.get("/login", params=link).status_code == 303


def test_t20_the_local_admin_is_made_once(write: Sessions) -> None:
    with write() as session:
        links = {access.new_login_link(session) for _ in range(3)}
        people = session.exec(select(UserRow).where(UserRow.name == "admin")).all()
    assert len(links) == 3
    assert [(person.name, person.role) for person in people] == [("admin", "admin")]


def test_t23_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    app: FastAPI, visitor: TestClient
) -> None:
    answer = visitor.get("/login", params={"token": web_client.link_of(app)})
    name, *traits = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(traits)
    assert "Secure" not in traits  # plain http, on this machine
    assert not [trait for trait in traits if trait.startswith("Domain")]


def test_t23_over_https_the_cookie_is_secure_and_bound_to_the_host(app: FastAPI) -> None:
    with TestClient(app, base_url="https://localhost", follow_redirects=False) as client:
        answer = client.get("/login", params={"token": web_client.link_of(app)})
        name, *traits = answer.headers["set-cookie"].split("; ")
        assert name.startswith(f"__Host-{COOKIE}=")
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(traits)
        assert status_of(client) == 200


def test_t23_over_https_a_cookie_without_the_prefix_is_nobodys(app: FastAPI) -> None:
    with web_client.signed_in(app) as plain:
        secret = plain.cookies[COOKIE]
    with TestClient(app, base_url="https://localhost", cookies={COOKIE: secret}) as client:
        assert status_of(client) == 401


def test_t23_a_session_from_before_the_login_is_not_taken_over(
    app: FastAPI, visitor: TestClient
) -> None:
    visitor.cookies.set(COOKIE, "planted")
    visitor.get("/login", params={"token": web_client.link_of(app)})
    with web_client.stranger(app) as attacker:
        attacker.cookies.set(COOKIE, "planted")
        assert status_of(attacker) == 401


def test_t23_a_new_login_ends_the_session_that_the_browser_had(app: FastAPI) -> None:
    with web_client.signed_in(app) as client, web_client.stranger(app) as thief:
        thief.cookies.set(COOKIE, client.cookies[COOKIE])
        assert status_of(thief) == 200
        client.get("/login", params={"token": web_client.link_of(app)})
        assert status_of(thief) == 401


def test_t23_logging_out_ends_the_session_everywhere_the_cookie_is(app: FastAPI) -> None:
    with web_client.signed_in(app) as client, web_client.stranger(app) as thief:
        thief.cookies.set(COOKIE, client.cookies[COOKIE])
        answer = client.post("/logout", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert status_of(thief) == 401
        assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("seen", "created", "status"),
    [
        (timedelta(hours=11), timedelta(hours=11), 200),
        (timedelta(hours=12, seconds=1), timedelta(hours=13), 401),
        (timedelta(0), timedelta(days=13, hours=23), 200),
        (timedelta(0), timedelta(days=14, seconds=1), 401),
    ],
    ids=["idle 11 h", "idle 12 h", "in use for 13 days", "in use for 14 days"],
)
def test_t23_a_session_ends_by_itself(
    app: FastAPI, seen: timedelta, created: timedelta, status: int
) -> None:
    with web_client.signed_in(app) as client:
        age_sessions(app, seen=seen, created=created)
        assert status_of(client) == status


def test_t23_using_a_session_keeps_it_awake(app: FastAPI) -> None:
    with web_client.signed_in(app) as client:
        for _ in range(3):
            age_sessions(app, seen=timedelta(hours=11), created=timedelta(days=3))
            assert status_of(client) == 200
        house: House = app.state.house
        with house.read() as session:
            moments = session.exec(select(SessionRow)).all()
        assert all(now() - _aware(row) < timedelta(minutes=1) for row in moments)


def test_t23_a_change_of_role_holds_from_the_next_request_on(app: FastAPI) -> None:
    with web_client.signed_in(app, "curator") as client:
        assert client.post("/api/v1/datasets/recipes/board").status_code == 202
        house: House = app.state.house
        with house.write() as session:
            session.execute(update(UserRow).values(role="viewer"))
        assert client.post("/api/v1/datasets/recipes/board").status_code == 403


@pytest.mark.parametrize(
    "word",
    [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/jobs",
        "%2f%2fevil",
    ],
)
@pytest.mark.parametrize("name", ["next", "url", "return_to", "redirect"])
def test_t24_logging_in_leads_home_and_nowhere_else(
    lasting_app: FastAPI, stranger: TestClient, name: str, word: str
) -> None:
    link = {"token": web_client.link_of(lasting_app), name: word}
    assert stranger.get("/login", params=link).headers["location"] == "/"


@pytest.mark.parametrize("path", ["//evil.test", "/\\evil.test", "//evil.test/%2e%2e", "/jobs/"])
def test_t24_no_address_redirects_elsewhere(
    admin: TestClient, stranger: TestClient, path: str, tmp_path: Path
) -> None:
    for client in (admin, stranger):
        answer = client.get(web_client.ADDRESS + path, follow_redirects=False)
        assert answer.headers.get("location", "/login") == "/login"


def _aware(row: SessionRow) -> datetime:
    return row.seen_at if row.seen_at.tzinfo else row.seen_at.replace(tzinfo=UTC)
