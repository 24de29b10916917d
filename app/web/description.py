"""openapi.json: what FastAPI knows of the routes, and what it cannot know.

The doors and limits answer before any route does, and errors are problem documents whichever
route they come from: both are written here once, for every route of the API.
"""

from typing import Any

from fastapi import FastAPI

from app.web.errors import API
from app.web.problems import Problem

REFUSALS = {
    "400": "The request cannot be read.",
    "401": "Nobody was recognised: send Authorization: Bearer dbt_...",
    "403": "Your role, or the token's scope, does not cover this.",
    "404": "There is no such thing here, or it is not yours to see.",
    "405": "This address does not take this method.",
    "408": "The request came too slowly.",
    "409": "It is not in a state that allows this.",
    "413": "The request is larger than is allowed.",
    "415": "The body is of a kind that this address does not take.",
    "422": "The request cannot be used as it is.",
    "429": "Too much at once: wait for as many seconds as Retry-After says.",
    "503": "Too many connections; try again.",
}
REFERENCE = {"$ref": "#/components/schemas/Problem"}


def describe_fully(app: FastAPI) -> None:
    """Let openapi.json name every refusal, its form, and how one is recognised."""
    plain = app.openapi

    def full() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = full  # type: ignore[method-assign]


def _completed(told: dict[str, Any]) -> dict[str, Any]:
    schema = Problem.model_json_schema()
    parts = told.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = schema
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in told["paths"].items():
        for operation in methods.values() if path.startswith(API) else ():
            operation["security"] = [{"token": []}]
            _add_refusals(operation["responses"])
    return told


def _add_refusals(answers: dict[str, Any]) -> None:
    for status in {*REFUSALS, *(it for it in answers if it >= "400")}:
        meaning = REFUSALS.get(status, "")
        known = answers.get(status, {}).get("description", meaning)
        described = meaning if known == "Validation Error" else known
        content = {"application/problem+json": {"schema": REFERENCE}}
        answers[status] = {"description": described, "content": content}
