"""T07 and its kin: a text put wherever a text may stand stays a text.

Every text of `injections` goes into every place; whatever the answer is, it is one that was meant,
it says nothing of what is inside, and afterwards everything is as it was.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import Session, func, select
from starlette.testclient import TestClient

from app.curation import queries
from app.curation.queries import QueryError
from app.storage import datasets, samples
from app.storage.access_tables import SessionRow, TokenRow, UserRow
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, SampleRow
from app.web.deps import House
from tests import web_client
from tests.security.injections import ALL, CANARY, TEXTS
from tests.stocked import stock

MEANT = {200, 201, 202, 204, 303, 400, 403, 404, 405, 409, 412, 422, 428, 431}
INSIDE = (
    "sqlite",
    "psycopg",
    "sqlalchemy",
    "traceback",
    "syntax error",
    "jinja",
    "root:x:",
    CANARY,
)
"""What no answer holds, but where it gives the sender's own text back."""
API = "/api/v1/datasets/recipes"

Place = Callable[[TestClient, str, int], Iterator[Response]]


def as_words(client: TestClient, text: str, number: int) -> Iterator[Response]:
    where, words = ("recipes", text) if number % 2 else (text[:80], "a")
    yield client.get("/api/v1/search", params={"dataset": where, "q": words})
    name = ("sort", "after", "limit", f"meta.{text}")[number % 4]
    answer = client.get(f"{API}/samples", params={name: text})
    assert answer.status_code == 422, (name, text)
    yield answer


def as_names(client: TestClient, text: str, number: int) -> Iterator[Response]:
    query, part = f"label={quote(text)}", quote(text, safe="")
    if number % 2:
        yield client.post("/api/v1/datasets", json={"name": text[:200], "task": text})
        yield client.post(f"{API}/views", json={"name": text[:100] or "x", "query": query})
    else:
        yield client.put(f"{API}/mappings/{part}", json={"columns": {text: "user"}})
        yield client.post("/settings/tokens", data={"name": text, "scopes": "read"})


def as_files(client: TestClient, text: str, number: int) -> Iterator[Response]:
    line = f'{{"prompt": "question {number}", "completion": "x"}}'.encode()
    sent = client.post(f"{API}/uploads", content=line, headers={"X-Filename": quote(text)})
    assert sent.status_code == 202, (text, sent.text)
    yield sent
    yield client.get(f"/d/recipes/exports/1/{quote(text, safe='')}")


def as_addresses(client: TestClient, text: str, number: int) -> Iterator[Response]:
    part = quote(text, safe="")
    pages = (f"/d/{part}/board", f"/api/v1/jobs/{part}", f"/static/{part}", f"/d/recipes@{part}")
    yield client.get(pages[number % 4])
    yield client.get(f"/d/recipes/selections/{part}")


def as_headers(client: TestClient, text: str, number: int) -> Iterator[Response]:
    said = text.encode().translate(None, b"\r\n\0")  # a server reads no others
    names = ("User-Agent", "X-Request-ID", "Accept", "Referer", "X-Forwarded-For", "HX-Target")
    yield client.get("/api/v1/jobs", headers={names[number % 6].encode(): said})
    yield client.post(f"{API}/undo", json={}, headers={b"Idempotency-Key": said})


def as_doors(client: TestClient, text: str, number: int) -> Iterator[Response]:
    if number % 16 == 0 or "\0" in text:  # each costs a hash, on purpose
        yield client.post("/login", data={"name": text[:200], "password": text})
    yield client.get(("/login", "/join", "/setup")[number % 3], params={"token": text})
    yield client.get("/settings/audit/audit.csv", params={"actor": text[:200]})


PLACES: list[Place] = [
    as_words, as_names, as_files, as_addresses, as_headers, as_doors,
]  # fmt: skip


@pytest.fixture
def app(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> FastAPI:
    """With an encoder that costs nothing: likeness is asked for too."""
    return web_client.make_app(tmp_path, write, write, encoder="hashing")


@pytest.fixture
def admin(app: FastAPI) -> Iterator[TestClient]:
    house: House = app.state.house
    with house.write() as session:
        dataset = datasets.get(session, "recipes")
        stock(session, dataset.id, [{"text": "a refund"}, {"text": "b", "label": "a, b"}])
    with web_client.signed_in(app) as client:
        client.follow_redirects = False
        yield client


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # the one that refuses more
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_t07_a_text_stays_a_text_wherever_it_is_put(
    app: FastAPI, admin: TestClient, place: Place
) -> None:
    house: House = app.state.house
    with house.read() as session:
        before = everything(session)
    for number, text in enumerate(ALL):
        for answer in place(admin, text, number):
            assert answer.status_code in MEANT, (text, answer.status_code, answer.text[:300])
            assert "x-injected" not in answer.headers, text
            assert "stolen" not in answer.headers.get("set-cookie", ""), text
            told = answer.text.lower()
            assert not [word for word in INSIDE if word in told and word not in text.lower()], text
    with house.read() as session:
        assert everything(session) == before


@pytest.mark.parametrize("name", sorted(set(queries.NAMES) - {"like", "not.like", "near"}))
def test_t07_every_filter_takes_a_text_as_a_text_or_refuses_it(
    write: Sessions, dataset: DatasetRow, name: str
) -> None:
    with write() as session:
        stock(session, dataset.id, [{"text": "a refund", "label": "a"}])
        before = everything(session)
        for text in ALL:
            with contextlib.suppress(QueryError):
                query = queries.parse([(name, text)])
                wanted = queries.resolve(session, dataset.id, query)
                samples.ids_matching(session, dataset.id, wanted)
        assert everything(session) == before


def everything(session: Session) -> tuple[object, ...]:
    """What no text may change: samples and what is thought of them, people, who is logged in."""
    kept = session.exec(select(SampleRow.id, SampleRow.status, SampleRow.label)).all()
    people = session.exec(select(UserRow.id, UserRow.name, UserRow.role)).all()
    sessions = session.exec(select(func.count()).select_from(SessionRow)).one()
    free = session.exec(select(TokenRow.id).where(TokenRow.user_id == None)).all()  # noqa: E711
    return sorted(kept), sorted(people), sessions, sorted(free)


def test_t07_there_are_enough_texts_of_every_kind() -> None:
    assert len(set(ALL)) >= 50
    assert all(len(texts) >= 4 for texts in TEXTS.values())
