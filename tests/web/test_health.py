from contextlib import AbstractContextManager
from pathlib import Path

from sqlmodel import Session

from app.storage.database import Sessions, connect, reading
from tests import web_client


def test_a_server_with_its_database_lives_and_is_ready(write: Sessions, tmp_path: Path) -> None:
    client = web_client.stranger(web_client.make_app(tmp_path, write, write))
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_server_without_its_tables_lives_but_is_not_ready(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    empty = reading(engine)
    client = web_client.stranger(web_client.make_app(tmp_path, empty, empty))
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    engine.dispose()


def test_a_lively_answer_needs_no_database(tmp_path: Path) -> None:
    def broken() -> AbstractContextManager[Session]:
        raise AssertionError("nobody should ask")

    client = web_client.stranger(web_client.make_app(tmp_path, broken, broken))
    assert client.get("/healthz").status_code == 200
