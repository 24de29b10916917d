"""T18, T19, T20, T23 and T26: passwords, invitations, the first admin, and what ends a session."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.curation import access, logins, passwords, people, token_page
from app.curation.access import Browser
from app.curation.actors import Actor, Scope
from app.curation.people import Arrival, Invitation, LastAdminError, LinkUsedError
from app.curation.token_page import TokenWish
from app.errors import InvalidError
from app.storage import people as rows
from app.storage.access import Role
from app.storage.access_tables import UserRow
from app.storage.database import Sessions
from app.web.deps import House
from tests import web_client

GOOD = "seven grey herons"
JOBS = "/api/v1/jobs"


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    with web_client.stranger(app) as client:
        client.headers.update(web_client.BROWSER)
        yield client


def set_up(app: FastAPI, client: TestClient) -> None:
    house: House = app.state.house
    with house.write() as session:
        token = people.set_up(session)
    form = {"token": token, "name": "Mia", "password": GOOD}
    assert client.post("/setup", data=form).headers["location"] == "/"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        " " * 20,
        "aaaaaaaaaaaaaa",
        "password1234",
        "PASSWORD!!!!!",
        "passwordpassword",
        "123456789012345",
        "dartboard2026",
        "mia mia mia mia",
        "x" * 300,
    ],
)
def test_t19_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidError):
        passwords.check(password, "mia")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery staple", "Tr0ub4dor&3xyz", "übermäßig lang"]
)
def test_t19_a_good_password_is_taken(password: str) -> None:
    passwords.check(password, "mia")


def test_t20_before_the_first_admin_every_page_leads_to_the_set_up(visitor: TestClient) -> None:
    for path in ("/", "/login", "/d/recipes/board", "/settings/users"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/setup"), path
    assert visitor.get(JOBS).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "0" * 43])
def test_t20_without_the_token_nobody_becomes_the_first_admin(
    app: FastAPI, visitor: TestClient, token: str
) -> None:
    house: House = app.state.house
    with house.write() as session:
        people.set_up(session)
        invited = people.invite(session, Invitation(role="admin"), "nobody")
    for secret in (token, invited):
        form = {"token": secret, "name": "eve", "password": GOOD}
        assert visitor.post("/setup", data=form).status_code == 403
    assert visitor.get(JOBS).status_code == 401


def test_t20_the_set_up_token_works_once(app: FastAPI, visitor: TestClient) -> None:
    house: House = app.state.house
    with house.write() as session:
        token = people.set_up(session)
    form = {"token": token, "name": "Mia", "password": "too short"}
    assert visitor.post("/setup", data=form).status_code == 422, "and it is not used up"
    assert visitor.post("/setup", data=form | {"password": GOOD}).headers["location"] == "/"
    assert visitor.get("/settings/users").status_code == 200
    with web_client.stranger(app) as second:
        second.headers.update(web_client.BROWSER)
        again = second.post("/setup", data=form | {"name": "Eve", "password": GOOD})
        assert again.status_code == 403
        assert second.get("/setup").headers["location"] == "/login"


def test_t20_of_several_who_hold_the_token_one_becomes_the_admin(
    own_read: Sessions, own_write: Sessions
) -> None:
    with own_write() as session:
        secret = people.set_up(session)

    def arrive(number: int) -> bool:
        arrival = Arrival(secret, f"somebody {number}", GOOD, Browser())
        try:
            people.arrive(own_read, own_write, arrival, setup=True)
        except (LinkUsedError, passwords.CrowdedError):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(arrive, range(4))) == 1


def test_t18_a_wrong_name_and_a_wrong_password_look_the_same(
    app: FastAPI, visitor: TestClient
) -> None:
    set_up(app, visitor)
    with web_client.stranger(app) as client:
        client.headers.update(web_client.BROWSER)
        told = set()
        for name in ("Mia", "nobody"):
            answer = client.post("/login", data={"name": name, "password": "wrong wrong wrong"})
            assert answer.status_code == 403
            told.add(answer.text.replace(name, "").split("<main")[1].split("</main")[0])
        assert len(told) == 1
        welcome = client.post("/login", data={"name": " mia", "password": GOOD})
        assert welcome.headers["location"] == "/"
        assert client.get(JOBS).status_code == 200


def test_t18_an_unknown_name_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    plain = passwords._hasher.verify

    def verify(password: str, stored: str) -> bool:
        compared.append(stored)
        return plain(password, stored)

    monkeypatch.setattr(passwords._hasher, "verify", verify)
    assert not passwords.fits(GOOD, "")
    assert len(compared) == 1


def test_t18_no_more_than_ten_wait_for_a_hash() -> None:
    held = [passwords._line.acquire(blocking=False) for _ in range(20)]
    try:
        assert sum(held) == passwords.AT_ONCE + passwords.IN_LINE
        with pytest.raises(passwords.CrowdedError):
            passwords.fits(GOOD, "")
    finally:
        for taken in held:
            if taken:
                passwords._line.release()


def test_t23_a_new_password_ends_every_session_and_rotates_this_one(
    app: FastAPI, visitor: TestClient
) -> None:
    set_up(app, visitor)
    old = visitor.cookies["dartboard_session"]
    form = {"old": "wrong wrong wrong", "new": "eight blue lanterns"}
    assert visitor.post("/settings/me/password", data=form).status_code == 403
    changed = visitor.post("/settings/me/password", data=form | {"old": GOOD})
    assert changed.headers["location"] == "/settings/me?done=password"
    assert visitor.get(JOBS).status_code == 200
    with web_client.stranger(app) as thief:
        thief.cookies.set("dartboard_session", old)
        assert thief.get(JOBS).status_code == 401


def test_t23_a_new_role_leaving_and_a_reset_end_every_session(app: FastAPI) -> None:
    house: House = app.state.house
    with house.write() as session:
        rows.add(session, UserRow(name="boss", role="admin"))
    for act in ("role", "leave", "reset"):
        with web_client.signed_in(app, "curator") as client:
            with house.write() as session:
                person = rows.find(session, "curator")
                assert person is not None
                if act == "role":
                    people.change_role(session, person.id, "viewer", "boss")
                elif act == "leave":
                    people.remove(session, person.id, "boss")
                    people.bring_back(session, person.id, "boss")
                else:
                    link = people.reset_link(session, person.id, "boss")
            if act == "reset":
                assert client.get(JOBS).status_code == 200, "a link alone ends nothing"
                arrival = Arrival(link, "", GOOD, Browser())
                people.arrive(house.read, house.write, arrival)
            assert client.get(JOBS).status_code == 401, act


def test_t23_sessions_are_listed_and_ended_one_by_one_or_all(app: FastAPI) -> None:
    with (
        web_client.signed_in(app) as here,
        web_client.signed_in(app) as there,
        web_client.signed_in(app) as elsewhere,
        web_client.signed_in(app, "viewer") as other,
    ):
        house: House = app.state.house
        with house.read() as session:
            known = access.by_session(session, there.cookies["dartboard_session"])
            assert known is not None
        form = {"key": known.key[: logins.KEY_LENGTH]}
        other.post("/settings/me/sessions", data=form)
        assert there.get(JOBS).status_code == 200, "nobody ends another person's session"
        here.post("/settings/me/sessions", data=form)
        assert [c.get(JOBS).status_code for c in (here, there, elsewhere)] == [200, 401, 200]
        here.post("/settings/me/sessions")
        assert [c.get(JOBS).status_code for c in (here, elsewhere, other)] == [200, 401, 200]


def test_the_last_admin_stays(write: Sessions) -> None:
    with write() as session:
        mia = rows.add(session, UserRow(name="Mia", role="admin"))
        for role in ("curator", ""):
            with pytest.raises(LastAdminError):
                people.change_role(session, mia.id, role, "Mia")
        with pytest.raises(LastAdminError):
            people.remove(session, mia.id, "Mia")
        noa = rows.add(session, UserRow(name="Noa", role="admin"))
        people.change_role(session, mia.id, "curator", "Noa")
        with pytest.raises(LastAdminError):
            people.remove(session, noa.id, "Noa")


def test_the_last_admin_stays_by_every_way_and_others_may_lose_their_role(app: FastAPI) -> None:
    house: House = app.state.house
    with web_client.signed_in(app) as admin, web_client.signed_in(app, "curator") as curator:
        with house.read() as session:
            me, other = (rows.find(session, name) for name in ("admin", "curator"))
            assert me is not None
            assert other is not None
        for way in ("role", "remove"):
            refused = admin.post(f"/settings/users/{me.id}/{way}", data={"role": ""})
            assert (refused.status_code, "the last admin" in refused.text) == (409, True)
        assert admin.get("/settings/users").status_code == 200
        assert admin.post(f"/settings/users/{other.id}/role", data={"role": ""}).status_code == 200
        assert curator.get(JOBS).status_code == 401
        with house.read() as session:
            changed = rows.find(session, "curator")
            assert changed is not None
            assert changed.role == ""


def test_an_invitation_makes_one_person_with_the_roles_it_names(
    app: FastAPI, visitor: TestClient
) -> None:
    house: House = app.state.house
    with house.write() as session:
        rows.add(session, UserRow(name="boss", role="admin"))
        secret = people.invite(session, Invitation("Noa", "", "recipes", "reviewer"), "boss")
    assert "reviewer of the data set" in visitor.get("/join", params={"token": secret}).text
    form = {"token": secret, "name": "BOSS", "password": GOOD}
    taken = visitor.post("/join", data=form)
    assert (taken.status_code, "has this name" in taken.text) == (409, True)
    assert visitor.post("/join", data=form | {"name": "x (token y)"}).status_code == 422
    assert visitor.post("/join", data=form | {"name": "Noa"}).headers["location"] == "/"
    assert visitor.get("/d/recipes/board").status_code == 200
    assert visitor.post("/d/recipes/board").status_code == 403
    assert visitor.post("/join", data=form | {"name": "Eve"}).status_code == 403


@pytest.fixture
def owner(write: Sessions) -> Actor:
    with write() as session:
        person = rows.add(session, UserRow(name="Noa", role="curator"))
        return Actor(person.name, Role.CURATOR, "person", user_id=person.id)


@pytest.mark.parametrize("scopes", [("read",), ("upload",), ("review", "read"), ("admin", "read")])
def test_t26_a_token_may_do_what_its_scopes_and_its_owner_may(
    app: FastAPI, write: Sessions, owner: Actor, scopes: tuple[str, ...]
) -> None:
    with write() as session:
        token = token_page.give(session, TokenWish("x", scopes), owner)
    client = web_client.stranger(app)
    client.headers["Authorization"] = f"Bearer {token}"
    asked = {
        Scope.READ: client.get("/api/v1/datasets/recipes/board"),
        Scope.REVIEW: client.post("/api/v1/datasets/recipes/undo"),
        Scope.UPLOAD: client.post("/api/v1/datasets/recipes/board"),
        Scope.ADMIN: client.delete("/api/v1/datasets/recipes"),
    }
    refused = {scope for scope, answer in asked.items() if answer.status_code == 403}
    may = {Scope(word) for word in scopes} - {Scope.ADMIN}  # its owner is a curator
    assert refused == set(Scope) - may


def test_t26_a_token_falls_with_its_owner(app: FastAPI, write: Sessions, owner: Actor) -> None:
    assert owner.user_id is not None
    with write() as session:
        rows.add(session, UserRow(name="boss", role="admin"))
        token = token_page.give(session, TokenWish("x", ("read", "upload")), owner)
    client = web_client.stranger(app)
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.post("/api/v1/datasets/recipes/board").status_code == 202
    with write() as session:
        people.change_role(session, owner.user_id, "viewer", "boss")
    assert client.post("/api/v1/datasets/recipes/board").status_code == 403
    with write() as session:
        people.change_role(session, owner.user_id, "", "boss")
    assert client.get("/api/v1/datasets/recipes/board").status_code == 404
    with write() as session:
        people.remove(session, owner.user_id, "boss")
    assert client.get(JOBS).status_code == 401


def test_t26_tokens_are_ones_own_unless_one_is_an_admin(
    app: FastAPI, write: Sessions, owner: Actor
) -> None:
    with write() as session:
        token_page.give(session, TokenWish("secret plan", ("read",)), owner)
        (shown,) = token_page.tokens(session)
    with web_client.signed_in(app, "viewer") as viewer, web_client.signed_in(app) as admin:
        assert "secret plan" not in viewer.get("/settings/tokens").text
        assert viewer.post(f"/settings/tokens/{shown.id}/revoke").status_code == 404
        assert "secret plan" in admin.get("/settings/tokens").text
        assert "revoked" in admin.post(f"/settings/tokens/{shown.id}/revoke").text


@pytest.mark.parametrize(
    "wish",
    [TokenWish("x", ()), TokenWish("x", ("root",)), TokenWish("x", ("read",), days=9_999)],
)
def test_t26_a_token_that_cannot_be_is_refused(
    write: Sessions, owner: Actor, wish: TokenWish
) -> None:
    with write() as session, pytest.raises(InvalidError):
        token_page.give(session, wish, owner)


def test_the_first_admin_may_come_from_a_file(write: Sessions) -> None:
    with write() as session:
        with pytest.raises(InvalidError):
            people.make_admin(session, "admin", "password1234")
        people.make_admin(session, "admin", GOOD)
        assert people.is_set_up(session)
    opened = logins.log_in(write, write, "admin", GOOD, Browser())
    assert opened.name == "admin"
