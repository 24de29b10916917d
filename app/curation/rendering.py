"""A stored sample -> one line of a trainer's file, or the rules that it breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import orjson

from app.formats import dialects
from app.formats.exporters import Exporter
from app.formats.rules import Violation
from app.formats.sample import Kind, Sample, load_messages, load_sample
from app.storage.exports import Content

FIRST_SAMPLES = 50
# How a sample is spelled whose own dialect cannot say what it is by now.
SPELLED: Mapping[Kind, str] = {
    "chat": "messages",
    "preference": "trl_preference",
    "kto": "messages_kto",
    "text": "text",
}


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

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what dump wrote."""
        return cls(kept["passed"], kept["failed"], {**kept["failures"]})

    def dump(self) -> dict[str, Any]:
        """The tally as JSON can hold it."""
        return {"passed": self.passed, "failed": self.failed, "failures": self.failures}

    def fail(self, sample_id: int, violations: Iterable[Violation]) -> None:
        """Note a sample that is left out."""
        self.failed += 1
        for rule_id in dict.fromkeys(violation.rule_id for violation in violations):
            found = self.failures.setdefault(rule_id, {"count": 0, "samples": []})
            found["count"] += 1
            if len(found["samples"]) < FIRST_SAMPLES:
                found["samples"].append(sample_id)


def render(exporter: Exporter, contents: Iterable[Content], tally: Tally) -> list[bytes]:
    """The lines of the samples that pass; the others are noted in the tally."""
    lines: list[bytes] = []
    for content in contents:
        found = exporter.line(sample_of(content), content.raw)
        if isinstance(found, bytes):
            lines.append(found)
        else:
            tally.fail(content.sample_id, found)
    tally.passed += len(lines)
    return lines


def sample_of(content: Content) -> Sample:
    """The stored sample, spelled in its own dialect where that can still say what it is."""
    extra = {} if content.extra == "{}" else orjson.loads(content.extra)
    dialect = dialects.DIALECTS.get(content.dialect)
    if not content.rest:  # the usual case; making a sample twice takes longer than reading it
        told = content.dialect if dialect is None or dialect.kind == "chat" else ""
        return Sample(load_messages(content.messages), extra=extra, dialect=told or SPELLED["chat"])
    sample = load_sample(content.messages, content.rest)
    # Another record under the same id of its source may have made a pair of a conversation.
    told = content.dialect if dialect is None or dialect.kind == sample.kind else ""
    return replace(sample, extra=extra, dialect=told or SPELLED[sample.kind])


def explain(exporter: Exporter, tally: Tally, *, rows: int, size: int) -> tuple[FailureView, ...]:
    """The rules that are broken, in the exporter's own order, those of the file included."""
    details = {found.rule_id: found.detail for found in exporter.check_file(rows, size)}
    shown = []
    for rule in exporter.rules:
        found = tally.failures.get(rule.id)
        if found is not None:
            ids = tuple(found["samples"])
            shown.append(FailureView(rule.id, rule.sentence, found["count"], ids))
        elif rule.id in details:
            shown.append(FailureView(rule.id, details[rule.id], 0, ()))
    return tuple(shown)


def load_failure(kept: Mapping[str, Any]) -> FailureView:
    """Read back a failure that was stored as JSON."""
    return FailureView(kept["rule"], kept["sentence"], kept["count"], tuple(kept["samples"]))
