"""Two answers to one question, of which one is better, in the shapes that people write them.

The messages of such a sample end with the better answer, so that it has its place
among the others; the other answer is beside them, in `rejected`.
"""

from dataclasses import dataclass, replace

from app.formats import alpaca, columns, pairs, sharegpt, turn_lists
from app.formats.dialect import Dialect, Value, missing, wrong_type
from app.formats.entries import Fault
from app.formats.pairs import Pair
from app.formats.sample import Message, Sample

_SIDES = ("chosen", "rejected")
_OPENAI = ("input", "preferred_output", "non_preferred_output")


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two texts, `chosen` and `rejected`, where another dialect has its one answer."""

    name: str
    base: Dialect
    answer: str

    def claims(self, value: Value) -> bool:
        """Whether there are two texts and a question."""
        sides = all(isinstance(value.get(side), str) for side in _SIDES)
        return sides and self.base.claims({**value, self.answer: ""})

    def parse(self, value: Value) -> Sample | Fault:
        """Read a record; a third answer is an unknown column."""
        found = self.base.parse({**value, self.answer: value["chosen"]})
        if isinstance(found, Fault):
            return found
        if not str(value["rejected"]).strip():
            return missing("rejected")
        extra = columns.others(found.extra, _SIDES)
        if self.answer in value and self.answer not in _SIDES:
            extra[self.answer] = value[self.answer]
        rejected = (Message("assistant", str(value["rejected"])),)
        return replace(found, kind="preference", rejected=rejected, extra=extra, dialect=self.name)

    def write(self, sample: Sample) -> dict[str, object]:
        """The sample with two texts."""
        record = self.base.write(replace(sample, dialect=self.base.name))
        chosen = record.pop(self.answer)
        more = {self.answer: sample.extra[self.answer]} if self.answer in sample.extra else {}
        return {**record, **more, "chosen": chosen, "rejected": sample.rejected[0].content}


@dataclass(frozen=True, slots=True)
class TurnPair:
    """Two lists of turns; without a prompt of their own they begin alike."""

    name: str
    sides: tuple[str, str]
    prompt: str = ""

    def claims(self, value: Value) -> bool:
        """Whether there are two lists of turns, and a prompt if they have one."""
        names = (*self.sides, self.prompt) if self.prompt else self.sides
        return all(turn_lists.are_turns(value.get(name)) for name in names)

    def parse(self, value: Value) -> Sample | Fault:
        """Read a record; what both sides begin with is the prompt."""
        names = (*self.sides, self.prompt) if self.prompt else self.sides
        read = [turn_lists.read(value[name]) for name in names]
        said = [one for one in read if not isinstance(one, Fault)]
        if len(said) < len(read):
            return next(one for one in read if isinstance(one, Fault))
        sample = turn_lists.of(value, (), columns.others(value, names))
        if self.prompt:
            return _pair(sample, (said[2], said[0], said[1]), self.name)
        return parted(sample, (said[0], said[1]), self.name)

    def write(self, sample: Sample) -> dict[str, object]:
        """The sample as two lists of turns."""
        before = () if self.prompt else sample.prompt
        sides = (sample.chosen, sample.rejected)
        record: dict[str, object] = {
            name: turn_lists.records((*before, *side))
            for name, side in zip(self.sides, sides, strict=True)
        }
        if self.prompt:
            record[self.prompt] = turn_lists.records(sample.prompt)
        return {**record, **columns.others(sample.extra, record)}


def parted(
    sample: Sample, sides: tuple[tuple[Message, ...], tuple[Message, ...]], dialect: str
) -> Sample | Fault:
    """The sample with two conversations whose shared beginning is the prompt."""
    alike = _alike(*sides)
    return _pair(sample, (sides[0][:alike], sides[0][alike:], sides[1][alike:]), dialect)


def _alike(chosen: tuple[Message, ...], rejected: tuple[Message, ...]) -> int:
    """How many turns both sides begin with; each keeps one at least."""
    most = min(len(chosen), len(rejected)) - 1
    return next((at for at in range(most) if chosen[at] != rejected[at]), max(0, most))


def _pair(
    sample: Sample,
    said: tuple[tuple[Message, ...], tuple[Message, ...], tuple[Message, ...]],
    dialect: str,
) -> Sample | Fault:
    prompt, chosen, rejected = said
    for name, side in (("better", chosen), ("other", rejected)):
        if not side:
            return missing(f"the {name} answer")
    if not prompt:
        return Fault("missing_prompt", "There is no question before the two answers.")
    return replace(
        sample,
        messages=(*prompt, *chosen),
        rejected=rejected,
        answer_turns=len(chosen),
        kind="preference",
        dialect=dialect,
    )


def _openai_claims(value: Value) -> bool:
    return all(name in value for name in _OPENAI)


def _openai_parse(value: Value) -> Sample | Fault:
    asked = value["input"]
    if not isinstance(asked, dict):
        return wrong_type("input", "an object with messages", asked)
    sides = {"messages": asked.get("messages")} | {name: value[name] for name in _OPENAI[1:]}
    read: list[tuple[Message, ...]] = []
    for name, turns in sides.items():
        if not isinstance(turns, list):
            return wrong_type(name, "a list of turns", turns)
        found = turn_lists.read(turns)
        if isinstance(found, Fault):
            return found
        read.append(found)
    extra = columns.others(value, _OPENAI[1:])
    extra["input"] = columns.others(asked, ("messages",))
    return _pair(turn_lists.of(value, (), extra), (read[0], read[1], read[2]), "openai_dpo")


def _openai_write(sample: Sample) -> dict[str, object]:
    asked = sample.extra.get("input")
    settings = asked if isinstance(asked, dict) else {}
    return {
        "input": {**settings, "messages": turn_lists.records(sample.prompt)},
        "preferred_output": turn_lists.records(sample.chosen),
        "non_preferred_output": turn_lists.records(sample.rejected),
        **columns.others(sample.extra, _OPENAI),
    }


def _sharegpt_claims(value: Value) -> bool:
    sides = all(isinstance(value.get(side), dict) for side in _SIDES)
    return sides and sharegpt.claims(value)


def _sharegpt_parse(value: Value) -> Sample | Fault:
    name = sharegpt.name_in(value)
    turns, rejected = value[name], sharegpt.read_turn(value["rejected"])
    if isinstance(rejected, Fault):
        return rejected
    if not isinstance(turns, list):
        return wrong_type(name, "a list of turns", turns)
    found = sharegpt.parse({**value, name: [*turns, value["chosen"]]})
    if isinstance(found, Fault):
        return found
    extra = columns.others(found.extra, _SIDES)
    parted = (found.messages[:-1], found.messages[-1:], (rejected,))
    return _pair(replace(found, extra=extra), parted, "sharegpt_preference")


def _sharegpt_write(sample: Sample) -> dict[str, object]:
    asked = replace(sample, messages=sample.prompt, dialect="sharegpt")
    sides = zip(_SIDES, (sample.chosen[0], sample.rejected[0]), strict=True)
    return {
        **sharegpt.write(asked),
        **{name: sharegpt.write_turn(message) for name, message in sides},
    }


_OPENAI_DPO = Dialect(
    "openai_dpo",
    "input + preferred_output + non_preferred_output",
    frozenset(("input",)),
    _openai_claims,
    _openai_parse,
    _openai_write,
    kind="preference",
    hoist="input",
)
_SHAREGPT = Dialect(
    "sharegpt_preference",
    "conversations + chosen + rejected",
    sharegpt.DIALECT.shape,
    _sharegpt_claims,
    _sharegpt_parse,
    _sharegpt_write,
    kind="preference",
)


def _of_texts(pair: TextPair) -> Dialect:
    fields = f"{pair.base.fields.split(' + ')[0]} + chosen + rejected"
    shape = pair.base.shape | {pair.answer}
    return Dialect(pair.name, fields, shape, pair.claims, pair.parse, pair.write, kind="preference")


def _of_turns(pair: TurnPair) -> Dialect:
    named = (pair.prompt, *pair.sides) if pair.prompt else pair.sides
    # Beside a side that is a whole conversation, these columns only repeat parts of it.
    shape = frozenset[str]() if pair.prompt else frozenset(("prompt", "messages"))
    return Dialect(
        pair.name,
        " + ".join(named),
        shape,
        pair.claims,
        pair.parse,
        pair.write,
        kind="preference",
    )


DIALECTS = (
    _OPENAI_DPO,
    _SHAREGPT,
    _of_texts(TextPair("alpaca_preference", alpaca.DIALECT, "output")),
    _of_turns(TurnPair("trl_preference", ("chosen", "rejected"), "prompt")),
    _of_turns(TurnPair("turns_preference", ("chosen", "rejected"))),
    _of_turns(TurnPair("llamafactory_preference", ("chosen_messages", "rejected_messages"))),
    _of_texts(TextPair("prompt_preference", pairs.PROMPT_COMPLETION, "completion")),
    _of_texts(TextPair("question_preference", pairs.QUESTION_ANSWER, "answer")),
    _of_texts(TextPair("input_preference", Pair("input", "output").dialect, "output")),
)
