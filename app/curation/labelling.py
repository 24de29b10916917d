"""How the samples of a data set are labelled: names, keys, colours; and what is only suggested.

A label of which a sample has one (exclusive) stands in its `label`, one of which it may
have several in its `marks`. A suggestion is an event of its own kind: it changes nothing
until a person accepts it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session

from app.curation import moves, queries
from app.curation.queries import Query
from app.curation.review_fold import State
from app.curation.sample_views import LabelView, SuggestionView
from app.errors import ConflictError, InvalidError
from app.storage import datasets, events, label_schemes, samples
from app.storage.events import Event
from app.storage.tables import EventRow

MOST_LABELS = 60
LONGEST_NAME = 60
LONGEST_GUIDELINE = 20_000
HUES = 8
KEYS = tuple(str(number) for number in range(1, 10))
LABEL_KEYS = (*KEYS, *(f"Shift+{key}" for key in KEYS))
MOST_SUGGESTED = 20_000
SUGGESTED = "suggested"


class SchemeError(InvalidError):
    """This is no label scheme."""

    code = "label_scheme"


class StaleSchemeError(ConflictError):
    """Somebody changed the labels since you read them; nothing was saved."""

    code = "stale"


@dataclass(frozen=True, slots=True)
class Label:
    """One label; `key` is one of LABEL_KEYS or "", `hue` 1 to 8 or 0 for none."""

    name: str
    key: str = ""
    hue: int = 0
    exclusive: bool = True


@dataclass(frozen=True, slots=True)
class Scheme:
    """The labels of a data set in order; version 0 is none yet."""

    labels: tuple[Label, ...] = ()
    guideline: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label for all samples of a query; `by` is "rule" or the name of a model."""

    query: Query
    label: str
    by: str = "rule"


def scheme_of(session: Session, slug: str) -> Scheme:
    """The label scheme of a data set."""
    return scheme_by_id(session, datasets.get(session, slug).id)


def scheme_by_id(session: Session, dataset_id: int) -> Scheme:
    """The label scheme of a data set; an empty one while there is none."""
    row = label_schemes.find(session, dataset_id)
    if row is None:
        return Scheme()
    return Scheme(tuple(Label(**told) for told in row.labels), row.guideline, row.version)


def save(session: Session, slug: str, wanted: Scheme, *, actor: str) -> Scheme:
    """Make this the scheme, if it was made from the version in force.

    Samples keep the labels they have, whatever the scheme says from now on.

    Raises:
        SchemeError: a name, key or colour is not allowed or is there twice.
        StaleSchemeError: somebody else saved one meanwhile.
    """
    _check(wanted)
    dataset = events.lock(session, datasets.get(session, slug).id)
    before = scheme_by_id(session, dataset.id)
    if before.version != wanted.version:
        raise StaleSchemeError
    told = [asdict(label) for label in wanted.labels]
    version = label_schemes.save(session, dataset.id, wanted.guideline, told)
    body = {"from": [it.name for it in before.labels], "to": [it.name for it in wanted.labels]}
    event = Event(None, "labels", {**body, "version": version})
    events.append(session, dataset.id, [event], actor=actor, batch=f"labels{dataset.id}")
    return Scheme(wanted.labels, wanted.guideline, version)


def suggest(session: Session, slug: str, wish: Suggestion, *, actor: str) -> int:
    """Suggest a label for every sample of a query that has not got it; return for how many."""
    if not wish.label.strip() or len(wish.label) > LONGEST_NAME:
        raise SchemeError(f"A label has 1 to {LONGEST_NAME} characters.")
    dataset = events.lock(session, datasets.get(session, slug).id)
    ids = samples.ids_matching(
        session, dataset.id, queries.resolve(session, dataset.id, wish.query)
    )
    if len(ids) > MOST_SUGGESTED:
        raise SchemeError(f"At most {MOST_SUGGESTED:,} samples get a suggestion at once.")
    found = samples.movable(session, ids)
    body = {
        "from": {}, "to": {}, "suggests": wish.label, "by": wish.by,
        "why": queries.write(wish.query) if wish.by == "rule" else "",
    }  # fmt: skip
    lacking = [it for it in ids if not _has(State(**found[it]), wish.label)]
    told = [Event(sample_id, SUGGESTED, dict(body)) for sample_id in lacking]
    events.append(session, dataset.id, told, actor=actor, batch=moves.new_remark())
    return len(told)


def bar(scheme: Scheme, state: State) -> tuple[LabelView, ...]:
    """The labels of the scheme as buttons, with whether this sample has them."""
    return tuple(
        LabelView(it.name, it.key, act_of(it.key), it.hue, it.exclusive, _has(state, it.name))
        for it in scheme.labels
    )


def open_suggestions(
    told: Iterable[EventRow], scheme: Scheme, state: State
) -> tuple[SuggestionView, ...]:
    """What was suggested for a sample and neither accepted nor declined nor so already."""
    found: dict[str, SuggestionView] = {}
    shared = {label.name for label in scheme.labels if not label.exclusive}
    for event in told:
        answered = {event.body.get("accepts"), event.body.get("declines")}
        found = {name: one for name, one in found.items() if one.seq not in answered}
        if event.kind == SUGGESTED:
            name = str(event.body.get("suggests", ""))
            by, why = str(event.body.get("by", "")), str(event.body.get("why", ""))
            found[name] = SuggestionView(event.seq, name, name not in shared, by, why)
    return tuple(one for name, one in found.items() if not _has(state, name))


def act_of(key: str) -> str:
    """The act of a label's key: "1" -> "label-1", "Shift+1" -> "label-11"."""
    if not key:
        return ""
    return f"label-{key}" if key in KEYS else f"label-1{key[-1]}"


def read(
    names: Sequence[str], keys: Sequence[str], hues: Sequence[int], several: Sequence[bool]
) -> tuple[Label, ...]:
    """The labels of a form's columns; a row without a name is none."""
    rows = zip(names, keys, hues, several, strict=True)
    return tuple(
        Label(name.strip(), key, hue, not shared) for name, key, hue, shared in rows if name.strip()
    )


def _check(wanted: Scheme) -> None:
    if len(wanted.labels) > MOST_LABELS:
        raise SchemeError(f"At most {MOST_LABELS} labels are shown in one bar.")
    if len(wanted.guideline) > LONGEST_GUIDELINE:
        raise SchemeError(f"A guideline has at most {LONGEST_GUIDELINE:,} characters.")
    for label in wanted.labels:
        if not label.name.isprintable() or not 1 <= len(label.name) <= LONGEST_NAME:
            raise SchemeError(f"A label has 1 to {LONGEST_NAME} characters.")
        if "|" in label.name:
            raise SchemeError("A label holds no |.")
        if label.key not in ("", *LABEL_KEYS):
            raise SchemeError(f"{label.key[:20]!r} is no key of a label: it is 1 to 9, or Shift.")
        if not 0 <= label.hue <= HUES:
            raise SchemeError(f"A colour is 1 to {HUES}, or 0 for none.")
    _refuse_twice("label", [label.name for label in wanted.labels])
    _refuse_twice("key", [label.key for label in wanted.labels if label.key])


def _refuse_twice(what: str, values: Sequence[str]) -> None:
    twice = next((it for at, it in enumerate(values) if it in values[:at]), None)
    if twice is not None:
        raise SchemeError(f"The {what} {twice} is there twice.")


def _has(state: State, name: str) -> bool:
    return state.label == name or f"|{name}|" in state.marks
