"""The data sets of the house."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app.curation import catalogue, demo, inboxes
from app.web.deps import ActorName, Asker, HouseDep, ReadSession, RenderDep, WriteSession

router = APIRouter()


@router.get("/")
def list_datasets(session: ReadSession, actor: ActorName, render: RenderDep) -> Response:
    return render(
        "datasets/list.html",
        block="content",
        catalogue=catalogue.listing(session),
        waiting=inboxes.count(session, actor),
    )


@router.post("/datasets")
def create_dataset(
    session: WriteSession,
    asker: Asker,
    name: Annotated[str, Form(max_length=200)] = "",
    task: Annotated[str, Form(max_length=4_000)] = "",
) -> Response:
    card = catalogue.create(session, name, actor=asker.name, owner=asker.user_id, task=task)
    return RedirectResponse(f"/d/{card.slug}/import", 303)


@router.post("/demo")
def load_demo(house: HouseDep, asker: Asker) -> Response:
    slug = demo.bring(house.write, house.demo, spool=house.spool, asker=asker)
    return RedirectResponse(f"/d/{slug}/board" if slug else "/", 303)
