"""The audit log over REST, for admins."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.curation import audit
from app.curation.audit import Filter, Kind
from app.web.deps import ReadSession
from app.web.ids import Id

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


class AuditWish(BaseModel):
    """Which lines, and how many of them."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    actor: str = Field(default="", max_length=200, description="exactly this name")
    since: date | None = Field(default=None, description="the first day, in UTC")
    until: date | None = Field(default=None, description="the last day, in UTC")
    before: Id | None = Field(default=None, description="`next` of a page")
    limit: int = Field(default=100, ge=1, le=200)


class AuditAnswer(BaseModel):
    """One line: who did what to what, when, and from where."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str
    kind: str
    subject: str
    body: dict[str, Any]
    ip: str
    request_id: str


class AuditAnswers(BaseModel):
    """Lines, newest first; `next` goes into `before`."""

    items: list[AuditAnswer]
    next: int | None


@router.get("")
def list_lines(wish: Annotated[AuditWish, Query()], session: ReadSession) -> AuditAnswers:
    asked = Filter(wish.kind, wish.actor, wish.since, wish.until)
    lines, following = audit.page(session, asked, before=wish.before, limit=wish.limit)
    items = [AuditAnswer.model_validate(line) for line in lines]
    return AuditAnswers(items=items, next=following)
