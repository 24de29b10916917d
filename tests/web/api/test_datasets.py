import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import chronicle

URL = "/api/v1/datasets"


def test_a_data_set_is_created_renamed_trashed_and_restored(program: TestClient) -> None:
    made = program.post(URL, json={"name": "Support assistant", "task": "billing"})
    assert (made.status_code, made.json()["slug"]) == (201, "support-assistant")
    renamed = program.patch(f"{URL}/support-assistant", json={"name": "Support"}).json()
    assert (renamed["name"], renamed["slug"], renamed["task"]) == (
        "Support", "support-assistant", "billing",
    )  # fmt: skip
    assert program.delete(f"{URL}/support-assistant").status_code == 204
    assert program.get(f"{URL}/support-assistant").status_code == 404
    assert program.get(URL).json() == {"items": [], "next": None}
    assert program.post(URL, json={"name": "support assistant"}).status_code == 409
    assert program.post(f"{URL}/support-assistant/restore").json()["name"] == "Support"
    assert program.get(f"{URL}/support-assistant").json()["samples"] == 0


def test_every_change_of_a_data_set_is_an_event(program: TestClient, write: Sessions) -> None:
    program.post(URL, json={"name": "Support"})
    program.patch(f"{URL}/support", json={"task": "billing"})
    program.patch(f"{URL}/support", json={"task": "billing"})
    program.delete(f"{URL}/support")
    with write() as session:
        dataset_id = session.execute(select(DatasetRow.id)).scalar_one()
        kinds = [it.kind for it in chronicle.of_dataset(session, dataset_id)]
    assert kinds == ["created", "renamed", "trashed"]


def test_the_list_has_a_cursor(program: TestClient) -> None:
    for number in range(3):
        program.post(URL, json={"name": f"set {number}"})
    first = program.get(URL, params={"limit": 2}).json()
    rest = program.get(URL, params={"limit": 2, "after": first["next"]}).json()
    assert [it["slug"] for it in first["items"] + rest["items"]] == ["set-0", "set-1", "set-2"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "!!!"},
        {"name": "x" * 201},
        {"name": "a\0"},
        {"name": "a", "id": 7},
    ],
    ids=str,
)
def test_what_is_no_name_is_refused(program: TestClient, body: dict[str, object]) -> None:
    assert program.post(URL, json=body).status_code == 422
