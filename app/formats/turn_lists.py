"""Prompt and completion as lists of turns, as TRL writes conversations."""

from dataclasses import replace

from app.formats import columns, dialect, messages
from app.formats.dialect import Dialect, Value, missing
from app.formats.entries import Fault
from app.formats.sample import Message, Sample


def are_turns(value: object) -> bool:
    """Whether this is a list of turns."""
    return isinstance(value, list) and all(isinstance(turn, dict) for turn in value)


def claims(value: Value) -> bool:
    """Whether the record has both lists."""
    return are_turns(value.get("prompt")) and are_turns(value.get("completion"))


def parse(value: Value) -> Sample | Fault:
    """Read a record; the completion is the answer."""
    prompt, completion = read(value["prompt"]), read(value["completion"])
    if isinstance(prompt, Fault):
        return prompt
    if isinstance(completion, Fault):
        return completion
    if not completion:
        return missing("completion")
    rest = columns.others(value, ("prompt", "completion"))
    return replace(of(value, (*prompt, *completion), rest), answer_turns=len(completion))


def write(sample: Sample) -> dict[str, object]:
    """The sample as two lists of turns."""
    pair = {"prompt": records(sample.prompt), "completion": records(sample.chosen)}
    return {**pair, **columns.others(sample.extra, pair)}


def read(turns: object) -> tuple[Message, ...] | Fault:
    """A list of turns as messages, or what is wrong with it."""
    found = dialect.read_turns(turns if isinstance(turns, list) else [], messages.read_turn)
    return found if isinstance(found, Fault) else tuple(found)


def records(turns: tuple[Message, ...]) -> list[dict[str, object]]:
    """Messages as turns."""
    return [message.as_record() for message in turns]


def of(value: Value, said: tuple[Message, ...], rest: dict[str, object]) -> Sample:
    """A sample with what the other columns say."""
    return Sample(
        messages=said,
        facets=columns.facets_of(value),
        external_id=columns.external_id_of(value),
        extra=rest,
        dialect="trl_prompt_completion",
    )


DIALECT = Dialect(
    "trl_prompt_completion", "prompt + completion as turns", frozenset(), claims, parse, write
)
