"""How openapi.json describes errors: RFC 9457 problem documents."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """Why a request was refused; some codes come with further fields."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "status": 422,
                    "code": "query",
                    "detail": "status=open: 'open' is not a status.",
                    "term": "status=open",
                }
            ]
        },
    )

    type: str
    status: int
    code: str
    detail: str


MEANINGS = {
    404: "There is no such thing here.",
    409: "It is not in a state that allows this; `theirs` and `yours` say both sides.",
    422: "The request cannot be used as it is; `term` says which part of a query.",
    428: "Send If-Match with the version you have read.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for FastAPI's `responses`."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in statuses}
