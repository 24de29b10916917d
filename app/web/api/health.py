"""Whether the server lives, and whether it can work."""

from fastapi import APIRouter, Response

from app.curation import health
from app.web.deps import ReadSession
from app.web.errors import problem

router = APIRouter(tags=["health"])


@router.get("/healthz")
def tell_life() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "The database does not answer."}})
def tell_readiness(session: ReadSession) -> Response:
    if health.is_ready(session):
        return Response('{"status":"ready"}', media_type="application/json")
    return problem(503, "not_ready", "The database does not answer.")
