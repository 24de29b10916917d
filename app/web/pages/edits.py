"""The text of a sample is edited: a form, what it would change, and both sides of a conflict."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from app.curation import editing, queueing, turns
from app.curation.changing import ChangeError, SameTextError, StaleSampleError
from app.curation.editing import Draft, EditView
from app.curation.turns import Turn
from app.web.answers import FormKey
from app.web.asked import AskedWalk
from app.web.deps import ReadSession, RenderDep
from app.web.ids import Id
from app.web.pages.decisions import Who
from app.web.render import Render

router = APIRouter(prefix="/d/{slug}/s/{sample_id}")

MOST_TURNS = 1_000
Texts = Annotated[list[str], Field(max_length=MOST_TURNS)]
# What was refused stands where it was written, not in a message in the corner.
INTO_THE_PAGE = {"HX-Retarget": "#main", "HX-Reswap": "innerHTML"}
SAVES = {"save": None, "save-approve": "approved"}


class Edit(BaseModel):
    """The form of an edit: one entry a turn in each list; `act` is the button."""

    version: int = Field(ge=1, le=2**31 - 1)
    key: FormKey = ""
    part: Texts = []
    role: Texts = []
    content: Texts = []
    extra: Texts = []
    choice: Texts = []
    act: str = Field(default="preview", max_length=20)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that the form holds."""
        if len({len(self.part), len(self.role), len(self.content), len(self.extra)}) != 1:
            raise ChangeError("A turn of the form is not complete; nothing was saved.")
        rows = zip(self.part, self.role, self.content, self.extra, strict=True)
        return tuple(Turn(*row) for row in rows)


@router.get("/edit")
def show_edit(
    slug: str, sample_id: Id, walk: AskedWalk, session: ReadSession, render: RenderDep
) -> Response:
    return _form(render, editing.show(session, slug, sample_id, walk))


@router.post("/edit")
def edit(
    slug: str, sample_id: Id, walk: AskedWalk, form: Annotated[Edit, Form()], who: Who
) -> Response:
    session, draft = who.once.session, turns.rearranged(form.turns, form.act)
    if form.choice:
        draft = editing.merged(session, slug, sample_id, draft, form.choice)
    if form.act not in SAVES:
        view = editing.show(session, slug, sample_id, walk, draft)
        block = "changes" if form.act == "live" else "content"
        return _form(who.render, view, block=block, version=form.version)
    wanted = Draft(draft, form.version, SAVES[form.act])
    told = (slug, sample_id, form.model_dump())
    once = who.once.under(form.key, *told)
    try:
        if once.earlier(*told) is None:
            editing.save(session, slug, sample_id, wanted, actor=once.actor)
    except StaleSampleError:
        once.release()
        view = editing.show(session, slug, sample_id, walk, draft)
        theirs = queueing.show(session, slug, sample_id, walk, who.reviewer)
        response = who.render(
            "samples/edit_conflict.html", block="content", status=409, head=view.head, edit=view,
            act=form.act, theirs=theirs, key=secrets.token_hex(8),
        )  # fmt: skip
        response.headers.update(INTO_THE_PAGE)
        return response
    except (ChangeError, SameTextError) as error:
        once.release()
        view = editing.refused(editing.show(session, slug, sample_id, walk, draft), error)
        return _form(who.render, view, status=422, version=form.version)
    if not walk.queue:
        return RedirectResponse(walk.href(slug, f"s/{sample_id}"), 303)
    return RedirectResponse(walk.href(slug, "review", after=sample_id), 303)


def _form(
    render: Render, view: EditView, *, block: str = "content", status: int = 200, version: int = 0
) -> Response:
    """The form; `version` is the one that the draft was made from."""
    response = render(
        "samples/edit.html", block=block, status=status, head=view.head, edit=view,
        version=version or view.version, key=secrets.token_hex(8),
        section="review" if view.queue else "samples",
    )  # fmt: skip
    if status >= 400:
        response.headers.update(INTO_THE_PAGE)
    return response
