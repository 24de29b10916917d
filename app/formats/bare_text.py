"""A bare text, for language modelling: a column `text` and no answer beside it."""

from app.formats import columns
from app.formats.dialect import Dialect, Value, missing, wrong_type
from app.formats.entries import Fault
from app.formats.sample import Message, Sample

# Beside one of these a text is a question, and which of them answers it is not guessed.
_ANSWERS = frozenset((*columns.LABELS, "answer", "output", "target", "summary", "translation"))


def claims(value: Value) -> bool:
    """Whether the record has a text, and nothing that may be an answer to it."""
    return "text" in value and _ANSWERS.isdisjoint(value)


def parse(value: Value) -> Sample | Fault:
    """Read a record: the text becomes the one message, by the user."""
    text = value["text"]
    if not isinstance(text, str):
        return wrong_type("text", "a text", text)
    if not text.strip():
        return missing("text")
    return Sample(
        messages=(Message("user", text),),
        facets=columns.facets_of(value),
        external_id=columns.external_id_of(value),
        extra=columns.others(value, ("text",)),
        dialect="text",
        kind="text",
    )


def write(sample: Sample) -> dict[str, object]:
    """The sample as one text."""
    text = "\n".join(message.content for message in sample.messages)
    return {"text": text, **columns.others(sample.extra, ("text",))}


DIALECT = Dialect("text", "text", frozenset(), claims, parse, write, kind="text")
