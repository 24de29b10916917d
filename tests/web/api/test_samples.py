import pytest
from starlette.testclient import TestClient

from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests.stocked import stock_plain

URL = "/api/v1/datasets/recipes"

pytestmark = pytest.mark.usefixtures("ids")


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    with write() as session:
        return stock_plain(session, dataset.id, 5)


def test_pages_follow_their_cursor_to_the_end(program: TestClient, ids: list[int]) -> None:
    seen: list[int] = []
    after: str | None = ""
    while after is not None:
        page = program.get(f"{URL}/samples", params={"limit": 2, "after": after}).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert seen == ids


def test_an_item_tells_what_a_list_needs(program: TestClient, ids: list[int]) -> None:
    item = program.get(f"{URL}/samples", params={"q": '"question 2"'}).json()["items"][0]
    assert item == {
        "id": ids[2], "external_id": "", "status": "pending", "labels": [], "origin": "human",
        "preview": "question 2", "cell": "", "flags": [], "turns": 2, "length": 19, "version": 1,
        "marks": [], "flagged": False, "quality": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "params",
    [{"status": "open"}, {"colour": "red"}, {"cell": "1.1"}, {"limit": "201"}, {"after": "x"}],
    ids=str,
)
def test_what_cannot_be_asked_is_422_with_the_term(
    program: TestClient, params: dict[str, str]
) -> None:
    refused = program.get(f"{URL}/samples", params=params)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    (name,) = params
    assert name in refused.json()["detail"]
    if refused.json()["code"] == "query":
        assert refused.json()["term"] == f"{name}={params[name]}"


def test_a_sample_is_changed_only_by_who_has_read_it(program: TestClient, ids: list[int]) -> None:
    address = f"/api/v1/samples/{ids[0]}"
    read = program.get(address)
    assert read.headers["etag"] == '"v1"'
    assert read.json()["messages"][0] == {"role": "user", "content": "question 0"}
    assert program.patch(address, json={"status": "approved"}).status_code == 428
    odd = program.patch(address, json={"status": "approved"}, headers={"If-Match": "7"})
    assert odd.status_code == 422
    done = program.patch(
        address,
        json={"status": "approved", "labels": ["billing"], "reason": "clear"},
        headers={"If-Match": '"v1"'},
    )
    assert (done.status_code, done.json()["status"], done.json()["labels"]) == (
        200, "approved", ["billing"],
    )  # fmt: skip
    stale = program.patch(address, json={"status": "rejected"}, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale.json()["theirs"]["status"] == "approved"
    assert stale.json()["yours"] == {"status": "rejected"}


def test_an_edit_changes_the_text_and_keeps_what_came(program: TestClient, ids: list[int]) -> None:
    address = f"/api/v1/samples/{ids[0]}"
    turns = [{"role": "user", "content": "new"}, {"role": "assistant", "content": "text"}]
    done = program.patch(address, json={"messages": turns}, headers={"If-Match": '"v1"'}).json()
    assert (done["messages"], done["revision"], done["origin"]) == (turns, 2, "edited")
    assert done["raw"] == '{"messages": []}'
    lines = program.get(f"{address}/history").json()["items"]
    assert [line["sentence"] for line in lines] == ["Edited, text 2"]
    assert lines[0]["body"]["from"] == {"revision": 1, "origin": "human"}


@pytest.mark.parametrize(
    "body",
    [
        {"version": 9},
        {"is_admin": True},
        {"status": "open"},
        {"messages": []},
        {"messages": [{"role": "user", "content": "no answer"}]},
        {"labels": ["a", "b"]},
    ],
    ids=str,
)
def test_t06_only_named_fields_can_be_changed(
    program: TestClient, ids: list[int], body: dict[str, object]
) -> None:
    address = f"/api/v1/samples/{ids[0]}"
    refused = program.patch(address, json=body, headers={"If-Match": '"v1"'})
    assert refused.status_code == 422
    assert program.get(address).json()["version"] == 1


def test_a_bulk_decision_is_previewed_done_and_undone(program: TestClient, ids: list[int]) -> None:
    wish = {"query": "status=pending", "status": "rejected", "preview": True}
    told = program.post(f"{URL}/decisions", json=wish).json()
    assert told == {"matched": 5, "changed": 5, "batch": "", "job": None}
    done = program.post(f"{URL}/decisions", json={**wish, "preview": False}).json()
    assert (done["matched"], done["changed"]) == (5, 5)
    assert program.get(f"{URL}/samples", params={"status": "pending"}).json()["items"] == []
    undone = program.post(f"{URL}/undo", json={"batch": done["batch"]}).json()
    assert (undone["act"], undone["changed"], undone["skipped"]) == ("Rejected: 5 samples", 5, [])
    redone = program.post(f"{URL}/redo").json()
    assert (redone["redone"], redone["changed"]) == (True, 5)
    program.post(f"{URL}/undo")
    assert program.post(f"{URL}/undo").json()["batch"] is None


@pytest.mark.parametrize(
    ("wish", "found", "act"),
    [
        ({"mark": "rude"}, "mark=rude", "Marked rude: 5 samples"),
        ({"flagged": True}, "flagged=1", "Flagged: 5 samples"),
        ({"quality": 4}, "quality=4", "Rated 4 of 5: 5 samples"),
    ],
    ids=["mark", "flag", "quality"],
)
def test_what_is_beside_the_status_is_a_bulk_act_too(
    program: TestClient, wish: dict[str, object], found: str, act: str
) -> None:
    first = program.get(f"{URL}/samples").json()["items"][0]["id"]
    program.post(f"{URL}/decisions", json={"ids": [first], **wish})
    told = program.post(f"{URL}/decisions", json={"query": "", **wish, "preview": True}).json()
    assert (told["matched"], told["changed"]) == (5, 4), "one of them is so already"
    assert program.post(f"{URL}/decisions", json={"query": "", **wish}).json()["changed"] == 4
    assert len(program.get(f"{URL}/samples?{found}").json()["items"]) == 5
    undone = program.post(f"{URL}/undo").json()
    assert (undone["act"], undone["changed"]) == (act, 4)
    assert [it["id"] for it in program.get(f"{URL}/samples?{found}").json()["items"]] == [first]


def test_a_mark_goes_from_all_that_have_it_and_leaves_the_others(program: TestClient) -> None:
    for mark in ("rude", "Rude", "rude words"):
        program.post(f"{URL}/decisions", json={"query": "", "mark": mark})
    wish = {"query": "", "unmark": "rude"}
    assert program.post(f"{URL}/decisions", json={**wish, "preview": True}).json()["changed"] == 5
    program.post(f"{URL}/decisions", json=wish)
    item = program.get(f"{URL}/samples").json()["items"][0]
    assert item["marks"] == ["Rude", "rude words"]
    assert program.post(f"{URL}/decisions", json={**wish, "preview": True}).json()["changed"] == 0


def test_chosen_samples_are_decided_by_id(program: TestClient, ids: list[int]) -> None:
    done = program.post(f"{URL}/decisions", json={"ids": ids[:2], "label": "billing"}).json()
    assert done["changed"] == 2
    found = program.get(f"{URL}/samples", params={"label": "billing"}).json()["items"]
    assert [item["id"] for item in found] == ids[:2]


@pytest.mark.parametrize(
    "body",
    [
        {"status": "approved"},
        {"query": "", "ids": [1], "status": "approved"},
        {"query": ""},
        {"query": "", "status": "approved", "label": "x"},
        {"query": "", "mark": "x", "flagged": True},
        {"query": "", "mark": ""},
        {"query": "", "mark": "a|b"},
        {"query": "colour=red", "status": "approved"},
        {"query": "", "messages": []},
        {"ids": [], "status": "approved"},
        {"ids": [2**63], "status": "approved"},
    ],
    ids=str,
)
def test_a_bulk_decision_says_exactly_what_and_where(
    program: TestClient, body: dict[str, object]
) -> None:
    assert program.post(f"{URL}/decisions", json=body).status_code == 422


def test_the_same_key_decides_once(program: TestClient, ids: list[int]) -> None:
    key, address = {"Idempotency-Key": "k1", "If-Match": '"v1"'}, f"/api/v1/samples/{ids[0]}"
    first = program.patch(address, json={"status": "approved"}, headers=key)
    again = program.patch(address, json={"status": "approved"}, headers=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("sample_id", ["0", "999999", "99999999999999999999", "x"])
def test_an_unknown_sample_is_nowhere(program: TestClient, sample_id: str) -> None:
    assert program.get(f"/api/v1/samples/{sample_id}").status_code in (404, 422)
