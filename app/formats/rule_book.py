"""How a trainer's rules are written down: an id, a sentence, a limit, a source, and a check."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from app.formats import demands
from app.formats.rules import Check, Demand, FileCheck, Looks, Measure, Rule

# Demands that more than one trainer makes, in the same words.
STANDARD: Mapping[str, tuple[str, Check]] = {
    "system": ("A system message comes first, and only once.", demands.system),
    "assistant": ("There is at least one assistant message to learn from.", demands.assistant),
    "first": ("After an optional system message, the user begins.", demands.first),
    "last": ("The last message is the assistant's.", demands.last),
    "alternation": ("User and assistant take turns.", demands.alternation),
    "content": ("Every message says something, or calls a tool.", demands.content),
    "text": ("Contents are plain texts, not lists of parts.", demands.text_only),
    "parts": ("Lists of parts hold texts, and pictures that a user shows.", demands.parts),
    "media": ("No images, sounds or films stand beside the messages.", demands.media),
    "weight": ("A weight is 0 or 1, and stands on assistant messages only.", demands.weight),
    "unweighted": (
        "Every answer is trained, so none may have a weight of 0.",
        demands.unweighted,
    ),
    "tool_ids": (
        "Every tool message answers an earlier tool call, and no two calls share an id.",
        demands.tool_ids,
    ),
    "arguments": (
        "The arguments of a tool call are an object, or its JSON text.",
        demands.arguments,
    ),
    "tools": ("Tools are a list of objects.", demands.tools),
    "answers": ("There are two answers by the assistant, and they differ.", demands.answers),
    "single": ("Each of the two answers is one message.", demands.single_answers),
    "asked": ("The question does not end with the assistant.", demands.asked_last),
    "judged": ("The answer is labelled as good or bad.", demands.judged),
}
# Those of them that do not look at what is said (Demand.looks).
_OUTLINE = (
    *("system", "assistant", "first", "last", "alternation", "content", "single", "asked"),
    *("answers", "judged"),
)
_BESIDE = ("text", "parts", "media", "weight", "unweighted", "tool_ids", "arguments", "tools")
_LOOKS: Mapping[str, Looks] = {
    **dict.fromkeys(_OUTLINE, "outline"),
    **dict.fromkeys(_BESIDE, "beside"),
}
_LIMITS: Mapping[str, tuple[str, Measure, Callable[[int], FileCheck]]] = {
    "min_rows": ("The file has at least {:,} lines.", "rows", demands.fewest_rows),
    "max_rows": ("The file has at most {:,} lines.", "rows", demands.most_rows),
    "min_bytes": ("The file has at least {:,} bytes.", "bytes", demands.fewest_bytes),
    "max_bytes": ("The file has at most {:,} bytes.", "bytes", demands.most_bytes),
}


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of one exporter: its name goes before every id, its source beside every rule.

    Attributes:
        name: of the exporter.
        source: where the trainer says what it demands.
        checked: the day on which that was last read.
        unsaid: names of demands that were not found there: precautions of ours.
    """

    name: str
    source: str
    checked: str = "2026-11-22"
    unsaid: Collection[str] = ()

    def standard(self, *names: str) -> tuple[Demand, ...]:
        """The demands of these names that several trainers make."""
        return tuple(
            self.demand(name, *STANDARD[name], looks=_LOOKS.get(name, "everywhere"))
            for name in names
        )

    def demand(
        self, name: str, sentence: str, check: Check, *, looks: Looks = "everywhere"
    ) -> Demand:
        """A demand of this trainer alone."""
        return Demand(self.rule(name, sentence), check, looks=looks)

    def rule(
        self, name: str, sentence: str, limit: int | None = None, measure: Measure = ""
    ) -> Rule:
        """A rule of this trainer, whoever checks it."""
        return Rule(
            f"{self.name}.{name}",
            sentence,
            limit=limit,
            checked=self.checked,
            source=self.source,
            confirmed=name not in self.unsaid,
            measure=measure,
        )

    def roles(self, *known: str) -> Demand:
        """Only these roles speak."""
        named = ", ".join(known[:-1]) + f" or {known[-1]}"
        return self.demand(
            "roles", f"Every role is {named}.", demands.roles(known), looks="outline"
        )

    def only(self, known: Collection[str] = ()) -> Demand:
        """Messages hold text and these keys; anything else would be lost."""
        also = f" but for {', '.join(known)}" if known else ""
        sentence = f"Messages are plain text{also}: nothing else is written."
        return self.demand("plain", sentence, demands.only(known), looks="beside")

    def limits(self, **limits: int) -> tuple[Demand, ...]:
        """Limits of the file: min_rows, max_rows, min_bytes, max_bytes."""
        return tuple(self._limit(name, limit) for name, limit in limits.items())

    def tokens(self, limit: int | None = None) -> Demand:
        """Every line within so many tokens; counted by whoever has a tokenizer."""
        sentence = (
            f"Every line has at most {limit:,} tokens."
            if limit
            else "Every line fits into the context of the model."
        )
        return Demand(self.rule("tokens", sentence, limit, "tokens"))

    def _limit(self, name: str, limit: int) -> Demand:
        sentence, measure, check = _LIMITS[name]
        return Demand(self.rule(name, sentence.format(limit), limit, measure), of_file=check(limit))
