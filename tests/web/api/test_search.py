"""Search by words and by meaning, what is similar, and saved views, over REST."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.encoders.hashing import HashingEncoder
from app.formats.sample import text_hash
from app.storage import datasets, embeddings
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import web_client
from tests.stocked import stock

TEXTS = ["my fridge is warm", "the fridge is warm", "a dog barks", "the dog barks a lot"]


@pytest.fixture
def ids(write: Sessions, dataset: DatasetRow) -> list[int]:
    encoder = HashingEncoder()
    with write() as session:
        hashes = [text_hash(text) for text in TEXTS]
        embeddings.add_many(session, encoder.name, hashes, encoder.encode(TEXTS))
        return stock(session, dataset.id, [{"text": text} for text in TEXTS])


@pytest.fixture
def api(ids: list[int], write: Sessions, tmp_path: Path) -> Iterator[TestClient]:
    app = web_client.make_app(tmp_path, write, write, encoder="hashing")
    with web_client.bearing(app) as client:
        yield client


def test_a_meaning_finds_the_most_alike_first(api: TestClient, ids: list[int]) -> None:
    found = api.get("/api/v1/search", params={"dataset": "recipes", "like": TEXTS[2]}).json()
    assert [it["id"] for it in found["items"]][:2] == [ids[2], ids[3]]
    assert found["items"][0]["score"] == pytest.approx(1, abs=1e-3)
    narrowed = {"dataset": "recipes", "like": TEXTS[2], "q": "lot"}
    items = api.get("/api/v1/search", params=narrowed).json()["items"]
    assert [it["id"] for it in items] == [ids[3]]
    assert {"text": "lot", "found": True} in items[0]["snippet"]


def test_without_a_data_set_all_that_may_be_seen_are_searched(
    api: TestClient, ids: list[int], write: Sessions
) -> None:
    with write() as session:
        other = datasets.add(session, "Pets")
        stock(session, other.id, [{"text": "the dog barks again"}])
        gone = datasets.add(session, "Gone")
        stock(session, gone.id, [{"text": "a dog in the trash"}])
    api.delete("/api/v1/datasets/gone")
    found = api.get("/api/v1/search", params={"q": "dog", "limit": 1}).json()
    assert {it["dataset"] for it in found["items"]} == {"recipes", "pets"}
    told = {it["dataset"]: (it["found"], it["next"]) for it in found["groups"]}
    assert told == {"recipes": (1, str(ids[2])), "pets": (1, None)}
    more = {"q": "dog", "limit": 1, "dataset": "recipes", "after": told["recipes"][1]}
    assert [it["id"] for it in api.get("/api/v1/search", params=more).json()["items"]] == [ids[3]]
    alike = api.get("/api/v1/search", params={"like": TEXTS[2]}).json()
    assert [it["id"] for it in alike["items"]][:2] == [ids[2], ids[3]]
    assert "no vectors" in next(it["fault"] for it in alike["groups"] if it["dataset"] == "pets")
    assert api.get("/api/v1/search", params={"q": "dog", "after": "1"}).status_code == 422
    with write() as session:
        bound = session.exec(select(DatasetRow).where(DatasetRow.slug == "pets")).one().id
    with web_client.bearing(api.app, dataset_id=bound) as program:  # type: ignore[arg-type]
        assert program.get("/api/v1/search", params={"q": "dog"}).status_code == 403


def test_what_is_similar_leaves_out_the_sample_itself(api: TestClient, ids: list[int]) -> None:
    found = api.get(f"/api/v1/samples/{ids[0]}/similar", params={"limit": 1}).json()["items"]
    assert [it["id"] for it in found] == [ids[1]]


def test_pages_of_the_most_alike_go_on(api: TestClient, ids: list[int]) -> None:
    asked = {"near": str(ids[0]), "limit": "3"}
    first = api.get("/api/v1/datasets/recipes/samples", params=asked).json()
    rest = api.get("/api/v1/datasets/recipes/samples", params={**asked, "after": first["next"]})
    told = [it["id"] for it in (*first["items"], *rest.json()["items"])]
    assert told[0] == ids[0]
    assert sorted(told) == ids


@pytest.mark.parametrize(
    "asked", ["near=999999", "near=x", "sort=similar", "sort=size", "after=x", "near=1&like=a"]
)
def test_what_cannot_be_found_is_refused(api: TestClient, asked: str) -> None:
    assert api.get(f"/api/v1/datasets/recipes/samples?{asked}").status_code == 422


@pytest.mark.parametrize(
    ("sort", "order"), [("newest", [3, 2, 1, 0]), ("shortest", [2, 0, 1, 3]), ("", [0, 1, 2, 3])]
)
def test_every_order_goes_on_from_page_to_page(
    api: TestClient, ids: list[int], sort: str, order: list[int]
) -> None:
    seen: list[int] = []
    after = ""
    while len(seen) < len(ids):
        asked = {"sort": sort, "limit": "1", "after": after}
        page = api.get("/api/v1/datasets/recipes/samples", params=asked).json()
        seen += [it["id"] for it in page["items"]]
        after = page["next"] or ""
    assert seen == [ids[at] for at in order]


def test_a_view_is_saved_renamed_and_deleted(api: TestClient) -> None:
    views = "/api/v1/datasets/recipes/views"
    made = api.post(views, json={"name": " Warm  ones", "query": "q=warm&status=pending"})
    assert (made.status_code, made.json()["name"]) == (201, "Warm ones")
    assert api.post(views, json={"name": "Warm ones"}).json()["code"] == "view_exists"
    assert api.post(views, json={"name": "Bad", "query": "status=open"}).status_code == 422
    address = f"{views}/{made.json()['id']}"
    assert api.patch(address, json={"name": "May"}).json()["name"] == "May"
    assert [it["query"] for it in api.get(views).json()["items"]] == ["q=warm&status=pending"]
    assert api.delete(address).status_code == 204
    assert api.get(views).json()["items"] == []
