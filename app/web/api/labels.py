"""Label schemes and suggestions over REST."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.curation import labelling, queries
from app.curation.labelling import Label, Scheme, Suggestion
from app.web import problems
from app.web.answers import Once
from app.web.deps import ReadSession

router = APIRouter(
    prefix="/api/v1/datasets/{slug}", tags=["labels"], responses=problems.documented(404, 409, 422)
)


class LabelItem(BaseModel):
    """One label of the scheme."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name: str = Field(max_length=60)
    key: str = Field(default="", max_length=10, description="1 to 9, or Shift+1 to Shift+9")
    hue: int = Field(default=0, ge=0, le=8, description="one of eight colours, 0 for none")
    exclusive: bool = Field(default=True, description="false: a sample may have several of these")


class SchemeAnswer(BaseModel):
    """How the samples of a data set are labelled; version 0 is none yet."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    guideline: str
    labels: list[LabelItem]


class NewScheme(BaseModel):
    """The scheme as it should be, made from the version that was read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"version": 0, "labels": [{"name": "billing", "key": "1", "hue": 1}]}]
        },
    )

    version: int = Field(ge=0, le=2**31 - 1)
    guideline: str = Field(default="", max_length=20_000)
    labels: list[LabelItem] = Field(max_length=60)


class NewSuggestion(BaseModel):
    """A label for all samples of a query, proposed by a rule or a model."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"query": "q=refund", "label": "billing", "by": "keywords-v2"}]
        },
    )

    query: str = Field(max_length=20_000)
    label: str = Field(min_length=1, max_length=60)
    by: str = Field(default="rule", min_length=1, max_length=80, description="never a person")


class SuggestionAnswer(BaseModel):
    """How many samples have the suggestion now; none of them has the label by it."""

    suggested: int


@router.get("/labels")
def show_labels(slug: str, session: ReadSession) -> SchemeAnswer:
    return SchemeAnswer.model_validate(labelling.scheme_of(session, slug))


@router.put("/labels", response_model=SchemeAnswer)
def save_labels(slug: str, wish: NewScheme, once: Once) -> Response:
    labels = tuple(Label(**item.model_dump()) for item in wish.labels)
    scheme = Scheme(labels, wish.guideline, wish.version)

    def act(session: Session) -> SchemeAnswer:
        return SchemeAnswer.model_validate(labelling.save(session, slug, scheme, actor=once.actor))

    return once(200, act)


@router.post("/suggestions", response_model=SuggestionAnswer)
def suggest(slug: str, wish: NewSuggestion, once: Once) -> Response:
    asked = Suggestion(queries.parse_string(wish.query), wish.label, wish.by)

    def act(session: Session) -> SuggestionAnswer:
        return SuggestionAnswer(suggested=labelling.suggest(session, slug, asked, actor=once.actor))

    return once(200, act)
