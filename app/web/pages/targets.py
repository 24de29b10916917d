"""What a data set should cover: the choice of all kinds, the quotas, the probes."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi import Query as FromAddress
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.curation import catalogue, probe_page, probing, target_page, targeting
from app.curation.probing import Act, Ruling
from app.curation.quotas import QuotaError
from app.curation.target_page import BLANK_ROWS, Typed
from app.web.deps import ActorName, HouseDep, ReadSession, RenderDep, WriteSession

router = APIRouter(prefix="/d/{slug}")

Facet = Annotated[str, FromAddress(max_length=20)]
Fill = Annotated[str, FromAddress(max_length=20)]
MORE_ROWS = 10


class QuotaForm(BaseModel):
    """The editor: a name and a share in each row."""

    facet: str = Field(max_length=20)
    values: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=500)
    shares: list[Annotated[str, Field(max_length=30)]] = Field(default=[], max_length=500)
    act: Literal["save", "sum", "more"] = "save"


class RulingForm(BaseModel):
    """All probes that were shown, and the ids of those that are ticked."""

    ids: list[int] = Field(default=[], max_length=500)
    texts: list[Annotated[str, Field(max_length=4_000)]] = Field(default=[], max_length=500)
    chosen: list[int] = Field(default=[], max_length=500)
    act: Act


@router.get("/target")
def show_target(
    slug: str, session: ReadSession, render: RenderDep, facet: Facet = "", fill: Fill = ""
) -> Response:
    page = target_page.show(session, slug, facet=facet, fill=fill)
    return render("targets/show.html", block="content", page=page)


@router.post("/target/quotas")
def set_quotas(
    slug: str,
    form: Annotated[QuotaForm, Form()],
    session: WriteSession,
    actor: ActorName,
    render: RenderDep,
) -> Response:
    blank = MORE_ROWS if form.act == "more" else BLANK_ROWS
    typed, error = Typed(form.values, form.shares, blank), ""
    try:
        wish = {"facet": form.facet, "shares": target_page.read_typed(typed)}
        if form.act == "save":
            targeting.use_quotas(session, slug, wish, actor=actor)
            return RedirectResponse(f"/d/{slug}/board", 303)
    except QuotaError as refused:
        error = str(refused)
    again = Typed(form.values, form.shares, blank, error)
    page = target_page.show(session, slug, facet=form.facet, typed=again)
    return render("targets/show.html", block="content", status=422 if error else 200, page=page)


@router.post("/target/dataset")
def use_dataset(
    slug: str,
    session: WriteSession,
    actor: ActorName,
    source: Annotated[str, Form(max_length=100)],
) -> Response:
    other, version = target_page.read_source(source)
    targeting.use_dataset(session, slug, other, version, actor=actor)
    return RedirectResponse(f"/d/{slug}/target", 303)


@router.get("/target/probes")
def show_probes(slug: str, session: ReadSession, render: RenderDep, house: HouseDep) -> Response:
    page = probe_page.show(session, slug, house.model)
    return render("targets/probes.html", block="content", page=page)


@router.post("/task")
def set_task(
    slug: str, session: WriteSession, actor: ActorName, task: Annotated[str, Form(max_length=4_000)]
) -> Response:
    catalogue.rename(session, slug, actor=actor, task=task)
    return RedirectResponse(f"/d/{slug}/target/probes", 303)


@router.post("/target/probes")
def ask_for_probes(
    slug: str, session: WriteSession, house: HouseDep, count: Annotated[int, Form()]
) -> Response:
    if not house.model.place:
        raise probing.NoModelError
    probing.ask(session, slug, count)
    return RedirectResponse(f"/d/{slug}/target/probes", 303)


@router.post("/target/probes/decisions")
def decide(
    slug: str, form: Annotated[RulingForm, Form()], session: WriteSession, actor: ActorName
) -> Response:
    ticked = set(form.chosen)
    rulings = [Ruling(number, text, number in ticked) for number, text in _pairs(form)]
    probing.decide(session, slug, rulings, form.act, actor=actor)
    return RedirectResponse(f"/d/{slug}/target/probes", 303)


@router.post("/target/probes/use")
def use_probes(slug: str, session: WriteSession, actor: ActorName) -> Response:
    targeting.use_probes(session, slug, actor=actor)
    return RedirectResponse(f"/d/{slug}/target/probes", 303)


def _pairs(form: RulingForm) -> list[tuple[int, str]]:
    return list(zip(form.ids, form.texts, strict=False))
