"""One real server a database and module."""

from collections.abc import Iterator

import pytest

from tests.conftest import DATABASES, migrated_address
from tests.server import Server, serving


@pytest.fixture(scope="module", params=DATABASES)
def any_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Web and worker over a new database of each kind, with the real encoder."""
    folder = tmp_path_factory.mktemp("server")
    address = migrated_address(request.param, request, folder)
    with serving(folder, database=address) as running:
        yield running
