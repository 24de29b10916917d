"""Real databases, real templates, a small real encoder; nothing is mocked."""

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Engine
from sqlmodel import Session

from app.encoders.hashing import HashingEncoder
from app.settings import Settings
from app.storage import datasets
from app.storage.database import Sessions, connect, reading, writing
from app.storage.migration import migrate
from app.storage.tables import DatasetRow
from tests import browser as chromium
from tests.boards import RECIPES, SLUG, Boards
from tests.browser import STRICT
from tests.curation.release import Release
from tests.pipeline import Pipeline
from tests.postgres import Postgres

# What the tests start reads its modules as bytecode, else each process compiles all of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples on every machine and each time, also where nothing says that it is CI. How long
# one takes is the machine's affair: no test is about time.
settings.load_profile("ci")

DATABASES = ["sqlite", "postgres"]

# Without the background flags Chromium asks its maker's hosts for updates at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


PATIENCE = 120_000
"""Milliseconds that each wait of a browser has: the machine may be busy."""


# The files that take longest, so that none of them is begun when the others are done.
SLOW = (
    "test_kills", "test_look_and_keys", "test_review_by_keys", "test_t01_hostile_text",
    "test_load", "test_map_and_darts", "test_in_a_browser", "test_rest", "test_serving",
    "test_contract", "test_looking", "test_gauges", "test_board", "test_targeting",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first; `make test` gives each file to one process, in this order."""
    rank = {name: at for at, name in enumerate(SLOW)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(SLOW)))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A Postgres server for the whole run, started when the first test asks for it."""
    server = Postgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def boards(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Boards]:
    """The databases that tests share."""
    folder = tmp_path_factory.mktemp("boards")
    boards = Boards(lambda kind: migrated_address(kind, request, folder), folder)
    yield boards
    boards.close()


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, boards: Boards) -> Engine:
    """A migrated database, shared by the tests that undo what they did.

    It is empty, or holds the board that the test or one of its fixtures asks for.
    """
    wanted = [recipe for recipe in RECIPES if recipe in request.fixturenames]
    return boards.engine(request.param, *wanted)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every migration done, to be copied: migrating takes a second."""
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    _migrate(f"sqlite:///{file}")
    return file


def migrated_address(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a new database of this kind, migrated and else empty."""
    name = f"t{uuid.uuid4().hex}"
    if kind == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), folder / f"{name}.db")
        return f"sqlite:///{file}"
    template = request.getfixturevalue("migrated_template")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(name, template=template)


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    """The name of a Postgres database with every migration done, to be copied."""
    _migrate(postgres.new_database("migrated"))
    return "migrated"


def _migrate(address: str) -> None:
    engine = connect(address)
    migrate(engine, Settings().migrations)
    engine.dispose()


@pytest.fixture(params=DATABASES)
def own_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, migrated, empty database for one test."""
    return migrated_address(request.param, request, tmp_path)


@pytest.fixture
def own_engine(own_address: str) -> Iterator[Engine]:
    """A migrated database of this test alone: what it commits stays until it ends."""
    engine = connect(own_address)
    yield engine
    engine.dispose()


@pytest.fixture
def own_read(own_engine: Engine) -> Sessions:
    """Reading sessions on this test's own database."""
    return reading(own_engine)


@pytest.fixture
def own_write(own_engine: Engine) -> Sessions:
    """Writing sessions on this test's own database."""
    return writing(own_engine)


@pytest.fixture
def write(engine: Engine) -> Iterator[Sessions]:
    """Sessions that commit inside one outer transaction, undone after the test."""
    with engine.connect() as connection, connection.begin() as outer:

        @contextmanager
        def begin() -> Iterator[Session]:
            session = Session(
                connection, join_transaction_mode="create_savepoint", expire_on_commit=False
            )
            with session, session.begin():
                yield session

        yield begin
        outer.rollback()


@pytest.fixture
def dataset(write: Sessions) -> DatasetRow:
    """A data set: empty, or with the board that the test asks for."""
    with write() as session:
        return datasets.find(session, SLUG) or datasets.add(session, SLUG)


@pytest.fixture
def dishes_board(dataset: DatasetRow) -> DatasetRow:
    """240 samples about six dishes, on their board."""
    return dataset


@pytest.fixture
def lopsided_board(dataset: DatasetRow) -> DatasetRow:
    """Ten topics wanted alike; one has far too many, one none at all."""
    return dataset


@pytest.fixture
def three_labels_board(dataset: DatasetRow) -> DatasetRow:
    """Three labels with 150, 30 and 60 samples, on their board."""
    return dataset


@pytest.fixture
def encoder() -> HashingEncoder:
    """A real encoder that needs no model."""
    return HashingEncoder()


@pytest.fixture
def pipeline(write: Sessions, tmp_path: Path, encoder: HashingEncoder) -> Pipeline:
    """Every step of a data set's path, done by this process."""
    return Pipeline(write, tmp_path, encoder)


@pytest.fixture
def release(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> Release:
    """The empty data set, to be loaded, decided and exported without an encoder."""
    return Release(write, write, tmp_path)


@pytest.fixture(scope="module")  # its loop may not run on into modules with loops of their own
def chrome() -> Iterator[Browser]:
    """A real Chromium; where there is none the test is skipped, and fails when CI asks."""
    path = chromium.find()
    if path is None:
        (pytest.fail if STRICT else pytest.skip)("there is no Chromium here")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        found.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield found
        found.close()
