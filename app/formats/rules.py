"""What trainers demand, as data: a new release of a trainer is a change of one line here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.formats.sample import Sample

Measure = Literal["", "rows", "bytes", "tokens", "splits"]
Looks = Literal["everywhere", "outline", "beside"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand of a trainer.

    Attributes:
        id: stable, with the exporter's name in front: `openai-chat.weight`.
        sentence: the demand, for a person.
        limit: its number, where it has one.
        checked: the day on which it was last compared with the trainer's documents.
        source: where the trainer says so.
        confirmed: whether the source was found to say so; else it is a precaution of ours.
        measure: what the limit counts. `tokens` and `splits` need a tokenizer or the other
            files, so whoever has those checks them; everything else is checked here.
    """

    id: str
    sentence: str
    limit: int | None = None
    checked: str = "2026-11-22"
    source: str = ""
    confirmed: bool = True
    measure: Measure = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """A sample, or a file, that breaks a rule."""

    rule_id: str
    detail: str


# What only the one who writes several files, has a tokenizer, or looks for personal data can check.
SPLITS = Rule(
    "any.splits", "No sample of one split, nor a near copy, is in another.", measure="splits"
)
TRAINED = Rule(
    "any.trained", "Something to learn is left of every line that is cut.", measure="tokens"
)
LEFTOVERS: Mapping[str, Rule] = {
    "placeholders": Rule(
        "any.placeholders", "No placeholder waits to be filled in: {{name}}, [Your Name]."
    ),
    "boilerplate": Rule("any.boilerplate", "No answer speaks of being a language model."),
    "personal": Rule(
        "any.personal",
        "No mail address, phone, card or account number, network address or key is left.",
    ),
}
_TOLD = "every export counts and links such samples, and leaves them out on request"
FOR_THE_CALLER = (
    (SPLITS, "an export that is split keeps what belongs together on one side"),
    (TRAINED, "an export whose tokens are counted and limited leaves such samples out"),
    *((rule, _TOLD) for rule in LEFTOVERS.values()),
)

Check = Callable[[Sample], str]
FileCheck = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Demand:
    """A rule and how it is checked: a check answers with the detail, or with nothing.

    Attributes:
        rule: the rule as data.
        of_sample: looks at one sample, spelled as chat.plain spells it.
        of_file: looks at the rows and bytes of a whole file.
        looks: where of_sample looks. Only at what stands `beside` the texts: a bare sample
            (outlines.is_bare) cannot break it. Only at who speaks when, and the little more that
            an `outline` tells (outlines.of_sample): samples of the same one break it alike.
    """

    rule: Rule
    of_sample: Check | None = None
    of_file: FileCheck | None = None
    looks: Looks = "everywhere"


def broken(sample: Sample, checks: Iterable[tuple[Rule, Check]]) -> tuple[Violation, ...]:
    """The rules that the sample breaks; a check answers with the detail, or with nothing."""
    found: list[Violation] = []
    for rule, check in checks:
        detail = check(sample)
        if detail:
            found.append(Violation(rule.id, detail))
    return tuple(found)
