"""A target that is said in JSON instead of sent as a file."""

from pathlib import Path
from typing import Any, Literal

import orjson
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session

from app.curation import spooling, targeting
from app.curation.actors import Actor
from app.curation.spooling import Spooled
from app.curation.targeting import TargetError
from app.storage import datasets
from app.storage.datasets import DatasetNotFoundError
from app.storage.tables import JobRow

MOST_BYTES = 1_000_000


class Itself(BaseModel):
    """The data, near copies counted once."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["itself"]


class Quotas(BaseModel):
    """Shares of labels, or of the values of another facet; only their proportions count."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["quotas"]
    facet: str = "label"
    shares: dict[str, Any]


class Dataset(BaseModel):
    """Another data set as it is now, or a version of any."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["dataset"]
    dataset: str = Field(max_length=80)
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


class Probes(BaseModel):
    """The probes that people approved."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["probes"]


Wish = Itself | Quotas | Dataset | Probes
KINDS: dict[str, type[Wish]] = {
    "itself": Itself,
    "quotas": Quotas,
    "dataset": Dataset,
    "probes": Probes,
}


def read(request: Request, spool: Path, spooled: Spooled) -> Wish | None:
    """The wish in a body that says it is JSON and names a kind; None for a file.

    Raises:
        TargetError: it names a kind and is no such wish.
    """
    is_json = request.headers.get("content-type", "").startswith("application/json")
    if not is_json or spooled.bytes > MOST_BYTES:
        return None
    try:
        told = orjson.loads((spool / spooled.name).read_bytes())
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict) or "kind" not in told:
        return None
    spooling.remove(spool, spooled.name)
    kind = str(told["kind"])
    if kind not in KINDS:
        raise TargetError(f"A target in JSON is of one of these kinds: {', '.join(KINDS)}.")
    try:
        return KINDS[kind].model_validate(told)
    except ValidationError as error:
        wrong = sorted({str(one["loc"][0])[:40] for one in error.errors()})
        sentence = f"A target of the kind {kind} cannot have this: {', '.join(wrong)}."
        raise TargetError(sentence) from None


def carry_out(session: Session, slug: str, wish: Wish, actor: Actor) -> JobRow:
    """Make the wish the target; the job that works on it."""
    match wish:
        case Itself():
            return targeting.use_itself(session, slug, actor=actor.name)
        case Quotas():
            told = {"facet": wish.facet, "shares": wish.shares}
            return targeting.use_quotas(session, slug, told, actor=actor.name)
        case Probes():
            return targeting.use_probes(session, slug, actor=actor.name)
        case Dataset():
            _check_bound(session, wish.dataset, actor)
            return targeting.use_dataset(
                session, slug, wish.dataset, wish.version, actor=actor.name
            )


def _check_bound(session: Session, slug: str, actor: Actor) -> None:
    """A token for one data set reads no other by making it a target."""
    if actor.dataset_id is not None and datasets.get(session, slug).id != actor.dataset_id:
        raise DatasetNotFoundError
