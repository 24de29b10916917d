"""Large uploads in parts: what arrived is held, whatever happens in between."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.curation import parts, upload_sweep
from app.storage.database import Sessions
from app.storage.tables import UploadRow

URL = "/api/v1/datasets/recipes/uploads"
PART = 64
LINES = b"".join(
    orjson.dumps({"prompt": f"Question {number}", "completion": "An answer."}) + b"\n"
    for number in range(5)
)

pytestmark = pytest.mark.usefixtures("dataset")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", PART)


def announce(program: TestClient, size: int = len(LINES), key: str = "k1") -> dict[str, Any]:
    wish = {"bytes": size, "filename": "big.jsonl"}
    answer = program.post(f"{URL}/parts", json=wish, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def piece(number: int, data: bytes = LINES) -> bytes:
    return data[(number - 1) * PART : number * PART]


def put(program: TestClient, upload: int, number: int, data: bytes = b"") -> Any:
    body = data or piece(number)
    digest = hashlib.sha256(body).hexdigest()
    address = f"{URL}/{upload}/parts/{number}"
    return program.put(address, content=body, headers={"Content-SHA256": digest})


def test_parts_in_any_order_become_the_file_byte_for_byte(
    program: TestClient, write: Sessions, tmp_path: Path
) -> None:
    begun = announce(program)
    assert (begun["state"], begun["part_bytes"], begun["held"]) == ("sending", PART, [])
    for number in reversed(range(1, begun["parts"] + 1)):
        assert put(program, begun["id"], number).status_code == 200
    done = program.post(f"{URL}/{begun['id']}/complete")
    assert (done.status_code, done.json()["state"]) == (202, "received")
    with write() as session:
        row = session.exec(select(UploadRow)).one()
        assert row.sha256 == hashlib.sha256(LINES).hexdigest()
    assert (tmp_path / "spool" / row.spool_name).read_bytes() == LINES
    assert program.post(f"{URL}/{begun['id']}/complete").json()["id"] == begun["id"]


def test_who_comes_back_with_the_same_key_learns_what_is_held(program: TestClient) -> None:
    begun = announce(program)
    put(program, begun["id"], 2)
    again = announce(program)
    assert again["id"] == begun["id"]
    digest = hashlib.sha256(piece(2)).hexdigest()
    assert again["held"] == [{"number": 2, "bytes": PART, "sha256": digest}]
    assert program.get(f"{URL}/{begun['id']}/parts").json() == again
    wish = {"bytes": len(LINES) + 1}
    other = program.post(f"{URL}/parts", json=wish, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_a_part_may_come_twice_but_not_differ(program: TestClient) -> None:
    begun = announce(program)
    assert put(program, begun["id"], 1).json() == put(program, begun["id"], 1).json()
    other = put(program, begun["id"], 1, b"x" * PART)
    assert (other.status_code, other.json()["code"]) == (409, "part_differs")


@pytest.mark.parametrize(
    ("number", "body", "status"),
    [
        (0, b"x" * PART, 422),
        (99, b"x" * PART, 422),
        (1, b"short", 422),
        (1, b"x" * (PART + 1), 422),
    ],
)
def test_what_is_no_part_of_it_is_refused(
    program: TestClient, number: int, body: bytes, status: int
) -> None:
    begun = announce(program)
    assert put(program, begun["id"], number, body).status_code == status
    assert program.get(f"{URL}/{begun['id']}/parts").json()["held"] == []


def test_a_part_that_was_damaged_on_its_way_is_not_held(program: TestClient) -> None:
    begun = announce(program)
    answer = program.put(
        f"{URL}/{begun['id']}/parts/1", content=piece(1), headers={"Content-SHA256": "0" * 64}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "part")
    assert program.get(f"{URL}/{begun['id']}/parts").json()["held"] == []


def test_nothing_is_complete_while_a_part_is_missing_or_has_rotted(
    program: TestClient, write: Sessions, tmp_path: Path
) -> None:
    begun = announce(program)
    for number in range(1, begun["parts"]):
        put(program, begun["id"], number)
    refused = program.post(f"{URL}/{begun['id']}/complete")
    assert (refused.status_code, refused.json()["code"]) == (409, "parts_missing")
    put(program, begun["id"], begun["parts"])
    with write() as session:
        name = session.exec(select(UploadRow)).one().spool_name
    file = tmp_path / "spool" / f"{name}.partial"
    file.write_bytes(b"rot" + file.read_bytes()[3:])
    refused = program.post(f"{URL}/{begun['id']}/complete")
    assert refused.json()["detail"] == "1 of the parts have not arrived: 1."
    put(program, begun["id"], 1)
    assert program.post(f"{URL}/{begun['id']}/complete").status_code == 202


def test_an_upload_whose_parts_stay_away_is_forgotten_after_a_week(
    program: TestClient, write: Sessions, tmp_path: Path
) -> None:
    spool, now = tmp_path / "spool", datetime.now(UTC)
    begun = announce(program)
    put(program, begun["id"], 1)
    announce(program, key="k2")
    (spool / "0123.partial").write_bytes(b"of a server that died")
    assert upload_sweep.sweep(write, spool, now=now + timedelta(days=6)) == 0
    assert len(list(spool.iterdir())) == 2
    assert upload_sweep.sweep(write, spool, now=now + timedelta(days=8)) == 2
    assert program.get(f"{URL}/{begun['id']}/parts").status_code == 404
    assert list(spool.iterdir()) == []


def test_a_begun_upload_can_be_thrown_away(program: TestClient, tmp_path: Path) -> None:
    begun = announce(program)
    put(program, begun["id"], 1)
    assert program.delete(f"{URL}/{begun['id']}").status_code == 204
    assert list((tmp_path / "spool").iterdir()) == []
    assert announce(program)["id"] != 0


def test_an_upload_that_is_too_large_is_refused_before_it_is_sent(program: TestClient) -> None:
    answer = program.post(f"{URL}/parts", json={"bytes": 10**12})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_large")
