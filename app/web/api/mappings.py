"""Remembered mappings over REST: `?mapping=name` of an upload uses one."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import remembering
from app.curation.column_roles import Told
from app.web import problems
from app.web.answers import Once
from app.web.deps import ReadSession, WriteSession

router = APIRouter(
    prefix="/api/v1/datasets/{slug}/mappings",
    tags=["uploads"],
    responses=problems.documented(404, 409, 422),
)

Column = Annotated[str, Field(max_length=2_000)]
Role = Annotated[str, Field(max_length=20)]


class MappingWish(BaseModel):
    """How files with these columns are read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"columns": {"frage": "input", "antwort": "output"}}]},
    )

    columns: dict[Column, Role] = Field(max_length=500, description="a role for each column")
    read_as: str = Field(
        default="", max_length=40, description="a format; `columns` are then about the others"
    )


class MappingAnswer(BaseModel):
    """A remembered mapping."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    read_as: str
    columns: dict[str, str]
    actor: str
    used_at: datetime


class MappingList(BaseModel):
    """All mappings of a data set, by name."""

    items: list[MappingAnswer]


@router.get("")
def list_mappings(slug: str, session: ReadSession) -> MappingList:
    found = remembering.listing(session, slug)
    return MappingList(items=[MappingAnswer.model_validate(view) for view in found])


@router.put("/{name}", response_model=MappingAnswer)
def keep_mapping(slug: str, name: str, wish: MappingWish, once: Once) -> Response:
    told = Told(orjson.dumps(wish.columns).decode(), wish.read_as)

    def act(session: Session) -> MappingAnswer:
        names = list(wish.columns)
        view = remembering.keep(session, slug, name, told, names, actor=once.actor)
        return MappingAnswer.model_validate(view)

    return once(200, act)


@router.delete("/{name}", status_code=204)
def forget_mapping(slug: str, name: str, session: WriteSession) -> None:
    remembering.forget(session, slug, name)
