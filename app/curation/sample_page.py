"""One sample's page: the conversation, where it lies, what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlmodel import Session

from app.curation import (
    commenting,
    labelling,
    opinions,
    orders,
    previewing,
    queries,
    sample_rows,
    telling,
)
from app.curation.board_views import DatasetHead
from app.curation.list_views import OptionView
from app.curation.opinions import Reader
from app.curation.review_fold import State, marks_of
from app.curation.sample_views import (
    CountsView,
    EventView,
    HistoryLine,
    SampleRecord,
    SampleView,
)
from app.curation.walking import Walk
from app.formats.sample import Kind, load_sample
from app.storage import datasets, events, samples, uploads
from app.storage.filters import Filter
from app.storage.samples import SampleNotFoundError
from app.storage.tables import DatasetRow, EventRow, SampleRow, UploadRow

SHOWN_EVENTS = 100
KINDS: Mapping[Kind, str] = {
    "chat": "",
    "preference": "preference pair",
    "kto": "answer with a verdict",
    "text": "bare text",
}


@dataclass(frozen=True, slots=True)
class Context:
    """In which list or queue a sample is looked at.

    `wanted` is the list's own filter; a queue has none, and says how many are left.
    """

    walk: Walk
    wanted: Filter | None
    head: DatasetHead
    counts: CountsView
    left: int = 0


def describe(
    session: Session, dataset: DatasetRow, sample: SampleRow, context: Context
) -> SampleView:
    """Everything about the sample that its page shows."""
    slug, walk = dataset.slug, context.walk
    board, places = sample_rows.places_of(session, dataset.id, [sample.id])
    place = places.get(sample.id)
    cell = sample_rows.cell_of(board, place)
    upload = uploads.get(session, dataset.id, sample.upload_id)
    position, matching, previous, following = _place(session, dataset.id, sample.id, context)
    told, scheme = events.of_sample(session, sample.id), labelling.scheme_by_id(session, dataset.id)
    state = State(**samples.state_of(sample))
    said = load_sample(sample.messages, sample.rest)
    paired = said.kind == "preference"
    return SampleView(
        head=context.head, counts=context.counts, queue=walk.queue,
        id=sample.id, external_id=sample.external_id, preview=sample.preview,
        status=str(sample.status), version=sample.version, revision=sample.revision,
        label=sample.label, deleted=sample.deleted,
        messages=previewing.turns(said.prompt if paired else said.messages),
        chosen=previewing.turns(said.chosen if paired else ()),
        rejected=previewing.turns(said.rejected),
        verdict=previewing.verdict(said),
        raw=sample.raw, pretty=_pretty(sample), facts=_facts(sample, upload, KINDS[said.kind]),
        cell=cell.get("id", ""), cell_name=sample_rows.named(cell),
        cell_href=f"/d/{slug}/board?cell={cell['id']}" if cell else "",
        flags=sample_rows.flags_of(place), history=_history(told, sample, upload),
        position=position, matching=matching, previous_href=previous, next_href=following,
        list_href=walk.plain(slug, "samples"),
        decide_href=f"/d/{slug}/s/{sample.id}/decision",
        edit_href=walk.href(slug, f"s/{sample.id}/edit"),
        history_href=walk.href(slug, f"s/{sample.id}/history"),
        skip_href=walk.href(slug, "review", after=sample.id) if walk.queue else "",
        walk=walk.asked, order=walk.order, orders=_orders(slug, walk) if walk.queue else (),
        flagged=state.flagged, quality=state.quality, marks=marks_of(state.marks),
        labels=labelling.bar(scheme, state), guideline=scheme.guideline,
        suggestions=labelling.open_suggestions(told, scheme, state),
        query=queries.write(walk.query), fields=tuple(queries.pairs(walk.query)),
        comments=commenting.among(told),
    )  # fmt: skip


def record(session: Session, sample_id: int) -> SampleRecord:
    """The sample as programs read it, of whichever data set, or SampleNotFoundError."""
    sample = samples.find_anywhere(session, sample_id)
    slug = datasets.slug_by_id(session, sample.dataset_id) if sample else ""
    if sample is None or datasets.find(session, slug) is None:
        raise SampleNotFoundError
    board, places = sample_rows.places_of(session, sample.dataset_id, [sample_id])
    place = places.get(sample_id)
    said = load_sample(sample.messages, sample.rest)
    return SampleRecord(
        dataset=slug, id=sample.id, external_id=sample.external_id, version=sample.version,
        revision=sample.revision, status=str(sample.status), label=sample.label,
        origin=str(sample.origin), source=sample.source, split=sample.split,
        language=sample.language, deleted=sample.deleted,
        kind=said.kind, desirable=said.desirable, answer_turns=said.answer_turns,
        messages=tuple(message.as_record() for message in said.messages),
        rejected=tuple(message.as_record() for message in said.rejected),
        raw=sample.raw, cell=sample_rows.cell_of(board, place).get("id", ""),
        flags=tuple(flag.name for flag in sample_rows.flags_of(place)),
        flagged=sample.flagged, quality=sample.quality, marks=marks_of(sample.marks),
    )  # fmt: skip


def history(session: Session, sample_id: int, reader: Reader) -> tuple[EventView, ...]:
    """Everything that people did to a sample, oldest first, as far as this reader may know it."""
    dataset = datasets.get(session, record(session, sample_id).dataset)
    is_veiled = opinions.hides(session, dataset, sample_id, reader)
    told = events.of_sample(session, sample_id)
    gone = commenting.withdrawn_among(told)
    return tuple(
        EventView(
            it.seq, it.actor, it.at, it.kind, telling.line(it.kind, it.body),
            _body(it, veiled=is_veiled and it.actor != reader.name, withdrawn=it.seq in gone),
        )
        for it in told
    )  # fmt: skip


def _body(event: EventRow, *, veiled: bool, withdrawn: bool) -> dict[str, object]:
    """What an event tells, without a judgement that is not to be known, or a comment taken back."""
    left_out = {"text"} if withdrawn else set[str]()
    if veiled and event.kind == opinions.JUDGED:
        left_out = {opinions.JUDGED, "reason"}
    return {name: value for name, value in event.body.items() if name not in left_out}


def line(event: EventRow) -> HistoryLine:
    """One event as a line of the history."""
    return HistoryLine(
        event.actor, event.at, telling.line(event.kind, event.body), telling.remark(event)
    )


def _place(
    session: Session, dataset_id: int, sample_id: int, context: Context
) -> tuple[int, int, str, str]:
    """Position, how many match, and the addresses of the neighbours.

    A queue is not counted through: its next card is asked for when it is wanted.
    """
    wanted, slug, walk = context.wanted, context.head.slug, context.walk
    if wanted is None:
        return 0, context.left, "", ""
    matching = samples.count(session, dataset_id, wanted)
    is_found = samples.after(session, dataset_id, wanted, sample_id - 1) == sample_id
    position = samples.place_of(session, dataset_id, wanted, sample_id) + 1 if is_found else 0
    previous = samples.before(session, dataset_id, wanted, sample_id)
    following = samples.after(session, dataset_id, wanted, sample_id)
    return (
        position,
        matching,
        walk.href(slug, f"s/{previous}") if previous else "",
        walk.href(slug, f"s/{following}") if following else "",
    )


def _orders(slug: str, walk: Walk) -> tuple[OptionView, ...]:
    """The orders of the queue; choosing random shuffles anew."""
    return tuple(
        OptionView(
            value=order,
            shown=orders.NAMES[order],
            count=None,
            chosen=order == walk.order,
            href=replace(walk, order=order, seed=walk.seed + 1).href(slug, "review"),
        )
        for order in orders.ORDERS
    )


def _pretty(sample: SampleRow) -> str:
    told = orjson.loads(sample.messages)
    if sample.rest:
        told = {"messages": told, **orjson.loads(sample.rest)}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _facts(sample: SampleRow, upload: UploadRow, kind: str) -> tuple[tuple[str, str], ...]:
    told = (
        ("kind", kind),
        ("label", sample.label),
        ("source", sample.source),
        ("split", sample.split),
        ("language", sample.language),
        ("origin", str(sample.origin)),
        ("turns", f"{sample.turns:,}"),
        ("characters", f"{sample.length:,}"),
        ("its source calls it", sample.external_id),
        ("made from", sample.family),
        ("read as", sample.dialect),
        ("file", upload.filename),
    )
    return tuple((name, value) for name, value in told if value)


def _history(
    told: Sequence[EventRow], sample: SampleRow, upload: UploadRow
) -> tuple[HistoryLine, ...]:
    named = upload.filename or f"upload {upload.id}"
    record = f"Imported from {named}, record {sample.position + 1:,}"
    first = HistoryLine(upload.actor, sample.created_at, record, "")
    lines = [line(event) for event in reversed(told)]
    return (*lines[:SHOWN_EVENTS], first)
