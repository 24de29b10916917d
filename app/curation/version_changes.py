"""What changed from one version to another, sample by sample, in the words of both."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from app.curation import rendering, turns, versions
from app.curation.turns import TurnChange
from app.curation.versions import DifferenceView
from app.formats.sample import Sample
from app.storage import exports
from app.storage import versions as version_rows
from app.storage.tables import Status

SHOWN = 8
PREVIEW = 160


@dataclass(frozen=True, slots=True)
class ChangedView:
    """One sample as both versions hold it; what one does not hold is empty.

    `columns` names what stands beside the text and differs.
    """

    id: int
    preview: str
    was: str  # its status
    now: str
    changes: tuple[TurnChange, ...]
    columns: tuple[str, ...]


def of(session: Session, slug: str, found: DifferenceView) -> dict[str, tuple[ChangedView, ...]]:
    """The first samples of each kind of change."""
    pair = tuple(
        versions.find_row(session, slug, version.number).id for version in (found.old, found.new)
    )
    kinds = {
        "added": found.added, "edited": found.edited, "removed": found.removed,
        "decided anew": found.status_changed,
    }  # fmt: skip
    return {
        kind: tuple(_changed(session, pair, number) for number in change.samples[:SHOWN])
        for kind, change in kinds.items()
    }


def _changed(session: Session, pair: tuple[int, ...], sample_id: int) -> ChangedView:
    (was, old), (now, new) = (_held(session, version_id, sample_id) for version_id in pair)
    changes: tuple[TurnChange, ...] = ()
    columns: tuple[str, ...] = ()
    if old is not None and new is not None:
        found = turns.compared(turns.of(old), turns.of(new))
        changes = tuple(change for change in found if change.kind != "same")
        columns = _columns(old.extra, new.extra)
    shown = new or old
    preview = shown.input_text[:PREVIEW] if shown else ""
    return ChangedView(sample_id, preview, was, now, changes, columns)


def _held(session: Session, version_id: int, sample_id: int) -> tuple[str, Sample | None]:
    """The status and the text that a version holds of a sample."""
    items = version_rows.items(session, version_id, after=sample_id - 1, limit=1)
    if not items or items[0].sample_id != sample_id:
        return "", None
    (content,) = exports.frozen(session, version_id, tuple(Status), after=sample_id - 1, limit=1)
    return items[0].status.value, rendering.sample_of(content)


def _columns(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    nothing = object()
    names = [*old, *(name for name in new if name not in old)]
    return tuple(name for name in names if old.get(name, nothing) != new.get(name, nothing))
