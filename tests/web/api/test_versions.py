import pytest
from starlette.testclient import TestClient

from app.storage.tables import Status
from tests.curation.release import Release, lines_of
from tests.curation.test_export import GOOD

URL = "/api/v1/datasets/recipes/versions"


def test_versions_are_frozen_listed_and_compared(program: TestClient, release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    first = program.post(URL, json={"name": "one"})
    assert first.status_code == 201
    assert first.json()["statuses"] == {"approved": 12}
    release.decide(ids[:2], Status.REJECTED)
    second = program.post(URL, json={}).json()
    assert (second["number"], second["dataset"], second["rows"]) == (2, "recipes", 12)
    page = program.get(URL, params={"limit": 1}).json()
    assert [item["number"] for item in page["items"]] == [2]
    rest = program.get(URL, params={"limit": 1, "after": page["next"]}).json()
    assert ([item["name"] for item in rest["items"]], rest["next"]) == (["one"], None)
    found = program.get(f"{URL}/1...2").json()
    assert found["status_changed"] == {"count": 2, "samples": ids[:2]}
    assert (found["old"]["number"], found["new"]["number"]) == (1, 2)


@pytest.mark.parametrize(
    ("path", "status"),
    [("1...9", 404), ("0...1", 404), ("a...b", 422), ("1...x", 422), ("1..2", 422), ("9", 404)],
)
def test_a_comparison_needs_two_versions(
    program: TestClient, release: Release, path: str, status: int
) -> None:
    release.load(lines_of(GOOD))
    program.post(URL, json={})
    assert program.get(f"{URL}/{path}").status_code == status


@pytest.mark.parametrize(
    "body", [{"oops": 1}, {"name": "x" * 201}, {"query": "trash=1"}, {"query": "a=b"}]
)
def test_what_cannot_be_frozen_is_refused(
    program: TestClient, release: Release, body: dict[str, object]
) -> None:
    release.load(lines_of(GOOD))
    assert program.post(URL, json=body).status_code == 422
    assert program.get(URL).json()["items"] == []


def test_a_pipeline_cites_uses_and_restores_the_latest(
    program: TestClient, release: Release
) -> None:
    release.load(lines_of(GOOD))
    program.post(URL, json={"name": "first", "note": "the beginning"})
    told = program.get(f"{URL}/latest").json()
    assert (told["number"], told["note"], told["used_by"]) == (1, "the beginning", [])
    used = program.post(f"{URL}/v1/uses", json={"used_by": "ft-7"})
    assert used.status_code == 201
    (use,) = used.json()["used_by"]
    assert use["used_by"] == "ft-7"
    page = program.get("/api/v1/datasets/recipes@latest/samples", params={"limit": 5}).json()
    assert len(page["items"]) == 5
    assert page["items"][0]["messages"] == GOOD[0]["messages"]
    rest = program.get(
        "/api/v1/datasets/recipes@v1/samples", params={"limit": 200, "after": page["next"]}
    ).json()
    assert (len(rest["items"]), rest["next"]) == (7, None)
    made = program.post(
        "/api/v1/datasets/recipes/exports", json={"format": "alpaca", "version": "latest"}
    )
    assert made.json()["version"] == 1
    back = program.post(f"{URL}/latest/restore", json={"exactly": True})
    assert back.status_code == 202
    assert program.get(f"/api/v1/jobs/{back.json()['job']}").json()["kind"] == "restore"
    left = program.delete(f"{URL}/1/uses/{use['id']}").json()
    assert left["used_by"] == []
    assert program.get(f"{URL}/v77").status_code == 404
    assert program.get("/api/v1/datasets/recipes@v77/samples").status_code == 404


def test_a_frozen_pair_is_told_with_both_its_answers(program: TestClient, release: Release) -> None:
    asked = [{"role": "user", "content": "Which?"}]
    sides = [[{"role": "assistant", "content": text}] for text in ("This.", "That.")]
    release.load(lines_of([{"prompt": asked, "chosen": sides[0], "rejected": sides[1]}]))
    program.post(URL, json={})
    (told,) = program.get("/api/v1/datasets/recipes@v1/samples").json()["items"]
    assert (told["kind"], told["messages"]) == ("preference", [*asked, *sides[0]])
    assert (told["rejected"], told["answer_turns"], told["desirable"]) == (sides[1], 1, None)
