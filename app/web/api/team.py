"""Comments, assignments and agreement over REST."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import assigning, commenting, opinions, sample_page, team
from app.curation.team_views import AssignmentView, CommentView, TeamView
from app.web import problems
from app.web.answers import Once
from app.web.deps import Reading, ReadSession, Speaking
from app.web.ids import Id

router = APIRouter(prefix="/api/v1", tags=["team"], responses=problems.documented(404, 409, 422))


class Plain(BaseModel):
    """Read from a view's attributes."""

    model_config = ConfigDict(from_attributes=True)


class PersonAnswer(Plain):
    """How far one person has come; `pace` is samples an hour while at work."""

    name: str
    today: int
    week: int
    total: int
    approved: int
    rejected: int
    needs_work: int
    pace: int | None


class PairAnswer(Plain):
    """On how many samples two people agree, of how many that both judged."""

    one: str
    other: str
    agreed: int
    both: int


class ConfusionAnswer(Plain):
    """How often this status met each of `statuses`."""

    status: str
    counts: list[int]


class AgreementAnswer(Plain):
    """How far those agree who judged the same samples; alpha is Krippendorff's, nominal."""

    shared: int
    split: int
    alpha: float | None
    verdict: str
    statuses: list[str]
    confusion: list[ConfusionAnswer]
    pairs: list[PairAnswer]


class TeamAnswer(Plain):
    """The people of a data set; `disagreements` are samples that wait to be settled.

    Where several judge each sample, a reviewer is told how others judged (by person, agreement)
    only of samples that they have judged too; curators are told of all.
    """

    overlap: int
    people: list[PersonAnswer]
    agreement: AgreementAnswer
    disagreements: list[int]


class OverlapWish(BaseModel):
    """How many people must judge each sample."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"overlap": 2}]})

    overlap: int = Field(ge=1, le=opinions.MOST)


class AssignmentWish(BaseModel):
    """Who is asked to decide what a query finds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"person": "mia", "query": "cell=3.2", "note": "by Friday"}]
        },
    )

    person: str = Field(min_length=1, max_length=120)
    query: str = Field(default="", max_length=20_000)
    note: str = Field(default="", max_length=1_000)


class AssignmentAnswer(Plain):
    """A part of a data set that somebody is asked to do; `left` samples are undecided."""

    id: int
    person: str
    query: str
    note: str
    asked_by: str
    at: datetime
    done: bool
    left: int
    matching: int


class AssignmentList(BaseModel):
    """What people are asked to do here, open ones first."""

    items: list[AssignmentAnswer]
    next: None = None


class CommentWish(BaseModel):
    """What is said; @name tells that person."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "@mia is this on topic?"}]}
    )

    text: str = Field(min_length=1, max_length=4_000)


class CommentAnswer(Plain):
    """What somebody said about a sample."""

    seq: int
    who: str
    text: str
    at: datetime


class CommentList(BaseModel):
    """What was said about a sample, oldest first."""

    items: list[CommentAnswer]
    next: None = None


@router.get("/datasets/{slug}/team")
def show_team(slug: str, session: ReadSession, reader: Reading) -> TeamAnswer:
    return _team(team.show(session, slug, reader))


@router.put("/datasets/{slug}/team", response_model=TeamAnswer)
def set_overlap(slug: str, wish: OverlapWish, once: Once, reader: Reading) -> Response:
    def act(session: Session) -> TeamAnswer:
        opinions.set_overlap(session, slug, wish.overlap, actor=once.actor)
        return _team(team.show(session, slug, reader))

    return once(200, act)


@router.get("/datasets/{slug}/assignments")
def list_assignments(slug: str, session: ReadSession) -> AssignmentList:
    found = assigning.of_dataset(session, slug)
    return AssignmentList(items=[_assignment(view) for view in found])


@router.post("/datasets/{slug}/assignments", status_code=201, response_model=AssignmentAnswer)
def assign(slug: str, wish: AssignmentWish, once: Once) -> Response:
    def act(session: Session) -> AssignmentAnswer:
        view = assigning.assign(
            session, slug, wish.person, query=wish.query, note=wish.note, actor=once.actor
        )
        return _assignment(view)

    return once(201, act)


@router.delete("/datasets/{slug}/assignments/{assignment_id}", status_code=204)
def finish(slug: str, assignment_id: Id, once: Once) -> Response:
    assigning.finish(once.session, slug, assignment_id)
    return Response(status_code=204)


@router.get("/samples/{sample_id}/comments")
def list_comments(sample_id: Id, session: ReadSession) -> CommentList:
    sample_page.record(session, sample_id)
    found = commenting.of_sample(session, sample_id)
    return CommentList(items=[_comment(view) for view in found])


@router.post("/samples/{sample_id}/comments", status_code=201, response_model=CommentAnswer)
def comment(sample_id: Id, wish: CommentWish, once: Once) -> Response:
    def act(session: Session) -> CommentAnswer:
        slug = sample_page.record(session, sample_id).dataset
        return _comment(commenting.add(session, slug, sample_id, wish.text, actor=once.actor))

    return once(201, act)


@router.delete("/samples/{sample_id}/comments/{comment_id}", status_code=204)
def withdraw(sample_id: Id, comment_id: Id, once: Once, speaker: Speaking) -> Response:
    slug = sample_page.record(once.session, sample_id).dataset
    commenting.withdraw(once.session, slug, sample_id, comment_id, speaker)
    return Response(status_code=204)


def _team(view: TeamView) -> TeamAnswer:
    return TeamAnswer(
        overlap=view.overlap,
        people=[PersonAnswer.model_validate(person) for person in view.people],
        agreement=AgreementAnswer.model_validate(view.agreement),
        disagreements=[split.id for split in view.splits],
    )


def _assignment(view: AssignmentView) -> AssignmentAnswer:
    return AssignmentAnswer.model_validate(view)


def _comment(view: CommentView) -> CommentAnswer:
    return CommentAnswer.model_validate(view)
