import asyncio
from pathlib import Path

import orjson
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

URL = "/api/v1/datasets/recipes/uploads"
TABLE = b"frage,antwort\nWie lange?,Sieben Minuten.\n"
ROLES = {"frage": "input", "antwort": "output"}

pytestmark = pytest.mark.usefixtures("dataset")


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


def test_a_body_that_breaks_off_leaves_nothing_and_makes_no_noise(
    program: TestClient, tmp_path: Path
) -> None:
    pieces: list[Message] = [
        {"type": "http.request", "body": TABLE, "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http", "method": "POST", "path": URL, "raw_path": URL.encode(),
        "root_path": "", "query_string": b"", "scheme": "http", "http_version": "1.1",
        "server": ("localhost", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"localhost"), *(
            (name.encode(), value.encode()) for name, value in program.headers.items()
            if name == "authorization"
        )],
    }  # fmt: skip

    async def receive() -> Message:
        return pieces.pop(0)

    async def send(message: Message) -> None:
        """Nobody listens any more."""

    asyncio.run(program.app(scope, receive, send))  # type: ignore[arg-type]
    assert pieces == []
    assert list((tmp_path / "spool").iterdir()) == []
