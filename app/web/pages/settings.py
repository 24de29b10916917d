"""What a person sets for themselves: their keys."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.curation import access
from app.web import keys
from app.web.deps import RenderDep, WriteSession
from app.web.keys import Chosen, KeysError
from app.web.render import Render

router = APIRouter(prefix="/settings")

Word = Annotated[str, Field(max_length=60)]


class KeysForm(BaseModel):
    """For every row of the table its key; `usual` forgets them all."""

    row: list[Word] = Field(default=[], max_length=300)
    key: list[Word] = Field(default=[], max_length=300)
    off: bool = False
    usual: bool = False


@router.get("/keys")
def show_keys(request: Request, render: RenderDep, *, saved: bool = False) -> Response:
    return _form(render, keys.read(request.state.actor.keys), saved=saved)


@router.post("/keys")
def save_keys(
    form: Annotated[KeysForm, Form()], request: Request, session: WriteSession, render: RenderDep
) -> Response:
    wanted = {} if form.usual else dict(zip(form.row, form.key, strict=False))
    try:
        chosen = keys.choose(wanted, off=form.off and not form.usual)
    except KeysError as error:
        return _form(render, Chosen(form.off), fault=str(error), typed=wanted)
    access.keep_keys(session, request.state.actor.name, chosen.written())
    return RedirectResponse("/settings/keys?saved=1", 303)


def _form(
    render: Render,
    chosen: Chosen,
    *,
    saved: bool = False,
    fault: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    rows = keys.fields(chosen, typed or {})
    return render(
        "settings/keys.html", status=422 if fault else 200, rows=rows, off=chosen.off,
        saved=saved, fault=fault,
    )  # fmt: skip
