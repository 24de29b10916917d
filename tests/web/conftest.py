"""An admin's two ways in: as a program with a token, and as a browser that has logged in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.storage.database import Sessions
from tests import web_client


@pytest.fixture
def program(write: Sessions, tmp_path: Path) -> Iterator[TestClient]:
    with web_client.bearing(web_client.make_app(tmp_path, write, write)) as client:
        yield client


@pytest.fixture
def browser(write: Sessions, tmp_path: Path) -> Iterator[TestClient]:
    with web_client.signed_in(web_client.make_app(tmp_path, write, write)) as client:
        yield client
