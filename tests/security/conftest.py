"""The real app, with one data set in it, for every test of a threat.

`app` runs on both databases and forgets what a test did. `lasting_app` is one
app on SQLite for all tests of refusals, which reach no database at all.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from app.curation import passwords
from app.storage import datasets, people
from app.storage.access_tables import UserRow
from app.storage.database import Sessions, connect, reading, writing
from app.storage.tables import DatasetRow
from tests import web_client


@pytest.fixture(scope="session", autouse=True)
def full_cost() -> Iterator[PasswordHash]:
    """How passwords are hashed in truth; for the tests a hash takes no tenth of a second."""
    truth = passwords._hasher
    passwords._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=256, parallelism=1),))
    passwords._nobodys.cache_clear()
    yield truth
    passwords._hasher = truth
    passwords._nobodys.cache_clear()


@pytest.fixture
def app(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> FastAPI:
    """The app over a database that is as before when the test ends."""
    return web_client.make_app(tmp_path, write, write)


@pytest.fixture(scope="session")
def lasting_house(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: Path
) -> Iterator[tuple[Path, Sessions, Sessions]]:
    folder = tmp_path_factory.mktemp("house")
    engine = connect(f"sqlite:///{shutil.copy(migrated_file, folder)}")
    with writing(engine)() as session:
        datasets.add(session, "recipes")
        people.add(session, UserRow(name="admin", role="admin"))
    yield folder, reading(engine), writing(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def lasting_app(lasting_house: tuple[Path, Sessions, Sessions]) -> FastAPI:
    return web_client.make_app(*lasting_house)


@pytest.fixture
def extended_app(lasting_house: tuple[Path, Sessions, Sessions]) -> FastAPI:
    """An app to which a test may add routes."""
    return web_client.make_app(*lasting_house)


@pytest.fixture
def stranger(lasting_app: FastAPI) -> TestClient:
    return web_client.stranger(lasting_app)


@pytest.fixture
def admin(lasting_app: FastAPI) -> TestClient:
    """Logged in for this test alone: others end every session that there is."""
    return web_client.signed_in(lasting_app)
