"""How many tokens a sample has for a trainer, and how many of them are learned.

A chat template puts marks around every turn. Which ones depends on the model, so
they are counted as so many per turn, and every count is an estimate, unless the
tokenizer is the model's own and its template is applied.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import orjson

from app.formats import chat, rules
from app.formats.rules import Rule, Violation
from app.formats.sample import Message, Sample

# Role and marks around one turn, as in ChatML: <|im_start|>role\n ... <|im_end|>\n.
TURN_TOKENS = 4
_SPOKEN = ("thinking", "reasoning_content")


class Encoded(Protocol):
    """One text as tokens."""

    @property
    def ids(self) -> Sequence[int]:
        """The tokens."""


class Tokenizer(Protocol):
    """What tokenizers.Tokenizer does; it must not cut texts, nor fill them up."""

    @property
    def encode_batch(self) -> Callable[..., Sequence[Encoded]]:
        """Texts, and `add_special_tokens`, to tokens."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The tokens of one sample, turn by turn.

    Attributes:
        turns: tokens of each turn, and whether they are learned; tools count as a first turn.
            Of a preference the longer answer is counted, since each is a line of its own.
    """

    turns: tuple[tuple[int, bool], ...]

    @property
    def total(self) -> int:
        """All tokens."""
        return sum(tokens for tokens, _ in self.turns)

    @property
    def trained(self) -> int:
        """The tokens that are learned."""
        return sum(tokens for tokens, learned in self.turns if learned)

    def trained_within(self, limit: int) -> int:
        """The tokens that are learned when all after the first `limit` are cut off."""
        left, found = limit, 0
        for tokens, learned in self.turns:
            kept = max(0, min(tokens, left))
            left -= tokens
            found += kept if learned else 0
        return found


def count(samples: Iterable[Sample], tokenizer: Tokenizer) -> list[Counts]:
    """The tokens of each sample, all of them encoded at once."""
    sides = [_sides(chat.plain(sample)) for sample in samples]
    texts = [text for side in sides for turns in side for text, _ in turns]
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False) if texts else []
    lengths = (len(one.ids) + TURN_TOKENS for one in encoded)
    found: list[Counts] = []
    for side in sides:
        counted = [
            Counts(
                tuple(
                    (tokens, learned)
                    for tokens, (_, learned) in zip(islice(lengths, len(turns)), turns, strict=True)
                )
            )
            for turns in side
        ]
        found.append(max(counted, key=lambda one: one.total))
    return found


def broken(
    exporter_rules: Iterable[Rule], counts: Counts, *, limit: int | None = None
) -> tuple[Violation, ...]:
    """The rules about tokens that a sample breaks; `limit` is the model's own, if it is known."""
    found: list[Violation] = []
    for rule in exporter_rules:
        most = min((one for one in (rule.limit, limit) if one), default=None)
        if rule.measure == "tokens" and most and counts.total > most:
            detail = f"The line has {counts.total:,} tokens; {most:,} are allowed."
            found.append(Violation(rule.id, detail))
    if limit and not counts.trained_within(limit):
        found.append(
            Violation(rules.TRAINED.id, f"Within {limit:,} tokens nothing is left to learn.")
        )
    return tuple(found)


def _sides(sample: Sample) -> list[list[tuple[str, bool]]]:
    """The texts of one line, or of both lines of a preference, and whether they are learned."""
    tools = sample.extra.get("tools")
    before = [(orjson.dumps(tools).decode(), False)] if tools else []
    if sample.kind == "preference":
        asked = [*before, *((_text(one), False) for one in sample.prompt)]
        answers = (sample.chosen, sample.rejected)
        return [[*asked, *((_text(one), True) for one in side)] for side in answers]
    learned = [_learned(sample, at) for at in range(len(sample.messages))]
    said = [_text(message) for message in sample.messages]
    return [[*before, *zip(said, learned, strict=True)]]


def _learned(sample: Sample, at: int) -> bool:
    message = sample.messages[at]
    if sample.kind == "text":
        return True
    if sample.kind == "kto" and at < len(sample.prompt):
        return False
    return message.role == "assistant" and message.extra.get("weight") != 0


def _text(message: Message) -> str:
    more = [str(message.extra[name]) for name in _SPOKEN if name in message.extra]
    calls = message.extra.get("tool_calls")
    more += [orjson.dumps(calls).decode()] if calls else []
    return "\n".join([*more, message.content])
