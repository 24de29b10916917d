"""The whole path over REST: upload, board, decide, undo, freeze, export, on both databases."""

import hashlib
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.server import Server

DEMO = Path(__file__).parents[2] / "static" / "demo"
API = "/api/v1/datasets"


@pytest.fixture(scope="module")
def board(any_server: Server) -> dict[str, Any]:
    """The demo data on its board, over REST alone."""
    made = any_server.post(API, json={"name": "Tour", "task": "Everyday fixes."})
    assert made.status_code == 201, made.text
    reference = (DEMO / "everyday_reference.jsonl").read_bytes()
    told = any_server.put(f"{API}/tour/target?filename=reference", content=reference)
    assert told.status_code == 202, told.text
    samples = (DEMO / "everyday.jsonl").read_bytes()
    sent = any_server.post(f"{API}/tour/uploads?wait=30", content=samples)
    assert sent.status_code in (201, 202), sent.text  # where the machine is slow it is not done yet
    any_server.wait_until_idle()
    return any_server.wait_for_board("tour")


def test_every_line_of_the_upload_is_accounted_for(
    any_server: Server, board: dict[str, Any]
) -> None:
    report = any_server.get(f"{API}/tour/uploads/2").json()
    parts = ("accepted", "updated", "duplicate", "rejected", "blank")
    assert sum(report[part] for part in parts) == report["lines"] == 416
    planted = orjson.loads((DEMO / "planted.json").read_bytes())
    broken = sorted(line["line"] for line in planted["broken_lines"])
    rejects = any_server.get(report["rejects_url"]).text.splitlines()
    assert [orjson.loads(line)["line"] for line in rejects] == broken


def test_the_planted_faults_are_on_the_board(any_server: Server, board: dict[str, Any]) -> None:
    assert (board["state"], board["target"]["kind"]) == ("ready", "reference")
    crowded = " ".join(r["name"] for r in board["regions"] if r["kind"] == "over_dense")
    missing = " ".join(r["name"] for r in board["regions"] if r["kind"] == "gap")
    assert "battery" in crowded
    assert "fridge" in crowded
    assert {"tyre", "bike", "brake", "chain"} & set(missing.replace("/", " ").split())
    assert board["knots"] >= 1
    assert board["counts"]["placed"] + board["outsiders"] == 407


def test_a_bulk_decision_is_previewed_made_and_undone(
    any_server: Server, board: dict[str, Any]
) -> None:
    before = any_server.wait_for_board("tour")["counts"]
    wish = {"query": "label=fridge", "status": "rejected"}
    preview = any_server.post(f"{API}/tour/decisions", json={**wish, "preview": True}).json()
    assert preview["matched"] == preview["changed"] > 30
    done = any_server.post(f"{API}/tour/decisions", json=wish).json()
    assert done["changed"] == preview["changed"]
    after = any_server.get(f"{API}/tour/board").json()
    assert after["counts"]["placed"] == before["placed"] - done["changed"]
    assert any_server.post(f"{API}/tour/undo", json={}).status_code == 200
    assert any_server.get(f"{API}/tour/board").json()["counts"] == before


def test_what_is_approved_is_exported_and_twice_gives_the_same_bytes(
    any_server: Server, board: dict[str, Any]
) -> None:
    wish = {"query": "label=phone", "status": "approved"}
    approved = any_server.post(f"{API}/tour/decisions", json=wish).json()["changed"]
    first, second = (_export(any_server) for _ in range(2))
    assert first == second
    assert first.count(b"\n") == approved
    messages = orjson.loads(first.splitlines()[0])["messages"]
    assert [turn["role"] for turn in messages][-1] == "assistant"


def _export(server: Server) -> bytes:
    asked = server.post(f"{API}/tour/exports", json={"format": "openai-chat"})
    assert asked.status_code in (201, 202), asked.text
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        export = server.get(f"{API}/tour/exports/{asked.json()['id']}").json()
        if export["state"] == "done":
            break
        time.sleep(0.1)
    files = {told["name"]: told for told in export["files"]}
    data = server.get(files["train.jsonl"]["url"]).content
    assert hashlib.sha256(data).hexdigest() == files["train.jsonl"]["sha256"]
    return data


def test_the_same_key_is_the_same_upload(any_server: Server, board: dict[str, Any]) -> None:
    line = orjson.dumps({"prompt": "once", "completion": "only"})
    key = {"Idempotency-Key": "night-7"}
    first = any_server.post(f"{API}/tour/uploads", content=line, headers=key).json()
    any_server.wait_until_idle()
    again = any_server.post(f"{API}/tour/uploads?wait=1", content=line, headers=key).json()
    assert (again["id"], again["accepted"]) == (first["id"], 1)
    other = any_server.post(f"{API}/tour/uploads", content=line + b"\n", headers=key)
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"


def test_a_dry_run_stores_nothing(any_server: Server, board: dict[str, Any]) -> None:
    before = any_server.get(f"{API}/tour").json()
    line = orjson.dumps({"prompt": "dry", "completion": "run"}) + b"\n{oops"
    told = any_server.post(f"{API}/tour/uploads?dry_run=true", content=line).json()
    assert (told["accepted"], told["rejected"]) == (1, 1)
    assert any_server.get(f"{API}/tour").json() == before
