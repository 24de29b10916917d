"""Targets and boards over REST."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import (
    board,
    gauge_parts,
    gauges,
    intake,
    progress,
    queries,
    targeting,
    versions,
)
from app.curation.board import Look
from app.curation.board_views import BoardView, RegionView
from app.curation.column_roles import Told
from app.curation.darts import Wish
from app.curation.gauge_views import GaugesView
from app.curation.intake import Arrival
from app.curation.queries import Query as Asked
from app.web import dart_answers, target_wishes
from app.web.answers import Once
from app.web.api.jobs import JobAnswer
from app.web.bodies import Caller, SpooledBody
from app.web.deps import HouseDep, ReadSession, WriteSession

router = APIRouter(prefix="/api/v1/datasets/{slug}", tags=["board"])

Word = Annotated[str, Field(pattern="^(|latest|v?[0-9]{1,10})$", examples=["latest", "v7"])]


class TopicAnswer(BaseModel):
    """One slice of the board."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    words: tuple[str, ...]
    have: int
    expected: float
    state: str


class CellAnswer(BaseModel):
    """One sub-topic."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    topic: str
    name: str
    ring: str
    have: int
    expected: float
    ratio: float
    state: str
    cut: int
    write: int


class RegionAnswer(BaseModel):
    """Adjacent flagged cells: what to cut, or what to write."""

    kind: Literal["over_dense", "gap"]
    name: str
    cells: tuple[str, ...]
    samples: int
    cut: int = 0
    write: int = 0


class QuotaAnswer(BaseModel):
    """A label, or a value of another facet, and its quota."""

    model_config = ConfigDict(from_attributes=True)

    value: str
    have: int
    want: float
    state: Literal["over", "even", "under", "missing", "unasked"]


class TargetAnswer(BaseModel):
    """What the board compares the data with, and what it can therefore say.

    A value that is `missing` has no sample, so that no cell of the board can stand for it.
    """

    kind: str
    name: str
    sentence: str
    definition: dict[str, Any]
    quotas: list[QuotaAnswer] = []


class GaugeAnswer(BaseModel):
    """One measure of the board; low to high is what random draws from the target would score."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    value: float
    low: float | None
    high: float | None
    flagged: bool
    sentence: str
    href: str


class BoardAnswer(BaseModel):
    """The board as it stands now."""

    state: str
    frame: int
    query: str = Field(description="which samples are counted; empty for all that nobody rejected")
    target: TargetAnswer
    score: int
    score_label: str
    counts: dict[str, int]
    topics: list[TopicAnswer]
    cells: list[CellAnswer]
    regions: list[RegionAnswer]
    knots: int
    outsiders: int
    gauges: list[GaugeAnswer]
    gauges_at: datetime | None = None
    changes_since_gauges: int = Field(default=0, description="at most 1,000 are counted")


class Redraw(BaseModel):
    """Whether the board is to be cut anew."""

    model_config = ConfigDict(extra="forbid")

    refit: bool = False


class TargetReceipt(BaseModel):
    """Where to watch a new target being read and drawn."""

    upload: int | None
    job: int | None


class Narrowed(BaseModel):
    """Which samples are meant; all of them when nothing is said."""

    model_config = ConfigDict(extra="forbid")

    version: Word = Field(default="", description="as it was frozen: `7`, `v7` or `latest`")
    query: str = Field(
        default="", max_length=10_000, examples=["status=approved"], description="which are counted"
    )

    def read(self, session: Session, slug: str) -> Asked:
        """The question that both of them ask together."""
        asked = queries.parse_string(self.query)
        if not self.version:
            return asked
        number = versions.read_number(session, slug, self.version)
        return asked.but("version", str(versions.find_row(session, slug, number).number))


@router.get("/board")
def show_board(
    slug: str, session: ReadSession, narrowed: Annotated[Narrowed, Query()]
) -> BoardAnswer:
    asked = narrowed.read(session, slug)
    found = board.view(session, slug, Look(query=asked))
    return describe(found, gauges.view(session, slug, query=asked))


@router.post("/gauges", status_code=202, response_model=JobAnswer)
def read_gauges(slug: str, once: Once, narrowed: Narrowed) -> Response:
    def act(session: Session) -> JobAnswer:
        job = gauge_parts.ask(session, slug, narrowed.read(session, slug))
        return JobAnswer.model_validate(progress.view(session, job.id))

    return once(202, act)


@router.post("/board", status_code=202)
def draw_board(slug: str, session: WriteSession, wish: Redraw | None = None) -> JobAnswer:
    job = targeting.redraw(session, slug, refit=bool(wish and wish.refit))
    return JobAnswer.model_validate(progress.view(session, job.id))


@router.put("/target", status_code=202)
def set_target(
    slug: str,
    request: Request,
    spooled: SpooledBody,
    caller: Caller,
    filename: Annotated[str, Query(max_length=255)] = "reference",
) -> TargetReceipt:
    house = caller.house
    wish = target_wishes.read(request, house.spool, spooled)
    if wish is not None:
        with house.write() as session:
            job = target_wishes.carry_out(session, slug, wish, request.state.actor)
            return TargetReceipt(upload=None, job=job.id)
    arrival = Arrival(caller.actor, filename, caller.key, told=Told(purpose="target"))
    with house.write() as session:
        view = intake.accept(session, slug, spooled, arrival, spool=house.spool)
    return TargetReceipt(upload=view.id, job=view.job)


@router.get("/board/{frame}/darts.bin", response_class=Response)
def download_darts(
    slug: str, frame: dart_answers.FrameId, request: Request, house: HouseDep
) -> Response:
    wish = Wish(tag=request.query_params.get("h", ""))
    return dart_answers.payload(request, house, slug, frame, wish)


def describe(view: BoardView, measured: GaugesView) -> BoardAnswer:
    """The board's view as the API tells it, with what the gauges read last."""
    return BoardAnswer(
        state=view.state,
        frame=view.frame,
        query=view.query,
        target=TargetAnswer(
            kind=view.target_kind,
            name=view.target_name,
            sentence=view.target_sentence,
            definition=dict(view.target_definition),
            quotas=[QuotaAnswer.model_validate(line) for line in view.quotas],
        ),
        score=view.score,
        score_label=view.score_label,
        counts={
            "placed": view.placed,
            "waiting": view.waiting,
            "to_cut": view.to_cut,
            "to_write": view.to_write,
        },
        topics=[TopicAnswer.model_validate(topic) for topic in view.topics],
        cells=[CellAnswer.model_validate(cell) for cell in view.cells],
        regions=[
            *(_region(region, "over_dense") for region in view.cut_first),
            *(_region(region, "gap") for region in view.write_next),
        ],
        knots=len(view.knots),
        outsiders=view.outsiders,
        gauges=[GaugeAnswer.model_validate(gauge) for gauge in measured.gauges],
        gauges_at=measured.measured_at,
        changes_since_gauges=measured.since,
    )


def _region(region: RegionView, kind: Literal["over_dense", "gap"]) -> RegionAnswer:
    act = {"cut": region.act} if kind == "over_dense" else {"write": region.act}
    name = f"{region.topic} / {region.name}"
    return RegionAnswer(kind=kind, name=name, cells=region.cells, samples=region.have, **act)
