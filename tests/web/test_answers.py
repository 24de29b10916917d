from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from app.storage.access_tables import AnswerRow
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import web_client

PATH = "/api/v1/datasets"


def key(word: str) -> dict[str, str]:
    return {"Idempotency-Key": word}


def count(write: Sessions, table: type[DatasetRow] | type[AnswerRow]) -> int:
    with write() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_the_same_request_with_the_same_key_is_answered_again_and_done_once(
    program: TestClient, write: Sessions
) -> None:
    first = program.post(PATH, json={"name": "Recipes"}, headers=key("a"))
    again = program.post(PATH, json={"name": "Recipes"}, headers=key("a"))

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert count(write, DatasetRow) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATH, {"name": "Something else"}),
        (PATH + "?x=1", {"name": "Recipes"}),
        (PATH + "/recipes/redo", {"name": "Recipes"}),
    ],
    ids=["another body", "another query", "another address"],
)
def test_the_same_key_for_another_request_is_a_conflict(
    program: TestClient, write: Sessions, path: str, body: dict[str, str]
) -> None:
    program.post(PATH, json={"name": "Recipes"}, headers=key("a"))
    other = program.post(path, json=body, headers=key("a"))
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert count(write, DatasetRow) == 1


def test_without_a_key_each_request_is_carried_out(program: TestClient, write: Sessions) -> None:
    assert program.post(PATH, json={"name": "Recipes"}).status_code == 201
    assert program.post(PATH, json={"name": "Recipes"}).status_code == 409
    assert count(write, AnswerRow) == 0


def test_a_request_that_failed_may_come_again_with_its_key(
    program: TestClient, write: Sessions
) -> None:
    program.post(PATH, json={"name": "Recipes"})
    assert program.post(PATH, json={"name": "Recipes"}, headers=key("a")).status_code == 409
    assert count(write, AnswerRow) == 0
    assert program.post(PATH, json={"name": "Letters"}, headers=key("a")).status_code == 201


def test_two_callers_may_use_the_same_key(
    program: TestClient, write: Sessions, tmp_path: Path
) -> None:
    with web_client.bearing(web_client.make_app(tmp_path, write, write)) as second:
        for client, name in ((program, "One"), (second, "Two")):
            made = client.post(PATH, json={"name": name}, headers=key("a"))
            assert (made.status_code, made.json()["name"]) == (201, name)


@pytest.mark.parametrize("word", ["x" * 201, "tab\there", "caf\xe9"])
def test_a_key_is_short_and_plain(program: TestClient, word: str) -> None:
    headers = {b"Idempotency-Key": word.encode("latin-1")}
    assert program.post(PATH, json={"name": "Recipes"}, headers=headers).status_code == 422


def test_of_many_at_once_one_is_done_and_all_get_its_answer(
    own_read: Sessions, own_write: Sessions, tmp_path: Path
) -> None:
    app = web_client.make_app(tmp_path, own_read, own_write)
    client = web_client.bearing(app)

    def post(_: int) -> tuple[int, bytes]:
        answer = client.post(PATH, json={"name": "Recipes"}, headers=key("a"))
        return answer.status_code, answer.content

    with client, ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(post, range(8)))
    assert len(answers) == 1
    assert {status for status, _ in answers} == {201}
    assert count(own_write, DatasetRow) == 1
