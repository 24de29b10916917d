"""T26: an API token that leaks, is guessed, or outlives its purpose."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text, update
from sqlmodel import Session, SQLModel, select
from starlette.testclient import TestClient

from app.curation import access, token_page
from app.errors import InvalidError, NotFoundError
from app.storage.access_tables import TokenRow
from app.storage.database import Sessions
from app.storage.tables import now
from app.web.deps import House
from tests import web_client

JOBS = "/api/v1/jobs"


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    with web_client.stranger(app) as client:
        yield client


@pytest.fixture
def token(write: Sessions) -> str:
    with write() as session:
        return access.new_token(session, "nightly", "viewer")


@pytest.fixture(scope="session")
def known_token(lasting_app: FastAPI) -> str:
    """A token of the lasting app: what is refused needs no database of its own."""
    house: House = lasting_app.state.house
    with house.write() as session:
        return access.new_token(session, "lasting", "viewer")


def ask(client: TestClient, header: str) -> int:
    return client.get(JOBS, headers={"Authorization": header}).status_code


def test_t26_a_token_has_an_id_and_256_random_bits(write: Sessions) -> None:
    with write() as session:
        given = {access.new_token(session, "nightly", "viewer") for _ in range(20)}
    assert len(given) == 20
    assert all(re.fullmatch(r"dbt_[0-9a-f]{12}_[\w-]{43}", token) for token in given)


def test_t26_the_token_opens_the_api(visitor: TestClient, token: str) -> None:
    assert ask(visitor, f"Bearer {token}") == 200
    assert ask(visitor, f"bearer {token}") == 200  # schemes have no case


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token.upper(),
        lambda token: token.replace("dbt_", "dbx_"),
        lambda token: token.removeprefix("dbt_"),
        lambda token: "dbt_" + token.split("_", 2)[2],
        lambda token: "dbt__" + token.split("_", 2)[2],
        lambda token: f"dbt_{token.split('_')[1]}_",
        lambda _: "dbt_000000000000_" + "A" * 43,
        lambda _: "dbt",
        lambda _: "",
    ],
)
def test_t26_nothing_but_the_token_does(
    stranger: TestClient, known_token: str, spoil: object
) -> None:
    assert callable(spoil)
    assert ask(stranger, f"Bearer {spoil(known_token)}") == 401


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "Bearer Bearer", "dbt"])
def test_t26_only_as_a_bearer(stranger: TestClient, known_token: str, scheme: str) -> None:
    assert ask(stranger, f"{scheme} {known_token}") == 401


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "authorization", "key"])
@pytest.mark.parametrize("path", [JOBS, "/jobs", "/d/recipes/board"])
def test_t26_a_token_in_the_address_opens_nothing(
    stranger: TestClient, known_token: str, name: str, path: str
) -> None:
    assert stranger.get(path, params={name: known_token}).status_code in (303, 401)


def test_t26_a_token_is_not_a_login_link_nor_a_cookie(
    app: FastAPI, visitor: TestClient, token: str
) -> None:
    web_client.link_of(app)  # there is an admin, so that this Dartboard is set up
    assert visitor.get("/login", params={"token": token}).status_code == 403
    visitor.cookies.set("dartboard_session", token)
    assert visitor.get(JOBS).status_code == 401


def test_t26_a_request_with_a_token_is_the_token_whatever_its_cookies_say(
    app: FastAPI, token: str
) -> None:
    with web_client.signed_in(app) as admin:
        assert ask(admin, "Bearer dbt_no_such") == 401
        answer = admin.post(
            "/api/v1/datasets/recipes/board", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 403  # the token's role is viewer, the person's admin


def test_t26_a_token_ends_on_its_day(write: Sessions, visitor: TestClient) -> None:
    with write() as session:
        token = access.new_token(session, "short", "viewer", days=1)
    assert ask(visitor, f"Bearer {token}") == 200
    with write() as session:
        session.execute(update(TokenRow).values(expires_at=now() - timedelta(seconds=1)))
    assert ask(visitor, f"Bearer {token}") == 401


def test_t26_a_revoked_token_is_dead_at_once_and_only_that_one(
    write: Sessions, visitor: TestClient, token: str
) -> None:
    with write() as session:
        kept = access.new_token(session, "kept", "viewer")
        access.revoke_token(session, token.split("_")[1])
    assert ask(visitor, f"Bearer {token}") == 401
    assert ask(visitor, f"Bearer {kept}") == 200
    with write() as session, pytest.raises(NotFoundError):
        access.revoke_token(session, token.split("_")[1])


def test_t26_a_copy_of_the_database_holds_nothing_that_opens_a_door(
    app: FastAPI, write: Sessions, token: str
) -> None:
    with web_client.signed_in(app) as client:
        cookie = client.cookies["dartboard_session"]
        assert ask(client, f"Bearer {token}") == 200
    link = web_client.link_of(app)
    with write() as session:
        dump = "\n".join(_dump(session))
    assert "nightly" in dump
    for secret in (token.split("_", 2)[2], cookie, link):
        assert secret not in dump


def test_t26_the_last_use_is_noted_but_not_at_each_request(
    app: FastAPI, visitor: TestClient, token: str
) -> None:
    house: House = app.state.house
    seen = []
    for _ in range(3):
        assert ask(visitor, f"Bearer {token}") == 200
        with house.read() as session:
            seen.append(session.exec(select(TokenRow.used_at)).one())
    assert seen[0] is not None
    assert seen[0] == seen[1] == seen[2]


def test_t26_a_token_cannot_act_under_a_persons_name(app: FastAPI, write: Sessions) -> None:
    with write() as session:
        token = access.new_token(session, "admin", "viewer")
        known = access.by_token(session, token)
    assert known is not None
    assert known.actor.name == f"admin (token {token.split('_')[1]})"


def test_t26_the_list_of_tokens_shows_no_secret(write: Sessions, token: str) -> None:
    with write() as session:
        (shown,) = token_page.tokens(session)
    assert (shown.name, shown.role) == ("nightly", "viewer")
    assert token.split("_", 2)[2] not in repr(shown)
    assert access.digest(token.split("_", 2)[2]) not in repr(shown)


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "two\nlines", "a\x00b"])
def test_t26_a_token_needs_a_plain_name(write: Sessions, name: str) -> None:
    with write() as session, pytest.raises(InvalidError):
        access.new_token(session, name, "viewer")


@pytest.mark.parametrize("role", ["", "owner", "ADMIN", "public"])
def test_t26_a_token_needs_a_role_that_exists(write: Sessions, role: str) -> None:
    with write() as session, pytest.raises(InvalidError, match="viewer, reviewer"):
        access.new_token(session, "nightly", role)


def _dump(session: Session) -> Iterator[str]:
    for table in SQLModel.metadata.sorted_tables:
        for row in session.execute(text(f'select * from "{table.name}"')):
            yield str(row)
