from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from starlette.testclient import TestClient

from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import web_client

URL = "/api/v1/datasets/recipes/uploads"
TABLE = b"frage,antwort\nWie lange?,Sieben Minuten.\n"
ROLES = {"frage": "input", "antwort": "output"}


@pytest.fixture
def program(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> Iterator[TestClient]:
    with web_client.bearing(web_client.make_app(tmp_path, write, write)) as client:
        yield client


def test_a_program_says_which_column_holds_what(program: TestClient) -> None:
    params = {"dry_run": "true", "mapping": orjson.dumps(ROLES).decode()}
    told = program.post(URL, content=TABLE, params=params).json()
    assert (told["dialect"], told["accepted"]) == ("mapped", 1)
    del params["dry_run"]
    assert program.post(URL, content=TABLE, params=params).status_code == 202


@pytest.mark.parametrize("dry_run", ["true", "false"])
@pytest.mark.parametrize("mapping", ["{", '{"frage": "input"}', '{"frage": "odd"}'])
def test_what_is_no_mapping_is_refused_with_a_sentence(
    program: TestClient, mapping: str, dry_run: str
) -> None:
    params = {"dry_run": dry_run, "mapping": mapping}
    answer = program.post(URL, content=TABLE, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_mapping")
