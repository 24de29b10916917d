"""T04: a route that somebody forgot to protect."""

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.web.doors import PUBLIC
from app.web.security import PERMISSIONS
from tests import web_client
from tests.security import routes


def test_t04_every_route_has_a_line_in_the_permission_table(lasting_app: FastAPI) -> None:
    missing = [call for call in routes.every(lasting_app) if call.line not in routes.LINES]
    assert not missing, "add these to PERMISSIONS in app/web/security.py"


def test_t04_the_walk_sees_included_routers_and_mounts(lasting_app: FastAPI) -> None:
    seen = {call.line for call in routes.every(lasting_app)}
    assert {("GET", "/static/{}"), ("GET", "/jobs"), ("GET", "/api/v1/jobs")} <= seen


def test_t04_these_addresses_are_public_and_no_others() -> None:
    public = {path for (_, path), role in PERMISSIONS.items() if role == PUBLIC}
    ways_in = {"/login", "/setup", "/join", "/oidc", "/oidc/callback"}
    assert public == ways_in | {"/static/{path}", "/healthz", "/readyz"}


def test_t04_no_mount_holds_routes_of_its_own(lasting_app: FastAPI) -> None:
    # A mount has one line for all that is in it, which fits files and nothing else.
    mounts = [route for route in lasting_app.routes if isinstance(route, Mount)]
    assert mounts
    assert not [mount.path for mount in mounts if mount.routes]


def test_t04_a_stranger_passes_no_route(lasting_app: FastAPI, stranger: TestClient) -> None:
    for call in routes.every(lasting_app):
        if call.is_public:
            continue
        answer = stranger.request(call.method, call.path())
        if call.is_api:
            assert answer.status_code == 401, call
            assert call.method == "HEAD" or answer.json()["code"] == "not_authenticated"
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), call


def test_t04_a_stranger_does_not_learn_which_addresses_exist(stranger: TestClient) -> None:
    assert stranger.get("/no/such/page").headers["location"] == "/login"
    assert stranger.get("/api/v1/no-such-thing").status_code == 401


def test_t04_a_fragment_for_a_stranger_is_401_not_a_login_page_inside_a_page(
    stranger: TestClient,
) -> None:
    answer = stranger.get("/jobs", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "<html" not in answer.text


def test_t04_a_script_of_a_page_gets_401_when_its_session_has_ended(stranger: TestClient) -> None:
    headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    assert stranger.post("/d/recipes/uploads", headers=headers).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_t04_a_route_without_a_line_is_closed_even_to_an_admin(
    extended_app: FastAPI, method: str
) -> None:
    router = APIRouter(prefix="/d/{slug}")
    router.add_api_route("/forgotten", lambda: "secret", methods=[method])
    extended_app.include_router(router)

    with web_client.signed_in(extended_app) as admin:
        answer = admin.request(method, "/d/recipes/forgotten")

    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_t04_a_new_mount_is_closed_even_to_an_admin(extended_app: FastAPI) -> None:
    extended_app.mount("/forgotten", Starlette())
    with web_client.signed_in(extended_app) as admin:
        assert admin.get("/forgotten/anything").status_code == 403


def test_t04_another_method_of_a_known_address_is_not_let_through(admin: TestClient) -> None:
    answer = admin.delete("/api/v1/datasets/recipes/board")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_t04_a_line_for_one_method_opens_no_other(extended_app: FastAPI) -> None:
    extended_app.add_api_route("/jobs", lambda: "secret", methods=["PUT"])
    with web_client.signed_in(extended_app) as admin:
        assert admin.put("/jobs").status_code in (403, 405)


def test_t04_no_websocket_opens(extended_app: FastAPI) -> None:
    @extended_app.websocket("/stream")
    async def stream(socket: object) -> None:
        raise AssertionError(socket)

    admin = web_client.signed_in(extended_app)
    with pytest.raises(WebSocketDisconnect), admin.websocket_connect("/stream"):
        pass


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/static/css/tokens.css"])
def test_t04_what_is_public_is_open(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 200
