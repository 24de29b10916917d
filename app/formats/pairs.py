"""Two columns, a question and its answer, under the names that people give them."""

from dataclasses import dataclass

from app.formats import columns
from app.formats.dialect import Dialect, Value, missing, wrong_type
from app.formats.entries import Fault
from app.formats.sample import Message, Sample


@dataclass(frozen=True, slots=True)
class Pair:
    """The names of the two columns, which are the name of the dialect too."""

    question: str
    answer: str

    @property
    def name(self) -> str:
        """Such as `prompt_completion`."""
        return f"{self.question}_{self.answer}"

    def claims(self, value: Value) -> bool:
        """Whether the record has both columns."""
        return self.question in value and self.answer in value

    def parse(self, value: Value) -> Sample | Fault:
        """Read a record; the question may be empty, the answer may not."""
        question, answer = value[self.question], value[self.answer]
        if not isinstance(question, str):
            return wrong_type(self.question, "a text", question)
        if answer is None:
            return missing(self.answer)
        if not isinstance(answer, str):
            return wrong_type(self.answer, "a text", answer)
        if not answer.strip():
            return missing(self.answer)
        return Sample(
            messages=(Message("user", question), Message("assistant", answer)),
            facets=columns.facets_of(value),
            external_id=columns.external_id_of(value),
            extra=columns.others(value, (self.question, self.answer)),
            dialect=self.name,
        )

    def write(self, sample: Sample) -> dict[str, object]:
        """The sample as one question and one answer."""
        pair = {self.question: sample.input_text, self.answer: sample.output_text}
        return {**pair, **columns.others(sample.extra, pair)}

    @property
    def dialect(self) -> Dialect:
        """The pair as a dialect."""
        fields = f"{self.question} + {self.answer}"
        return Dialect(self.name, fields, frozenset(), self.claims, self.parse, self.write)


PROMPT_COMPLETION = Pair("prompt", "completion").dialect
PROMPT_RESPONSE = Pair("prompt", "response").dialect
QUESTION_ANSWER = Pair("question", "answer").dialect
INPUT_OUTPUT = Pair("input", "output").dialect
