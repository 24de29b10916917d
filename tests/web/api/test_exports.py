import hashlib

import pytest
from starlette.testclient import TestClient

from app.formats.exporters import EXPORTERS
from tests.curation.release import Release, lines_of
from tests.curation.test_export import GOOD, TWO_SYSTEMS

URL = "/api/v1/datasets/recipes/exports"


def test_a_program_asks_waits_and_fetches(program: TestClient, release: Release) -> None:
    ids = release.load(lines_of([*GOOD, TWO_SYSTEMS]))
    asked = program.post(URL, json={"format": "openai-chat"})
    assert asked.status_code == 202
    told = asked.json()
    assert (told["state"], told["total"], told["files"]) == ("queued", 13, [])
    assert program.get(f"/api/v1/jobs/{told['job']}").json()["kind"] == "export"
    release.run()
    done = program.get(f"{URL}/{told['id']}").json()
    assert (done["state"], done["rows"], done["failed"]) == ("done", 12, 1)
    assert done["failures"][0]["samples"] == [ids[-1]]
    assert done["note"] == EXPORTERS["openai-chat"].note
    for file in done["files"]:
        answer = program.get(file["url"])
        assert len(answer.content) == file["bytes"]
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
    log = program.get("/api/v1/audit", params={"kind": "downloaded"}).json()["items"]
    assert len(log) == len(done["files"])
    assert {line["subject"] for line in log} == {"recipes"}


def test_t02_files_are_saved_and_may_do_nothing(program: TestClient, release: Release) -> None:
    release.load(lines_of(GOOD))
    told = program.post(URL, json={"format": "alpaca"}).json()
    release.run()
    for name, kind in (
        ("train.jsonl", "application/x-ndjson"),
        ("manifest.json", "application/json"),
    ):
        answer = program.get(f"{URL}/{told['id']}/{name}")
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith(f'attachment; filename="recipes-export-{told["id"]}-{name}"')
        assert answer.headers["content-type"].startswith(kind)
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "..%2fmanifest.json", "%2e%2e%2f1%2ftrain.jsonl", "train.jsonl%00", "other"],
)
def test_t11_no_name_reaches_another_file(program: TestClient, release: Release, path: str) -> None:
    release.load(lines_of(GOOD))
    told = program.post(URL, json={"format": "alpaca"}).json()
    release.run()
    assert program.get(f"{URL}/{told['id']}/{path}").status_code == 404


def test_t34_a_huge_range_header_is_cheap(program: TestClient, release: Release) -> None:
    release.load(lines_of(GOOD))
    told = program.post(URL, json={"format": "alpaca"}).json()
    release.run()
    ranges = "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 40_000, 2))
    address = f"{URL}/{told['id']}/train.jsonl"
    answer = program.get(address, headers={"Range": ranges})
    # Nobody who is answered with the whole file has been given thousands of parts of it.
    assert (answer.status_code, answer.content) == (200, program.get(address).content)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"format": "docx"}, 422, "unknown_format"),
        ({"format": "alpaca", "oops": 1}, 422, "invalid_request"),
        ({"format": "alpaca", "version": 1, "query": ""}, 422, "invalid_request"),
        ({"format": "alpaca", "version": 0}, 422, "invalid_request"),
        ({"format": "alpaca", "version": 9}, 404, "not_found"),
        ({"format": "alpaca", "query": "nope=1"}, 422, "query"),
        ({"format": "alpaca", "query": "status=rejected"}, 422, "empty_version"),
    ],
)
def test_what_cannot_be_exported_is_a_problem_document(
    program: TestClient, release: Release, body: dict[str, object], status: int, code: str
) -> None:
    release.load(lines_of(GOOD))
    answer = program.post(URL, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_same_key_starts_one_export(program: TestClient, release: Release) -> None:
    release.load(lines_of(GOOD))
    body, key = {"format": "alpaca"}, {"Idempotency-Key": "k1"}
    first = program.post(URL, json=body, headers=key)
    release.run()
    again = program.post(URL, json=body, headers=key)
    assert again.json() == first.json()
    other = program.post(URL, json={"format": "openai-chat"}, headers=key)
    assert other.json()["code"] == "key_reused"


def test_an_export_is_split_counted_and_removed(program: TestClient, release: Release) -> None:
    release.load(lines_of(GOOD))
    wish = {"format": "alpaca", "split": "50/50", "tokenizer": "estimate", "licence": "mit"}
    told = program.post(URL, json=wish).json()
    assert program.delete(f"{URL}/{told['id']}").status_code == 409
    release.run()
    done = program.get(f"{URL}/{told['id']}").json()
    assert [(one["name"], one["rows"]) for one in done["splits"]] == [
        ("train", 6), ("validation", 6),
    ]  # fmt: skip
    assert all(one["tokens"] > one["trained"] > 0 for one in done["splits"])
    assert program.delete(f"{URL}/{told['id']}").status_code == 204
    assert program.get(f"{URL}/{told['id']}").status_code == 404
    assert not (release.files / str(told["id"])).exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"split": "90"}, {"split_by": "moon"}, {"cap": 0.5}, {"seed": -1}, {"tokenizer": "../x"},
        {"token_limit": 0}, {"version": "newest"}, {"version": "v1", "query": "q=a"},
    ],
)  # fmt: skip
def test_a_choice_out_of_range_is_refused(
    program: TestClient, release: Release, wish: dict[str, object]
) -> None:
    release.load(lines_of(GOOD))
    assert program.post(URL, json={"format": "alpaca", **wish}).status_code == 422
