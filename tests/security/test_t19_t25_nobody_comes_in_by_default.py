"""T19 and T25: accounts that exist from the start, and doors that somebody else keeps."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.storage.database import Sessions
from app.web.deps import House
from app.web.security import PERMISSIONS
from tests import web_client
from tests.security import routes

ROOT = Path(__file__).parents[2]
GUESSES = [
    ("admin", "admin"), ("admin", "password"), ("admin", ""), ("root", "root"),
    ("admin", "dartboard"),
    ("dartboard", "dartboard"), ("demo", "demo"), ("test", "test"), ("", ""), ("admin", "changeme"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "password"), GUESSES)
def test_t19_no_name_and_password_opens_a_new_dartboard(
    write: Sessions, tmp_path: Path, name: str, password: str
) -> None:
    stranger = web_client.stranger(web_client.make_app(tmp_path, write, write))
    entry = {"name": name, "password": password}
    answer = stranger.post("/login", data=entry, headers=web_client.BROWSER)
    assert answer.status_code != 303 or answer.headers["location"] != "/"
    assert not stranger.cookies
    assert stranger.get("/", follow_redirects=False).status_code == 303


def test_t19_a_new_dartboard_is_closed_but_for_its_set_up(write: Sessions, tmp_path: Path) -> None:
    app = web_client.make_app(tmp_path, write, write)
    stranger = web_client.stranger(app)
    for call in routes.every(app):
        if not call.is_public:
            assert stranger.request(call.method, call.path()).status_code in (303, 401), call


def test_t19_nobody_can_register(write: Sessions, tmp_path: Path) -> None:
    words = {part for _, path in PERMISSIONS for part in path.split("/")}
    assert not words & {"register", "signup", "sign-up"}
    stranger = web_client.stranger(web_client.make_app(tmp_path, write, write))
    entry = {"name": "mallory", "password": "a long enough password", "token": "guessed"}
    for path in ("/setup", "/join"):
        answer = stranger.post(path, data=entry, headers=web_client.BROWSER)
        assert answer.status_code in (403, 422), path
    assert not stranger.cookies


def test_t19_no_password_stands_in_the_code() -> None:
    constant = re.compile(
        r"""(?i)\b\w*(?:password|passwd|secret|api_?key)\w*\s*=\s*["'][^"'{}\s]{4,}["']"""
    )
    found = [
        f"{path.name}: {match[0]}"
        for path in (ROOT / "app").rglob("*.py")
        for match in constant.finditer(path.read_text())
        # The names of acts in the audit log.
        if path.name != "audit.py"
    ]
    assert not found


def test_t25_without_a_provider_nobody_comes_in_by_one(
    lasting_app: object, stranger: TestClient
) -> None:
    house: House = lasting_app.state.house  # type: ignore[attr-defined]
    assert house.provider is None
    for path in ("/oidc", "/oidc/callback", "/oidc/return", "/auth/callback"):
        answer = stranger.get(path, params={"code": "x", "state": "y"})
        assert answer.status_code in (303, 403, 404), path
        assert answer.headers.get("location", "/login").startswith("/login")
    assert not stranger.cookies
