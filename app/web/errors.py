"""Where Dartboard's errors become answers: pages for people, problem documents for programs."""

import math
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.errors import (
    ConflictError,
    DartboardError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyError,
)
from app.web.deps import render_for

STATUS: dict[type[DartboardError], int] = {
    NotFoundError: 404,
    ConflictError: 409,
    InvalidError: 422,
    ForbiddenError: 403,
    TooManyError: 429,
}
API = "/api/"
NO_FACTS: Mapping[str, Any] = {}


def add_error_answers(app: FastAPI) -> None:
    """Show each family of errors with its status and its own words."""
    for family in STATUS:
        app.add_exception_handler(family, show)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(ClientDisconnect, _gone)


def status_of(error: DartboardError) -> int:
    """The status of the family that the error belongs to."""
    return next((code for family, code in STATUS.items() if isinstance(error, family)), 500)


def problem(status: int, code: str, sentence: str, **more: Any) -> Response:
    """An RFC 9457 problem document."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": sentence, **more}
    return Response(orjson.dumps(body), status, media_type="application/problem+json")


def answer(
    request: Request, status: int, code: str, sentence: str, facts: Mapping[str, Any] = NO_FACTS
) -> Response:
    """The error in the form that the asker reads."""
    if request.url.path.startswith(API):
        return problem(status, code, sentence, **facts)
    render = render_for(request)
    return render("errors/show.html", block="message", status=status, message=sentence)


def show(request: Request, error: Exception) -> Response:
    """One of Dartboard's own errors, with its status, code and sentence."""
    assert isinstance(error, DartboardError)  # noqa: S101  registered for it only
    status = next(STATUS[family] for family in type(error).__mro__ if family in STATUS)
    response = answer(request, status, error.code, str(error), error.facts)
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it only
    return answer(request, error.status_code, f"http_{error.status_code}", str(error.detail))


def _gone(request: Request, error: Exception) -> Response:  # noqa: ARG001  as handlers are called
    """Whoever sent this went away in the middle of it: nobody reads the answer, nothing is kept."""
    return problem(400, "gone", "The request broke off.")


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it only
    told = [f"{'.'.join(str(part) for part in e['loc'][1:])}: {e['msg']}" for e in error.errors()]
    return answer(request, 422, "invalid_request", "; ".join(told) or "The request is not valid.")
