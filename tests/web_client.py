"""The real app, and a client of it that is somebody: for every test that speaks HTTP."""

from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.curation import access
from app.settings import Settings
from app.storage import people
from app.storage.access import Role
from app.storage.access_tables import UserRow
from app.storage.database import Sessions
from app.web.app import create_app
from app.web.deps import House

ADDRESS = "http://localhost"
BROWSER = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


def make_app(folder: Path, read: Sessions, write: Sessions, *, encoder: str = "default") -> FastAPI:
    """The app as `serve` makes it, with its files in the folder; tests ask faster than people."""
    settings = Settings(
        data_dir=folder, requests_per_minute=0, strangers_per_minute=0, logins_per_minute=0,
        encoder=encoder,
    )  # fmt: skip
    return create_app(settings, read, write)


def stranger(app: FastAPI) -> TestClient:
    """Nobody in particular; redirects are shown, not followed."""
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


def signed_in(app: FastAPI, role: str = Role.ADMIN) -> TestClient:
    """A browser in which a person of this role has logged in through a one-time link.

    It sends what a browser sends from Dartboard's own pages. Redirects are
    followed, as a browser does.
    """
    client = TestClient(app, base_url=ADDRESS, headers=BROWSER)
    answer = client.get("/login", params={"token": link_of(app, role)}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return client


def bearing(app: FastAPI, role: str = Role.ADMIN, *, dataset_id: int | None = None) -> TestClient:
    """A program with an API token of this role, for one data set or for all."""
    house: House = app.state.house
    with house.write() as session:
        token = access.new_token(session, f"a {role}", role, dataset_id=dataset_id)
    bearer = {"Authorization": f"Bearer {token}"}
    return TestClient(app, base_url=ADDRESS, headers=bearer, follow_redirects=False)


def link_of(app: FastAPI, role: str = Role.ADMIN) -> str:
    """The secret of a fresh one-time link for a person of this role, named like it."""
    house: House = app.state.house
    with house.write() as session:
        person = people.find(session, role) or people.add(session, UserRow(name=role, role=role))
        return access.link_for(session, person.id)
