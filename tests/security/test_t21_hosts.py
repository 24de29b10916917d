"""T21: a web page reaches this machine by a name that its owner has pointed here."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from app.storage.database import Sessions
from app.web.app import create_app


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8765", 200),
        ("LOCALHOST:8765", 200),
        ("127.0.0.1", 200),
        ("127.0.0.1:1", 200),
        ("[::1]", 200),
        ("[::1]:8765", 200),
        ("evil.test", 400),
        ("evil.test:8765", 400),
        ("localhost.evil.test", 400),
        ("evil.localhost", 400),
        ("127.0.0.1.evil.test", 400),
        ("127.0.0.2", 400),
        ("localhost@evil.test", 400),
        ("localhost:8765@evil.test", 400),
        ("localhost, evil.test", 400),
        ("[::2]", 400),
        ("::1", 400),
        ("0.0.0.0", 400),
        ("", 400),
    ],
)
def test_t21_only_the_hosts_on_the_list_are_answered(
    stranger: TestClient, host: str, status: int
) -> None:
    assert stranger.get("/healthz", headers={"Host": host}).status_code == status


def test_t21_a_name_that_another_header_gives_does_not_count(stranger: TestClient) -> None:
    headers = {"Host": "evil.test", "X-Forwarded-Host": "localhost", "Forwarded": "host=localhost"}
    assert stranger.get("/healthz", headers=headers).status_code == 400


def test_t21_an_operator_names_the_host_and_only_that_one_is_added(
    lasting_house: tuple[Path, Sessions, Sessions],
) -> None:
    folder, read, write = lasting_house
    settings = Settings(data_dir=folder, allowed_hosts=["dartboard.example.org"])
    with TestClient(create_app(settings, read, write)) as client:
        for host, status in (("dartboard.example.org:443", 200), ("www.example.org", 400)):
            assert client.get("/healthz", headers={"Host": host}).status_code == status


def test_t21_this_machine_has_to_log_in_too(stranger: TestClient) -> None:
    assert stranger.get("/api/v1/jobs").status_code == 401
