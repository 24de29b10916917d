"""Probes over REST: ask a language model for inputs, read them, approve or drop each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.curation import probe_rulings, probing, progress
from app.web import problems
from app.web.answers import Once
from app.web.api.jobs import JobAnswer
from app.web.deps import HouseDep, ReadSession
from app.web.ids import Cursor, Id

router = APIRouter(
    prefix="/api/v1/datasets/{slug}/probes",
    tags=["board"],
    responses=problems.documented(404, 422),
)


class ProbeAnswer(BaseModel):
    """One input that a model proposed; a person who approves it may change its text."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    text: str
    state: Literal["proposed", "approved", "dropped"]
    edited: bool
    actor: str = Field(description="who approved or dropped it")


class ProbePage(BaseModel):
    """Probes in the order in which they were proposed; `next` goes into `after`."""

    items: list[ProbeAnswer]
    next: int | None
    counts: dict[str, int]


class ProbeWish(BaseModel):
    """How many inputs the model is to propose."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(ge=1, le=probing.MOST_ASKED)


class Approval(BaseModel):
    """A probe to approve; without a text it stays as it was proposed."""

    model_config = ConfigDict(extra="forbid")

    id: Id
    text: str | None = Field(default=None, min_length=1, max_length=probing.LONGEST)


class ProbeDecisions(BaseModel):
    """Which probes to approve and which to drop; the others keep waiting."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"approve": [{"id": 7, "text": "Boil?"}], "drop": [8]}]},
    )

    approve: list[Approval] = Field(default=[], max_length=probing.MOST_WAITING)
    drop: list[Id] = Field(default=[], max_length=probing.MOST_WAITING)

    @model_validator(mode="after")
    def _each_once(self) -> "ProbeDecisions":
        ids = [one.id for one in self.approve] + self.drop
        if not ids:
            raise ValueError("name a probe to approve or to drop")
        if len(set(ids)) < len(ids):
            raise ValueError("a probe stands there twice")
        return self


class ProbeReport(BaseModel):
    """How many were approved and dropped: one that became the same as another is dropped."""

    approved: int
    dropped: int


@router.get("")
def list_probes(
    slug: str,
    session: ReadSession,
    state: Literal["proposed", "approved", "dropped"] = "proposed",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Cursor = 0,
) -> ProbePage:
    found = probe_rulings.page(session, slug, state, after=after, limit=limit)
    items = [ProbeAnswer.model_validate(line) for line in found.lines]
    following = items[-1].id if len(items) == limit else None
    return ProbePage(items=items, next=following, counts=dict(found.counts))


@router.post("", status_code=202, response_model=JobAnswer)
def ask_for_probes(slug: str, wish: ProbeWish, once: Once, house: HouseDep) -> Response:
    if not house.model.place:
        raise probing.NoModelError
    return once(
        202,
        lambda session: JobAnswer.model_validate(
            progress.view(session, probing.ask(session, slug, wish.count).id)
        ),
    )


@router.post("/decisions", response_model=ProbeReport)
def decide_probes(slug: str, wish: ProbeDecisions, once: Once) -> Response:
    approve = {one.id: one.text for one in wish.approve}
    return once(
        200, lambda session: probe_rulings.rule(session, slug, approve, wish.drop, actor=once.actor)
    )
