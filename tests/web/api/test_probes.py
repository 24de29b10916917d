"""Probes over REST, with a real server that speaks like a language model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.curation import catalogue
from app.settings import Settings
from app.storage import datasets, probes
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from app.web.app import create_app
from app.worker import main
from app.worker.loop import run_next
from app.worker.tasks import make_tasks
from tests import web_client
from tests.model_server import saying, serving

API = "/api/v1/datasets/recipes"


@pytest.fixture
def program(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> Iterator[TestClient]:
    with web_client.bearing(web_client.make_app(tmp_path, write, write), "curator") as client:
        yield client


def propose(write: Sessions, dataset: DatasetRow, *texts: str) -> list[int]:
    with write() as session:
        pairs = [(f"hash of {text}", text) for text in texts]
        probes.add_proposals(session, dataset.id, pairs, model="tiny")
        return [row.id for row in probes.in_state(session, dataset.id, "proposed")]


def test_a_program_asks_reads_and_decides(
    write: Sessions, dataset: DatasetRow, tmp_path: Path
) -> None:
    with write() as session:
        catalogue.rename(session, dataset.slug, actor="mia", task="Answer about cooking.")
    with serving(saying('["Boil an egg?", "Bake bread?", "Fry rice?"]')) as server:
        told = Settings(
            data_dir=tmp_path, encoder="hashing", model_url=server.url, model_name="tiny"
        )
        with web_client.bearing(create_app(told, write, write), "curator") as program:
            headers = {"Idempotency-Key": "ask once"}
            jobs = [
                program.post(f"{API}/probes", json={"count": 3}, headers=headers) for _ in (1, 2)
            ]
            assert [job.status_code for job in jobs] == [202, 202]
            assert jobs[0].json() == jobs[1].json()
            while run_next(write, "test", make_tasks(main.make_tools(told, write, write))):
                pass
            found = program.get(f"{API}/probes").json()
            assert [probe["text"] for probe in found["items"]] == [
                "Boil an egg?", "Bake bread?", "Fry rice?",
            ]  # fmt: skip
            first, second, third = (probe["id"] for probe in found["items"])
            wish = {
                "approve": [{"id": first, "text": "Boil two?"}, {"id": second}],
                "drop": [third],
            }
            answer = program.post(f"{API}/probes/decisions", json=wish)
            assert answer.json() == {"approved": 2, "dropped": 1}
            approved = program.get(f"{API}/probes", params={"state": "approved"}).json()
            assert [(one["text"], one["edited"]) for one in approved["items"]] == [
                ("Boil two?", True), ("Bake bread?", False),
            ]  # fmt: skip
            assert approved["counts"] == {"proposed": 0, "approved": 2, "dropped": 1}
            assert program.put(f"{API}/target", json={"kind": "probes"}).status_code == 202


def test_probes_come_in_pages(program: TestClient, write: Sessions, dataset: DatasetRow) -> None:
    ids = propose(write, dataset, "one", "two", "three")
    first = program.get(f"{API}/probes", params={"limit": 2}).json()
    assert ([one["id"] for one in first["items"]], first["next"]) == (ids[:2], ids[1])
    rest = program.get(f"{API}/probes", params={"limit": 2, "after": first["next"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (ids[2:], None)


def test_without_a_model_nothing_can_be_asked(program: TestClient) -> None:
    answer = program.post(f"{API}/probes", json={"count": 3})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_model")


@pytest.mark.parametrize(
    "wish",
    [{}, {"drop": [1, 1]}, {"approve": [{"id": 1, "text": ""}]}, {"drop": [1], "keep": [2]}],
    ids=["nothing", "twice", "no text", "unknown field"],
)
def test_a_decision_that_cannot_be_is_refused(program: TestClient, wish: dict[str, object]) -> None:
    assert program.post(f"{API}/probes/decisions", json=wish).status_code == 422


def test_a_foreign_probe_is_not_found_and_nothing_is_decided(
    program: TestClient, write: Sessions, dataset: DatasetRow
) -> None:
    own = propose(write, dataset, "one")
    with write() as session:
        other = datasets.add(session, "other")
    foreign = propose(write, other, "two")
    wish = {"approve": [{"id": own[0]}], "drop": foreign}
    assert program.post(f"{API}/probes/decisions", json=wish).status_code == 404
    assert program.get(f"{API}/probes").json()["counts"]["proposed"] == 1
