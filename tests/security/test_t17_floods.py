"""T17: more requests and jobs than anybody needs."""

from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from app.storage import asker, datasets, jobs
from app.storage.asker import Asker
from app.storage.database import Sessions
from app.storage.jobs import TooManyJobsError
from app.storage.tables import DatasetRow, JobState
from app.web import rates
from app.web.deps import House
from app.web.rates import Allowances, Rates
from tests import web_client

FEW = Allowances(
    requests_per_minute=20,
    strangers_per_minute=10,
    logins_per_minute=5,
    logins_per_hour=20,
    uploads_at_once=2,
    jobs_per_person=3,
    exports_per_person=2,
)


@pytest.fixture
def limited_app(app: FastAPI) -> FastAPI:
    app.state.house = replace(app.state.house, rates=Rates(FEW))
    return app


def test_t17_a_hundred_posts_are_one_job(app: FastAPI) -> None:
    with web_client.bearing(app) as program:
        ids = {program.post("/api/v1/datasets/recipes/board").json()["id"] for _ in range(100)}
    assert len(ids) == 1


def test_t17_after_so_many_open_jobs_the_next_is_refused(limited_app: FastAPI) -> None:
    house: House = limited_app.state.house
    with house.write() as session:
        for number in range(4):
            datasets.add(session, f"set {number}")
    with web_client.bearing(limited_app) as program:
        told = [program.post(f"/api/v1/datasets/set-{number}/board") for number in range(4)]
        assert [answer.status_code for answer in told] == [202, 202, 202, 429]
        assert told[-1].json()["code"] == "too_many_jobs"
        assert told[-1].headers["retry-after"] == "30"
        again = program.post("/api/v1/datasets/set-0/board")
        assert again.json()["id"] == told[0].json()["id"]  # what waits already is no further job
    with web_client.bearing(limited_app, "curator") as other:
        assert other.post("/api/v1/datasets/set-3/board").status_code == 202


def test_t17_a_refused_upload_leaves_no_file(limited_app: FastAPI) -> None:
    with web_client.bearing(limited_app) as program:
        path = "/api/v1/datasets/recipes/uploads"
        told = [program.post(path, content=b'{"a": %d}' % it).status_code for it in range(4)]
    house: House = limited_app.state.house
    assert told == [202, 202, 202, 429]
    assert len(list(house.spool.iterdir())) == 3


def test_t17_what_the_worker_asks_for_has_no_limit(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session, asker.asked_by(Asker("mia", 1)):
        assert jobs.enqueue(session, "draw", dataset.id).actor == "mia"
        with pytest.raises(TooManyJobsError):
            jobs.enqueue(session, "gauge", dataset.id)
    with write() as session:
        assert jobs.enqueue(session, "gauge", dataset.id).actor == ""


def test_t17_of_a_kind_and_data_set_one_job_runs(write: Sessions, dataset: DatasetRow) -> None:
    kinds = ["parse", "draw"]
    with write() as session:
        other = datasets.add(session, "other")
        wanted = [("parse", dataset.id), ("parse", dataset.id), ("parse", other.id)]
        first, second, third = (
            jobs.enqueue(session, kind, id_, upload=at).id for at, (kind, id_) in enumerate(wanted)
        )
    with write() as session:
        claimed = jobs.claim(session, "w1", kinds)
        assert claimed is not None
        assert claimed.id == first
        beside = jobs.claim(session, "w2", kinds)
        assert beside is not None
        assert beside.id == third
        assert jobs.claim(session, "w3", kinds) is None
        assert not jobs.is_any_free(session, kinds)
        jobs.finish(session, claimed, JobState.DONE)
        freed = jobs.claim(session, "w3", kinds)
        assert freed is not None
        assert freed.id == second


def test_t17_a_person_who_asks_too_fast_is_told_when_to_go_on(limited_app: FastAPI) -> None:
    with web_client.bearing(limited_app) as program, web_client.bearing(limited_app) as other:
        told = [program.get("/api/v1/jobs") for _ in range(21)]
        assert {answer.status_code for answer in told[:20]} == {200}
        assert (told[20].status_code, told[20].json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(told[20].headers["retry-after"]) <= 60
        assert program.get("/healthz").status_code == 200
        assert other.get("/api/v1/jobs").status_code == 200


def test_t17_a_strangers_requests_are_counted_by_address(limited_app: FastAPI) -> None:
    stranger = web_client.stranger(limited_app)
    told = [stranger.get("/api/v1/jobs").status_code for _ in range(11)]
    assert told == [401] * 10 + [429]
    page = stranger.get("/login")
    assert page.status_code == 429
    assert "Too many requests" in page.text
    assert stranger.get("/static/css/tokens.css").status_code == 200
    elsewhere = TestClient(limited_app, base_url=web_client.ADDRESS, client=("192.0.2.9", 1))
    assert elsewhere.get("/login").status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_t17_a_household_of_ipv6_is_one_address(one: str, other: str, same: bool) -> None:
    def key(host: str) -> str:
        return rates.address_of(Request({"type": "http", "client": (host, 1)}))

    assert (key(one) == key(other)) == same


def test_t17_counting_takes_no_more_memory_than_it_may() -> None:
    counted = Rates(FEW)
    for number in range(rates.MOST_KEYS + 10):
        counted.take(str(number), 5)
    assert len(counted._taken) <= rates.MOST_KEYS + 1
