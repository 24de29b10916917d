"""A stored sample -> one line of a trainer's file, or the rules that it breaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from app.curation import export_reviews, leaving
from app.curation.export_recipe import SPLITS
from app.curation.export_reviews import Reviews
from app.formats import dialects, tokens
from app.formats.exporters import Exporter
from app.formats.rules import LEFTOVERS, TRAINED, Violation
from app.formats.sample import Kind, Rest, Sample, Turns, load_messages, load_sample
from app.formats.tokens import Counts, Tokenizer
from app.storage.exports import Content

# A sample, the rules that it breaks, its tokens, and what is left in it.
_Found = tuple[Content, tuple[Violation, ...], Counts | None, tuple[Violation, ...]]

FIRST_SAMPLES = 50
NONE: Reviews = {}
Places = NDArray[np.uint8]
LEFT_OUT, CAPPED, FIRST_SPLIT = 0, 1, 2
"""What becomes of a sample: it breaks a rule, it is capped, or it is in split 0, 1, 2."""
_CHAT: Rest = {}


@dataclass(frozen=True, slots=True)
class FailureView:
    """One rule that samples, or the file as a whole, break."""

    rule: str
    sentence: str
    count: int  # 0: the file breaks it, no single sample does
    samples: tuple[int, ...]  # the first 50


@dataclass(slots=True)
class Tally:
    """What became of the samples so far. `failures` counts a sample under each rule it breaks."""

    passed: int = 0
    failed: int = 0
    failures: dict[str, dict[str, Any]] = field(default_factory=dict)
    left: dict[str, dict[str, Any]] = field(default_factory=dict)  # in samples that pass
    tokens: int = 0
    trained: int = 0  # tokens that are learned
    longest: int = 0  # tokens of the longest line
    over: int = 0  # lines that pass and are longer than the model reads

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what dump wrote."""
        return cls(**{**kept, "failures": {**kept["failures"]}, "left": {**kept.get("left", {})}})

    def dump(self) -> dict[str, Any]:
        """The tally as JSON can hold it."""
        return asdict(self)

    def fail(self, sample_id: int, violations: Iterable[Violation]) -> None:
        """Note a sample that is left out."""
        self.failed += 1
        _note(self.failures, sample_id, violations)

    def leave(self, sample_id: int, leftovers: Iterable[Violation]) -> None:
        """Note what is left in a sample that passes."""
        _note(self.left, sample_id, leftovers)

    def measure(self, counts: Counts, limit: int) -> None:
        """Note the tokens of a sample that passes."""
        self.tokens += counts.total
        self.trained += counts.trained
        self.longest = max(self.longest, counts.total)
        self.over += bool(limit) and counts.total > limit


@dataclass(frozen=True, slots=True)
class Press:
    """What makes lines of samples: a format, and what counts tokens for it.

    `tokenizer` is None where nobody counts; `limit` the most tokens that the model reads, or 0;
    `clean` says whether samples with leftovers stay out.
    """

    exporter: Exporter
    tokenizer: Tokenizer | None = None
    limit: int = 0
    clean: bool = False


def render(
    press: Press, contents: Sequence[Content], tally: Tally, reviews: Reviews = NONE
) -> tuple[list[bytes], list[Counts | None]]:
    """The line of each sample with its review, and its tokens where they are counted.

    The line of one that does not pass is empty, and noted in the tally.
    """
    with leaving.sought(contents) as suspects:
        found = [_line(press.exporter, content) for content in contents]
        counted = _count(press, contents)
    left = leaving.of(contents, suspects.result())
    broken = (() if isinstance(one, bytes) else one for one in found)
    passing = _note_all(press, zip(contents, broken, counted, left, strict=True), tally)
    lines = [
        _with_review(line, content, reviews) if passes and isinstance(line, bytes) else b""
        for line, content, passes in zip(found, contents, passing, strict=True)
    ]
    return lines, counted


def _line(exporter: Exporter, content: Content) -> bytes | tuple[Violation, ...]:
    return _bare_line(exporter, content) or exporter.line(sample_of(content), content.raw)


def _bare_line(exporter: Exporter, content: Content) -> bytes | None:
    if not exporter.bare:
        return None
    return exporter.bare_line(*_stored(content), content.raw)


def _violations(exporter: Exporter, content: Content) -> tuple[Violation, ...]:
    if exporter.passes(*_stored(content)):
        return ()
    return exporter.check(sample_of(content))


def _with_review(line: bytes, content: Content, reviews: Reviews) -> bytes:
    review = reviews.get(content.sample_id)
    return line if review is None else export_reviews.beside(line, review)


def write(
    press: Press, contents: Sequence[Content], places: Places, reviews: Reviews = NONE
) -> list[bytes]:
    """The line of each sample that was checked and has its place; empty for the others."""
    return [
        _with_review(_written(press.exporter, content), content, reviews)
        if place >= FIRST_SPLIT
        else b""
        for content, place in zip(contents, places.tolist(), strict=True)
    ]


def sort(lines: Sequence[bytes], places: Places) -> dict[str, list[bytes]]:
    """The lines of samples by the split that the place of each means."""
    found: list[list[bytes]] = [[] for _ in range(FIRST_SPLIT + len(SPLITS))]
    for line, place in zip(lines, places.tolist(), strict=True):
        found[place].append(line)
    return {name: part for name, part in zip(SPLITS, found[FIRST_SPLIT:], strict=True) if part}


def _written(exporter: Exporter, content: Content) -> bytes:
    return _bare_line(exporter, content) or exporter.write(sample_of(content), content.raw)


def check(
    press: Press, contents: Sequence[Content], tally: Tally
) -> tuple[list[bool], list[Counts | None]]:
    """Whether each sample passes, and its tokens where they are counted; nothing is written."""
    with leaving.sought(contents) as suspects:
        broken = [_violations(press.exporter, content) for content in contents]
        counted = _count(press, contents)
    left = leaving.of(contents, suspects.result())
    found = zip(contents, broken, counted, left, strict=True)
    return _note_all(press, found, tally), counted


def _note_all(press: Press, found: Iterable[_Found], tally: Tally) -> list[bool]:
    """Whether each sample passes, by its rules, its tokens and its leftovers; all noted."""
    passing = []
    for content, violations, counts, leftovers in found:
        broken = violations + leftovers if press.clean else violations
        if counts is not None:
            rules = press.exporter.rules_of_tokens
            broken += tokens.broken(rules, counts, limit=press.limit or None)
        if broken:
            tally.fail(content.sample_id, broken)
        else:
            tally.passed += 1
            if leftovers:
                tally.leave(content.sample_id, leftovers)
            if counts is not None:
                tally.measure(counts, press.limit)
        passing.append(not broken)
    return passing


def _count(press: Press, contents: Sequence[Content]) -> list[Counts | None]:
    if press.tokenizer is None:
        return [None] * len(contents)
    return [*tokens.count(map(sample_of, contents), press.tokenizer)]


def sample_of(content: Content) -> Sample:
    """The stored sample, spelled in its own dialect where that can still say what it is."""
    extra = _columns_of(content)
    if not content.rest:  # the usual case; making a sample twice takes longer than reading it
        messages = load_messages(content.messages)
        return Sample(messages, extra=extra, dialect=_dialect_of(content, "chat"))
    sample = load_sample(content.messages, content.rest)
    return replace(sample, extra=extra, dialect=_dialect_of(content, sample.kind))


def _stored(content: Content) -> tuple[Turns, Rest, Mapping[str, object], str]:
    """What is stored of a sample and how its dialect is called, without a Sample."""
    rest = orjson.loads(content.rest) if content.rest else _CHAT
    dialect = _dialect_of(content, rest["kind"] if rest else "chat")
    return orjson.loads(content.messages), rest, _columns_of(content), dialect


def _columns_of(content: Content) -> dict[str, object]:
    columns: dict[str, object] = {} if content.extra == "{}" else orjson.loads(content.extra)
    return columns


def _dialect_of(content: Content, kind: Kind) -> str:
    # Another record under the same id of its source may have made a pair of a conversation.
    dialect = dialects.DIALECTS.get(content.dialect)
    told = content.dialect if dialect is None or dialect.kind == kind else ""
    return told or dialects.SPELLED[kind]


def explain(exporter: Exporter, tally: Tally, *, rows: int, size: int) -> tuple[FailureView, ...]:
    """The rules that are broken, in the exporter's own order, those of the file included."""
    details = {found.rule_id: found.detail for found in exporter.check_file(rows, size)}
    shown = []
    for rule in (*exporter.rules, TRAINED, *LEFTOVERS.values()):
        found = tally.failures.get(rule.id)
        if found is not None:
            ids = tuple(found["samples"])
            shown.append(FailureView(rule.id, rule.sentence, found["count"], ids))
        elif rule.id in details:
            shown.append(FailureView(rule.id, details[rule.id], 0, ()))
    return tuple(shown)


def left_in(tally: Tally) -> tuple[FailureView, ...]:
    """What is left in the samples that pass."""
    found = ((rule, tally.left.get(rule.id)) for rule in LEFTOVERS.values())
    return tuple(
        FailureView(rule.id, rule.sentence, one["count"], tuple(one["samples"]))
        for rule, one in found
        if one
    )


def load_failure(kept: Mapping[str, Any]) -> FailureView:
    """Read back a failure that was stored as JSON."""
    return FailureView(kept["rule"], kept["sentence"], kept["count"], tuple(kept["samples"]))


def _note(
    noted: dict[str, dict[str, Any]], sample_id: int, violations: Iterable[Violation]
) -> None:
    """Count the sample once under each rule, and keep it if it is among the first."""
    for rule_id in dict.fromkeys(violation.rule_id for violation in violations):
        found = noted.setdefault(rule_id, {"count": 0, "samples": []})
        found["count"] += 1
        if len(found["samples"]) < FIRST_SAMPLES:
            found["samples"].append(sample_id)
