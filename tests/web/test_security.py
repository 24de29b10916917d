import anyio
import pytest
from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message

from app.storage.access import Role
from app.web import csrf, matching, sizes
from app.web.doors import KNOWN, PUBLIC
from app.web.security import LARGE, PERMISSIONS


def test_no_two_lines_of_the_table_are_for_the_same_route() -> None:
    lines = [(method, matching.anonymous(template)) for method, template in PERMISSIONS]
    assert len(lines) == len(set(lines))


def test_a_line_holds_a_role_or_says_public_or_known() -> None:
    words = (PUBLIC, KNOWN)
    assert all(role in words or isinstance(role, Role) for role in PERMISSIONS.values())


def test_a_route_for_large_bodies_is_in_the_table_too() -> None:
    templates = {template for _, template in PERMISSIONS}
    assert templates >= LARGE


@pytest.mark.parametrize(
    ("method", "path", "template", "found"),
    [
        ("GET", "/x/d/recipes", "/x/d/{}", True),
        ("POST", "/x/d/recipes", "/x/d/{}", False),
        ("POST", "/x/y/z/3", "/x/y/z/{}", True),
        ("GET", "/plain", "/plain", True),
        ("HEAD", "/plain", "/plain", False),
    ],
)
def test_the_route_that_will_be_called_is_known_before(
    method: str, path: str, template: str, found: bool
) -> None:
    app, outer, inner = FastAPI(), APIRouter(prefix="/x"), APIRouter(prefix="/y")
    outer.add_api_route("/d/{slug}", lambda: None, methods=["GET"])
    inner.add_api_route("/z/{number:int}", lambda: None, methods=["POST"])
    outer.include_router(inner)
    app.include_router(outer)
    app.add_api_route("/plain", lambda: None)
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    target = matching.target_of(app, scope)
    assert target is not None
    assert (target.template, target.found) == (template, found)


def test_an_address_without_a_route_has_no_target() -> None:
    scope = {"type": "http", "method": "GET", "path": "/no/such", "headers": []}
    assert matching.target_of(FastAPI(docs_url=None, redoc_url=None), scope) is None


@pytest.mark.parametrize(
    ("site", "by_hand"),
    [
        ("none", True),
        ("same-origin", True),
        (None, True),
        ("cross-site", False),
        ("same-site", False),
    ],
)
def test_a_login_link_is_opened_by_hand_or_not(site: str | None, by_hand: bool) -> None:
    headers = Headers({"sec-fetch-site": site} if site else {})
    assert csrf.is_opened_by_hand(headers) == by_hand


@pytest.mark.anyio
async def test_a_body_is_counted_piece_by_piece() -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"12345", "more_body": True}

    limited = sizes.limited(receive, sizes.Limit(12, 30))
    assert (await limited())["body"] == b"12345"
    await limited()
    with pytest.raises(HTTPException) as caught:
        await limited()
    assert caught.value.status_code == 413


@pytest.mark.anyio
@pytest.mark.parametrize(
    "limit", [sizes.Limit(12, 0.01), sizes.Limit(12, 30, 0.01)], ids=["idle", "all"]
)
async def test_a_body_that_does_not_come_is_not_waited_for(limit: sizes.Limit) -> None:
    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    with pytest.raises(HTTPException) as caught:
        await sizes.limited(receive, limit)()
    assert caught.value.status_code == 408


@pytest.mark.anyio
async def test_after_the_body_the_end_of_the_connection_is_waited_for() -> None:
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await anyio.sleep(0.05)
        return {"type": "http.disconnect"}

    limited = sizes.limited(receive, sizes.Limit(12, 0.01))
    await limited()
    assert (await limited())["type"] == "http.disconnect"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
