"""The labels of a data set: names, keys, colours, guideline; and rules that suggest them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from app.curation import board, labelling, queries
from app.curation.labelling import Label, Scheme, SchemeError, StaleSchemeError, Suggestion
from app.web.deps import ActorName, ReadSession, RenderDep, WriteSession
from app.web.render import Render

router = APIRouter(prefix="/d/{slug}/labels")

SPARE_ROWS = 3
Word = Annotated[str, Field(max_length=200)]


class SchemeForm(BaseModel):
    """One entry a label in each list; `several` is "yes" where a sample may have several."""

    version: int = Field(ge=0, le=2**31 - 1)
    name: list[Word] = Field(default=[], max_length=100)
    key: list[Word] = Field(default=[], max_length=100)
    hue: list[Annotated[int, Field(ge=0, le=8)]] = Field(default=[], max_length=100)
    several: list[Word] = Field(default=[], max_length=100)
    guideline: str = Field(default="", max_length=40_000)

    @property
    def scheme(self) -> Scheme:
        """What the form asks for."""
        if len({len(self.name), len(self.key), len(self.hue), len(self.several)}) != 1:
            raise SchemeError("A label of the form is not complete.")
        several = [word == "yes" for word in self.several]
        found = labelling.read(self.name, self.key, self.hue, several)
        return Scheme(found, self.guideline.replace("\r\n", "\n").strip(), self.version)


class SuggestionForm(BaseModel):
    """A rule: this label for everything that a query finds."""

    query: str = Field(default="", max_length=20_000)
    label: str = Field(default="", max_length=200)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a form."""

    fault: str = ""
    suggested: int | None = None


@router.get("")
def show_labels(slug: str, session: ReadSession, render: RenderDep) -> Response:
    return _page(session, slug, render, labelling.scheme_of(session, slug), Told())


@router.post("")
def save_labels(
    slug: str, form: Annotated[SchemeForm, Form()], session: WriteSession, actor: ActorName,
    render: RenderDep,
) -> Response:  # fmt: skip
    try:
        labelling.save(session, slug, form.scheme, actor=actor)
    except (SchemeError, StaleSchemeError) as error:
        typed = tuple(
            Label(*row[:3], exclusive=row[3] != "yes")
            for row in zip(form.name, form.key, form.hue, form.several, strict=False)
        )
        now = labelling.scheme_of(session, slug).version
        return _page(session, slug, render, Scheme(typed, form.guideline, now), Told(str(error)))
    return RedirectResponse(f"/d/{slug}/labels", 303)


@router.post("/suggestions")
def suggest(
    slug: str, form: Annotated[SuggestionForm, Form()], session: WriteSession, actor: ActorName,
    render: RenderDep,
) -> Response:  # fmt: skip
    scheme = labelling.scheme_of(session, slug)
    try:
        wish = Suggestion(queries.parse_string(form.query), form.label)
        told = Told(suggested=labelling.suggest(session, slug, wish, actor=actor))
    except (SchemeError, queries.QueryError) as error:
        told = Told(str(error))
    return _page(session, slug, render, scheme, told)


def _page(session: Session, slug: str, render: Render, scheme: Scheme, told: Told) -> Response:
    spare = (Label(""),) * SPARE_ROWS
    return render(
        "settings/labels.html", status=422 if told.fault else 200, head=board.head(session, slug),
        scheme=scheme, rows=(*scheme.labels, *spare), told=told, choices=labelling.LABEL_KEYS,
        section="samples",
    )  # fmt: skip
