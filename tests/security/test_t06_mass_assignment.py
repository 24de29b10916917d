"""T06: a request that sets what it may not set."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from sqlmodel import SQLModel
from starlette.testclient import TestClient

PRIVILEGED = {
    "is_admin": True, "role": "admin", "owner_id": 1, "actor": "mia", "id": 999, "slug": "mine",
    "version": 7, "created_at": "2000-01-01T00:00:00Z", "deleted_at": None, "dataset_id": 2,
    "fingerprint": "x", "event_head": "0", "__class__": "x",
}  # fmt: skip


def routes_of(app: FastAPI) -> Iterator[APIRoute]:
    for context in iter_route_contexts(app.routes):
        route = getattr(context, "route", None) or getattr(context, "original_route", None)
        if isinstance(route, APIRoute):
            yield route


def models_of(route: APIRoute) -> Iterator[type[BaseModel]]:
    """The models that a route reads from the body, a form or the query."""
    dependant = route.dependant
    for field in (*dependant.body_params, *dependant.query_params):
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind


def test_t06_no_table_is_read_from_a_request(lasting_app: FastAPI) -> None:
    models = {model for route in routes_of(lasting_app) for model in models_of(route)}
    assert len(models) > 5, "the walk finds the models"
    assert not [model for model in models if issubclass(model, SQLModel)]


def test_t06_every_model_of_the_api_refuses_fields_it_does_not_know(lasting_app: FastAPI) -> None:
    api = [route for route in routes_of(lasting_app) if route.path.startswith("/api/")]
    models = {model for route in api for model in models_of(route)}
    assert not [model for model in models if model.model_config.get("extra") != "forbid"]


def test_t06_no_form_takes_fields_it_does_not_know(lasting_app: FastAPI) -> None:
    models = {model for route in routes_of(lasting_app) for model in models_of(route)}
    assert not [model for model in models if model.model_config.get("extra") == "allow"]


def json_bodies(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, an example of its body) for every route of the API that takes JSON."""
    described = app.openapi()
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            schema = (
                told.get("requestBody", {})
                .get("content", {})
                .get("application/json", {})
                .get("schema", {})
            )
            name = schema.get("$ref", "").rpartition("/")[2]
            if name:
                example = described["components"]["schemas"][name].get("examples", [{}])[0]
                yield method.upper(), path, example


def test_t06_privileged_fields_are_refused_by_name(lasting_app: FastAPI, admin: TestClient) -> None:
    seen = 0
    for method, path, example in json_bodies(lasting_app):
        address = path.replace("{slug}", "recipes")
        while "{" in address:
            address = address[: address.index("{")] + "1" + address[address.index("}") + 1 :]
        for name, value in PRIVILEGED.items():
            if name in example:
                continue
            answer = admin.request(method, address, json={**example, name: value})
            seen += 1
            assert answer.status_code in (404, 422, 428), (method, path, name, answer.text)
            if answer.status_code == 422 and path.startswith("/api/"):
                assert name in answer.json()["detail"], (path, name)
    assert seen > 20


@pytest.mark.parametrize("name", list(PRIVILEGED))
def test_t06_a_data_set_is_made_as_the_server_says(admin: TestClient, name: str) -> None:
    body = {"name": "Soups", name: PRIVILEGED[name]}
    assert admin.post("/api/v1/datasets", json=body).status_code == 422
    assert admin.get("/api/v1/datasets/soups").status_code == 404
