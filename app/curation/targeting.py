"""What a data set should cover is chosen here; the board is drawn anew for it.

A file (`reference`) comes through `intake`; every other kind through this module.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from app.curation import quotas
from app.errors import InvalidError
from app.storage import datasets, events, exports, jobs, probes, samples, targets, versions
from app.storage.board_tables import TargetRow
from app.storage.events import Event
from app.storage.filters import Filter
from app.storage.placements import COUNTED
from app.storage.tables import DatasetRow, JobRow


class TargetError(InvalidError):
    """This cannot be a target."""

    code = "target"


def use_itself(session: Session, slug: str, *, actor: str) -> JobRow:
    """Compare the data with themselves from now on."""
    dataset = datasets.get(session, slug)
    target = targets.add(session, dataset.id, "itself", side=dataset.side)
    _note(session, target, actor)
    return _draw(session, dataset)


def use_quotas(session: Session, slug: str, wish: Mapping[str, Any], *, actor: str) -> JobRow:
    """Compare the data with shares of labels, or of another facet, from now on.

    Raises:
        QuotaError: the wish is no quotas.
    """
    dataset, wanted = datasets.get(session, slug), quotas.read(wish)
    target = targets.add(
        session,
        dataset.id,
        "quotas",
        side=dataset.side,
        name=wanted.name,
        definition=wanted.as_definition(),
    )
    _note(session, target, actor)
    return _draw(session, dataset)


def use_dataset(
    session: Session, slug: str, other: str, version: int | None = None, *, actor: str
) -> JobRow:
    """Compare the data with another data set as it is now, or with a frozen version of any.

    Its texts are copied: the target stays what it is when that data set changes.

    Raises:
        TargetError: it is this data set itself, it is empty, or the board is one of pairs.
    """
    dataset, source = datasets.get(session, slug), datasets.get(session, other)
    _check_source(dataset, source, version)
    held = _count(session, source, version)
    if not held:
        raise TargetError(f"There is no sample in {source.name}, so that nothing could be covered.")
    target = targets.add(
        session,
        dataset.id,
        "dataset",
        side=dataset.side,
        name=source.name if version is None else f"{source.name} v{version}",
        definition={"dataset": source.slug, "version": version},
        ready=False,
    )
    _note(session, target, actor)
    title = f"Copy the {dataset.side}s of {target.name}"
    return jobs.enqueue(session, "copy", dataset.id, title=title, target=target.id)


def use_probes(session: Session, slug: str, *, actor: str) -> JobRow:
    """Compare the data with the probes that people approved, from now on.

    Raises:
        TargetError: none is approved, or the board is not one of inputs.
    """
    dataset = datasets.get(session, slug)
    if dataset.side != "input":
        raise TargetError("Probes are inputs, and this board shows another side. Switch it first.")
    approved = probes.in_state(session, dataset.id, "approved")
    if not approved:
        raise TargetError("No probe is approved yet.")
    name = f"{len(approved):,} approved {'probe' if len(approved) == 1 else 'probes'}"
    definition = {"probes": len(approved), "models": sorted({row.model for row in approved})}
    target = targets.add(session, dataset.id, "probes", name=name, definition=definition)
    rows = [(at, row.text_hash, row.text) for at, row in enumerate(approved)]
    targets.add_texts(session, target.id, rows)
    _note(session, target, actor)
    title = f"Embed {dataset.name}"
    return jobs.enqueue(session, "embed", dataset.id, title=title, side="input")


def redraw(session: Session, slug: str, *, refit: bool = False) -> JobRow:
    """Place what is new; with refit, cut the board anew."""
    return _draw(session, datasets.get(session, slug), refit=refit)


def _check_source(dataset: DatasetRow, source: DatasetRow, version: int | None) -> None:
    if source.id == dataset.id and version is None:
        raise TargetError("A data set is compared with itself by the target of that name.")
    if dataset.side == "pair":
        raise TargetError("A board of pairs can have only itself or quotas as its target.")


def _count(session: Session, source: DatasetRow, version: int | None) -> int:
    if version is None:
        return samples.count(session, source.id, Filter(statuses=COUNTED))
    frozen = versions.get(session, source.id, version)
    return exports.count_frozen(session, frozen.id, COUNTED)


def _note(session: Session, target: TargetRow, actor: str) -> None:
    told = {"kind": target.kind, **target.definition}
    event = Event(None, "target", told)
    events.append(session, target.dataset_id, [event], actor=actor, batch=f"t{target.id}")


def _draw(session: Session, dataset: DatasetRow, *, refit: bool = False) -> JobRow:
    params = {"refit": True} if refit else {}
    title = f"Draw the board of {dataset.name}"
    return jobs.enqueue(session, "draw", dataset.id, title=title, **params)
