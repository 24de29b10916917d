"""A sample as people look at it, stored or not yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from app.curation.column_roles import Parse
from app.curation.sample_views import MessageView
from app.formats.entries import Entry, Record
from app.formats.sample import Message, Rejected, Sample


@dataclass(frozen=True, slots=True)
class PreviewView:
    """A record as it would be stored, or why it cannot be."""

    line: int
    raw: str
    messages: tuple[MessageView, ...]  # of a pair those before the two answers
    chosen: tuple[MessageView, ...]
    rejected: tuple[MessageView, ...]
    verdict: str
    facts: tuple[tuple[str, str], ...]  # (name, value), empty values left out
    fault: str  # why it is no sample, "" for one


def of_entries(entries: Sequence[Entry], parse: Parse, *, most: int) -> tuple[PreviewView, ...]:
    """The first samples of a file; where there is none, the first records that are none."""
    records = [entry for entry in entries if isinstance(entry, Record)]
    found = [(record, parse(record)) for record in records]
    good = [_shown(record, one) for record, one in found if isinstance(one, Sample)]
    bad = [_broken(record, one) for record, one in found if isinstance(one, Rejected)]
    return tuple((good or bad)[:most])


def turns(messages: Iterable[Message]) -> tuple[MessageView, ...]:
    """The turns of a conversation."""
    return tuple(map(_turn, messages))


def verdict(sample: Sample) -> str:
    """Whether an answer is "good" or "bad", "" when nobody said."""
    if sample.desirable is None:
        return ""
    return "good" if sample.desirable else "bad"


def _shown(record: Record, sample: Sample) -> PreviewView:
    paired = sample.kind == "preference"
    return PreviewView(
        line=record.line, raw=record.raw, fault="", facts=_facts(sample),
        messages=turns(sample.prompt if paired else sample.messages),
        chosen=turns(sample.chosen if paired else ()), rejected=turns(sample.rejected),
        verdict=verdict(sample),
    )  # fmt: skip


def _broken(record: Record, rejected: Rejected) -> PreviewView:
    return PreviewView(record.line, record.raw, (), (), (), "", (), rejected.reason)


def _turn(message: Message) -> MessageView:
    extra = orjson.dumps(dict(message.extra), option=orjson.OPT_INDENT_2).decode()
    return MessageView(message.role, message.content, extra if message.extra else "")


def _facts(sample: Sample) -> tuple[tuple[str, str], ...]:
    facets = sample.facets
    told = (
        *(("label", facets.label), ("source", facets.source), ("split", facets.split)),
        *(("language", facets.language), ("origin", facets.origin), ("family", facets.family)),
        ("id", sample.external_id),
        ("kept beside it", ", ".join(sample.extra)),
    )
    return tuple((name, value) for name, value in told if value)
