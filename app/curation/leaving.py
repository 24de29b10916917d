"""What is left in samples that go out: the rules of every export that no trainer names."""

from collections.abc import Sequence

from app.checks import leftovers
from app.formats.rules import LEFTOVERS, Violation
from app.formats.sample import Sample, load_sample
from app.storage.exports import Content

NOTHING: tuple[Violation, ...] = ()


def of(contents: Sequence[Content]) -> list[tuple[Violation, ...]]:
    """What is left in each of the samples, in their order."""
    written = [one.messages + one.rest if one.rest else one.messages for one in contents]
    suspects = leftovers.suspects(written)
    return [
        _of(load_sample(content.messages, content.rest)) if suspect else NOTHING
        for content, suspect in zip(contents, suspects, strict=True)
    ]


def _of(sample: Sample) -> tuple[Violation, ...]:
    texts = [message.content for message in (*sample.messages, *sample.rejected)]
    # Of a pair the answer that is learned; the other may well be boilerplate.
    answers = [one.content for one in sample.messages if one.role == "assistant"]
    found = leftovers.find(texts, answers)
    return tuple(Violation(LEFTOVERS[kind].id, LEFTOVERS[kind].sentence) for kind in found)
