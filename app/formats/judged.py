"""An answer with a thumb up or down (KTO): a conversation and a column that is true or false."""

from dataclasses import dataclass, replace

from app.formats import alpaca, columns, messages, pairs, sharegpt, turn_lists
from app.formats.dialect import Dialect, Value
from app.formats.entries import Fault
from app.formats.sample import Sample

TAGS = ("kto_tag", "label")


@dataclass(frozen=True, slots=True)
class Judged:
    """A dialect of conversations with a label beside each."""

    name: str
    base: Dialect

    def claims(self, value: Value) -> bool:
        """Whether there is a conversation, and a label that is true or false."""
        return _tag(value) != "" and self.base.claims(value)

    def parse(self, value: Value) -> Sample | Fault:
        """Read a record; the label is no facet."""
        tag = _tag(value)
        found = self.base.parse(columns.others(value, (tag,)))
        if isinstance(found, Fault):
            return found
        verdict = value[tag] is True
        extra = {**found.extra, tag: verdict}
        return replace(found, kind="kto", desirable=verdict, dialect=self.name, extra=extra)

    def write(self, sample: Sample) -> dict[str, object]:
        """The sample with its label."""
        tag = _tag(sample.extra) or "label"
        plain = replace(sample, dialect=self.base.name)
        return {**self.base.write(plain), tag: sample.desirable}

    @property
    def dialect(self) -> Dialect:
        """The pair of both as a dialect."""
        return Dialect(
            self.name,
            f"{self.base.fields} + label",
            self.base.shape.union(TAGS),
            self.claims,
            self.parse,
            self.write,
            kind="kto",
        )


def _tag(value: Value) -> str:
    return next((tag for tag in TAGS if isinstance(value.get(tag), bool)), "")


DIALECTS = tuple(
    Judged(name, base).dialect
    for name, base in (
        ("messages_kto", messages.DIALECT),
        ("sharegpt_kto", sharegpt.DIALECT),
        ("alpaca_kto", alpaca.DIALECT),
        ("trl_kto", turn_lists.DIALECT),
        ("prompt_completion_kto", pairs.PROMPT_COMPLETION),
        ("prompt_response_kto", pairs.PROMPT_RESPONSE),
    )
)
