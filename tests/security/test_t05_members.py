"""T05: people who have a role in one data set, and none for the whole instance."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.curation import access, people_page, versions
from app.curation.actors import ALL_SCOPES
from app.storage import datasets, jobs, people
from app.storage.access import Role
from app.storage.access_tables import UserRow
from app.storage.tables import DatasetRow
from app.web.deps import House
from tests import web_client
from tests.security import routes
from tests.stocked import stock_plain

OWN, FOREIGN = "recipes", "secret-plans"


@contextmanager
def member(app: FastAPI, role: Role | None) -> Iterator[TestClient]:
    """Somebody with this role in OWN, and with none anywhere else."""
    house: House = app.state.house
    name = f"member {role}"
    with house.write() as session:
        if people.find_admin(session) is None:
            people.add(session, UserRow(name="boss", role="admin"))
        if datasets.find(session, FOREIGN) is None:
            datasets.add(session, FOREIGN)
        person = people.find(session, name) or people.add(session, UserRow(name=name, role=""))
        if role:
            people.place(session, datasets.get(session, OWN).id, person.id, role)
        link = access.link_for(session, person.id)
    with web_client.stranger(app) as client:
        client.headers.update(web_client.BROWSER)
        assert client.get("/login", params={"token": link}).status_code == 303
        yield client


def walk(app: FastAPI) -> Iterator[routes.Call]:
    return (call for call in routes.every(app) if not call.is_public and not call.ends_sessions)


@pytest.mark.parametrize("role", list(Role))
def test_t05_a_member_may_do_in_the_own_data_set_what_the_role_may(
    lasting_app: FastAPI, role: Role
) -> None:
    with member(lasting_app, role) as client:
        for call in walk(lasting_app):
            about_it = call.template.split("/")[1:2] == ["d"] or "/datasets/" in call.template
            if not about_it or (call.method, call.needs) == ("DELETE", Role.ADMIN):
                continue
            answer = client.request(call.method, call.path(OWN, "0"))
            allowed = role.covers(call.needs or role)
            assert (answer.status_code == 403) == (not allowed), (call, answer.text)


@pytest.mark.parametrize("role", [None, *Role])
def test_t05_to_a_member_of_one_data_set_the_others_do_not_exist(
    lasting_app: FastAPI, role: Role | None
) -> None:
    house: House = lasting_app.state.house
    with member(lasting_app, role) as client:
        with house.write() as session:
            foreign = datasets.get(session, FOREIGN).id
            job = str(jobs.enqueue(session, "nothing", foreign).id)
        for call in walk(lasting_app):
            answer = client.request(call.method, call.path(FOREIGN, job))
            if call.names_a_thing:
                assert answer.status_code == 404, call
                assert FOREIGN not in answer.text.replace(call.path(FOREIGN, job), "")
            elif call.needs:
                assert answer.status_code == 403, call
            else:
                assert answer.status_code in (200, 303, 404, 405, 422), call
                assert FOREIGN not in answer.text, call


def test_t05_lists_and_menus_show_a_member_only_what_is_theirs(app: FastAPI) -> None:
    house: House = app.state.house
    with member(app, Role.ADMIN) as client:
        with house.write() as session:
            for slug in (OWN, FOREIGN):
                jobs.enqueue(session, "nothing", datasets.get(session, slug).id, title=slug)
        for page in ("/", "/jobs", "/settings/me", "/settings/tokens", f"/d/{OWN}/target"):
            shown = client.get(page)
            assert shown.status_code == 200, page
            assert FOREIGN not in shown.text, page
        (only,) = client.get("/api/v1/datasets").json()["items"]
        assert only["slug"] == OWN
        assert {job["dataset"] for job in client.get("/api/v1/jobs").json()["items"]} == {OWN}


@pytest.mark.parametrize("kind", ["POST page", "PUT api"])
def test_t05_a_member_takes_no_foreign_data_set_for_a_target(app: FastAPI, kind: str) -> None:
    with member(app, Role.ADMIN) as client:
        if kind == "POST page":
            answer = client.post(f"/d/{OWN}/target/dataset", data={"source": FOREIGN})
        else:
            wish = {"kind": "dataset", "dataset": FOREIGN}
            answer = client.put(f"/api/v1/datasets/{OWN}/target", json=wish)
        assert answer.status_code == 404, answer.text


def test_t05_the_higher_of_two_roles_counts(app: FastAPI, dataset: DatasetRow) -> None:
    house: House = app.state.house
    with house.write() as session:
        for name, whole, local in (("a", "viewer", "curator"), ("b", "curator", "viewer")):
            person = people.add(session, UserRow(name=name, role=whole))
            people.place(session, dataset.id, person.id, Role(local))
            secret = access.open_session(session, person.id, access.UNKNOWN)
            found = access.by_session(session, secret)
            assert found is not None
            assert found.actor.within(dataset.id).role == "curator"
            assert found.actor.role == whole
            assert found.actor.visible is None


def test_t05_a_member_who_is_taken_out_sees_nothing_at_the_next_request(app: FastAPI) -> None:
    house: House = app.state.house
    with member(app, Role.CURATOR) as client:
        assert client.get(f"/d/{OWN}/board").status_code == 200
        with house.write() as session:
            person = people.find(session, "member curator")
            assert person is not None
            people.displace(session, datasets.get(session, OWN).id, person.id)
        assert client.get(f"/d/{OWN}/board").status_code == 404


def test_t05_a_member_sees_the_versions_of_the_own_data_set_and_searches_in_it(
    app: FastAPI,
) -> None:
    house: House = app.state.house
    with house.write() as session:
        for slug in (OWN, FOREIGN):
            row = datasets.find(session, slug) or datasets.add(session, slug)
            stock_plain(session, row.id, 2)
            versions.freeze(session, slug, actor="boss")
    with member(app, Role.VIEWER) as client:
        for slug, status in ((OWN, 200), (FOREIGN, 404), (f"{FOREIGN}@{OWN}", 404)):
            shown = [
                client.get(f"/d/{slug}@1"),
                client.get(f"/d/{slug}@1/samples"),
                client.get(f"/api/v1/datasets/{slug}@1/samples"),
                client.get("/api/v1/search", params={"dataset": slug, "q": "question"}),
            ]
            assert {answer.status_code for answer in shown} == {status}, slug
        both = "/api/v1/search?q=question&dataset="
        for first, last in ((OWN, FOREIGN), (FOREIGN, OWN)):
            told = client.get(f"{both}{first}&dataset={last}")
            assert FOREIGN not in told.text.replace(f"dataset={FOREIGN}", "")
        assert client.get("/rules").status_code == 200
        assert client.get("/api/v1/search", params={"q": "question"}).status_code == 403


@pytest.mark.parametrize("new", [Role.VIEWER, Role.ADMIN])
def test_t05_t23_another_role_in_a_data_set_holds_from_the_next_request_on(
    app: FastAPI, new: Role
) -> None:
    house: House = app.state.house
    with member(app, Role.CURATOR) as client:
        assert client.post(f"/d/{OWN}/board").status_code == 303
        token = client.post("/settings/tokens", data={"name": "x", "scopes": list(ALL_SCOPES)})
        secret = re.findall(r"dbt_[0-9a-f]+_[\w-]+", token.text)[0]
        program = web_client.stranger(app)
        program.headers["Authorization"] = f"Bearer {secret}"
        assert program.post(f"/api/v1/datasets/{OWN}/board").status_code == 202
        with house.write() as session:
            people_page.place(session, OWN, "member curator", new, "boss")
        lower, higher = f"/api/v1/datasets/{OWN}/board", f"/api/v1/datasets/{OWN}"
        for who in (client, program):
            assert (who.post(lower).status_code == 403) == (new is Role.VIEWER)
            assert (who.delete(higher).status_code == 403) == (new is Role.VIEWER)
            with house.write() as session:  # out of the trash again
                session.exec(
                    select(DatasetRow).where(DatasetRow.slug == OWN)
                ).one().deleted_at = None


def test_t05_who_makes_a_data_set_is_its_admin(app: FastAPI) -> None:
    house: House = app.state.house
    with web_client.signed_in(app, "curator") as client:
        client.post("/datasets", data={"name": "Mine", "task": ""})
        client.post("/api/v1/datasets", json={"name": "Mine too"})
        with house.write() as session:
            people.add(session, UserRow(name="noa", role=""))
        for slug in ("mine", "mine-too"):
            given = client.post(f"/d/{slug}/members", data={"name": "noa", "role": "viewer"})
            assert given.status_code == 200
            assert "noa" in given.text
        assert client.post("/d/recipes/members", data={"name": "noa"}).status_code == 403
