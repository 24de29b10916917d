"""What is left in samples that go out: the rules of every export that no trainer names."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from app.checks import leftovers
from app.formats.rules import LEFTOVERS, Violation
from app.formats.sample import Sample, load_sample
from app.storage.exports import Content

NOTHING: tuple[Violation, ...] = ()


@contextmanager
def sought(contents: Sequence[Content]) -> Iterator[Future[list[bool]]]:
    """Which of the samples `of` should look at: found while the caller does something else.

    The search needs no Python, so on another core it takes no time at all.
    """
    written = [one.messages + one.rest if one.rest else one.messages for one in contents]
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(leftovers.suspects, written)


def of(contents: Sequence[Content], suspects: Sequence[bool]) -> list[tuple[Violation, ...]]:
    """What is left in each of the samples, in their order."""
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
