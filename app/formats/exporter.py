"""One kind of file that a trainer accepts: how its lines are written, and what it demands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from app.formats import chat, demands, rules
from app.formats.rules import Demand, Rule, Violation
from app.formats.sample import Kind, Sample

Record = Mapping[str, object]
# Rows and file name of each split: {"train": 900}, {"train": "train.jsonl"}.
Configure = Callable[[Mapping[str, int], Mapping[str, str]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One kind of file.

    Attributes:
        name: stable, as in addresses and on the command line.
        title: for a person.
        demands: everything that check and check_file look at, each with its rule.
        record: a sample, spelled as chat.plain spells it, as one object.
        native: a sample of `dialect` as one object, where `record` would lose some of it.
        kinds: the kinds of samples that it takes.
        dialect: the one whose untouched records may go out as they came in, if they
            say just what `write` says; `*` for every dialect.
        prefix: bytes before the first line.
        note: what a person should know and no check can tell.
        configure: the trainer's own configuration for these files.
        suffix: of the file's name.
    """

    name: str
    title: str
    demands: tuple[Demand, ...]
    record: Callable[[Sample], Record]
    native: Callable[[Sample], Record] | None = None
    kinds: tuple[Kind, ...] = ("chat",)
    dialect: str = ""
    prefix: bytes = b""
    note: str = ""
    configure: Configure | None = None
    suffix: str = ".jsonl"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, the kind of the samples last."""
        return (*(demand.rule for demand in self.demands), self._kind_rule)

    def write(self, sample: Sample) -> bytes:
        """One sample as one line, ending in a line feed; only for one without a violation."""
        if self.native and self.dialect in (sample.dialect, "*"):
            return orjson.dumps(self.native(sample)) + b"\n"
        return orjson.dumps(self.record(chat.plain(sample))) + b"\n"

    def check(self, sample: Sample) -> tuple[Violation, ...]:
        """The rules that the sample breaks."""
        if sample.kind not in self.kinds:
            detail = demands.kind(self.kinds)(sample)
            return (Violation(self._kind_rule.id, detail),)
        return rules.broken(
            chat.plain(sample),
            ((one.rule, one.of_sample) for one in self.demands if one.of_sample),
        )

    def check_file(self, rows: int, size: int) -> tuple[Violation, ...]:
        """The rules that a file of so many rows and bytes breaks."""
        found = ((one.rule, one.of_file(rows, size)) for one in self.demands if one.of_file)
        return tuple(Violation(rule.id, detail) for rule, detail in found if detail)

    def config_files(
        self, rows: Mapping[str, int], files: Mapping[str, str]
    ) -> Mapping[str, bytes]:
        """The trainer's own configuration, by file name, for each split's rows and file name."""
        return self.configure(rows, files) if self.configure else {}

    @property
    def _kind_rule(self) -> Rule:
        named = " or ".join(self.kinds)
        return Rule(f"{self.name}.kind", f"Only {named} samples go into this file.")


def line_of(exporter: Exporter, sample: Sample, raw: str) -> bytes:
    """The sample as a line, in the spelling of its own untouched record where that says the same.

    So number spellings and escapes survive; a record that means anything else
    (a role spelled in a way the trainer does not know) is written anew. `raw` is
    empty for a sample that was edited.
    """
    line = exporter.write(sample)
    if not raw or exporter.dialect not in (sample.dialect, "*"):
        return line
    # Inside a JSON text a line break is white space only: strings hold none.
    flat = raw.strip().replace("\r", " ").replace("\n", " ").encode(errors="replace")
    if flat == line[:-1]:
        return line
    try:
        value = orjson.loads(flat)
    except orjson.JSONDecodeError:
        return line
    # In whatever dialect it came: what a mapping read has no dialect that could write it.
    as_it_came = exporter.dialect == "*" and isinstance(value, dict)
    return flat + b"\n" if as_it_came or value == orjson.loads(line) else line
