"""Targets over REST."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.storage import datasets
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import web_client
from tests.pipeline import Pipeline

API = "/api/v1/datasets/recipes"


def test_quotas_and_what_they_miss_are_in_the_answer(
    program: TestClient, three_labels_board: DatasetRow, pipeline: Pipeline
) -> None:
    wish = {"kind": "quotas", "shares": {"egg": 1, "bread": 1, "soup": 1, "returns": 1}}
    answer = program.put(f"{API}/target", json=wish)
    assert answer.status_code == 202
    assert answer.json()["upload"] is None
    pipeline.run()
    target = program.get(f"{API}/board").json()["target"]
    assert (target["kind"], target["name"]) == ("quotas", "quotas for 4 labels")
    assert target["definition"]["shares"]["returns"] == 0.25
    assert {line["value"]: line["state"] for line in target["quotas"]}["returns"] == "missing"
    assert not list(pipeline.tools.spool.glob("*.json"))


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"kind": "moon"}, "itself, quotas, dataset, probes"),
        ({"kind": "quotas"}, "cannot have this: shares"),
        ({"kind": "quotas", "shares": {"egg": "x"}}, "The share of egg is not a number."),
        ({"kind": "quotas", "shares": {"egg": 1}, "more": 1}, "cannot have this: more"),
        ({"kind": "dataset", "dataset": "recipes"}, "target of that name"),
        ({"kind": "dataset", "dataset": "recipes", "version": 0}, "cannot have this: version"),
        ({"kind": "probes"}, "No probe is approved yet."),
    ],
    ids=["kind", "no shares", "no number", "more", "itself", "version", "probes"],
)
def test_a_wish_that_cannot_be_is_a_sentence(
    program: TestClient, dataset: DatasetRow, wish: dict[str, Any], sentence: str
) -> None:
    answer = program.put(f"{API}/target", json=wish)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_a_file_that_happens_to_be_json_is_still_a_file(
    program: TestClient, dataset: DatasetRow
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = program.put(f"{API}/target", content=b'[{"prompt": "how?"}]', headers=headers)
    assert answer.status_code == 202
    assert answer.json()["upload"]


def test_t05_a_bound_token_reads_no_other_data_set_as_its_target(
    pipeline: Pipeline, three_labels_board: DatasetRow, write: Sessions, tmp_path: Path
) -> None:
    with write() as session:
        own = datasets.add(session, "own")
    app = web_client.make_app(tmp_path, write, write)
    with web_client.bearing(app, "curator", dataset_id=own.id) as bound:
        for other in ("recipes", "nowhere"):
            wish = {"kind": "dataset", "dataset": other}
            answer = bound.put("/api/v1/datasets/own/target", json=wish)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), other
