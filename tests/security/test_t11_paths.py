"""T11: a path or a name that tries to leave its folder."""

import pytest
from starlette.testclient import TestClient

from app.web import downloads

PLACES = [
    "../pyproject.toml",
    "..%2fpyproject.toml",
    "..%2Fpyproject.toml",
    "%2e%2e/pyproject.toml",
    "%2e%2e%2fpyproject.toml",
    "..%252fpyproject.toml",
    "..%5cpyproject.toml",
    "css/../../pyproject.toml",
    "css/..%2f..%2fpyproject.toml",
    "....//pyproject.toml",
    "%c0%ae%c0%ae/pyproject.toml",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "file:///etc/passwd",
    "C:/boot.ini",
    "..%00/pyproject.toml",
    "css/tokens.css%00.html",
    "tokens%0d%0aSet-Cookie:%20x=1",
    "x" * 300,
    "%ff%fe",
    "CON",
    "~root/.bashrc",
    ".",
    "",
]


@pytest.mark.parametrize("place", PLACES)
def test_t11_static_gives_out_what_is_in_its_folder(stranger: TestClient, place: str) -> None:
    answer = stranger.get(f"/static/{place}")
    assert answer.status_code in (303, 404, 405)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("place", PLACES)
def test_t11_no_page_opens_a_path(admin: TestClient, place: str) -> None:
    for page in ("/d/{}/board", "/api/v1/datasets/{}/board", "/d/recipes/uploads/{}"):
        answer = admin.get(page.format(place), follow_redirects=False)
        assert answer.status_code in (303, 404, 405, 422)
        assert "root:" not in answer.text
        assert "build-system" not in answer.text


@pytest.mark.parametrize(
    ("name", "shown", "exact"),
    [
        ("rows.jsonl", "rows.jsonl", "rows.jsonl"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini", "boot.ini"),
        ('a"; filename="b.html', "a___filename__b.html", "a%22%3B%20filename%3D%22b.html"),
        ("a\r\nSet-Cookie: x=1", "x_1", "x%3D1"),
        ("C:evil.exe", "evil.exe", "evil.exe"),
        ("\u202egpj.exe", "gpj.exe", "gpj.exe"),
        ("żółć.jsonl", "____.jsonl", "%C5%BC%C3%B3%C5%82%C4%87.jsonl"),
        ("", "download", "download"),
        ("..", "download", "download"),
        (".hidden", "hidden", "hidden"),
    ],
)
def test_t11_the_name_of_a_download_stays_in_its_folder(name: str, shown: str, exact: str) -> None:
    disposition = downloads.attachment(name)["Content-Disposition"]
    assert disposition == f"attachment; filename=\"{shown}\"; filename*=UTF-8''{exact}"
