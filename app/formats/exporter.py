"""One kind of file that a trainer accepts: how its lines are written, and what it demands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from app.formats import chat, demands, rules
from app.formats.rules import Check, Demand, Rule, Violation
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
        rules_of_tokens: those that need somebody with a tokenizer.
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
    rules_of_tokens: tuple[Rule, ...] = field(init=False, repr=False)
    _every: tuple[tuple[Rule, Check], ...] = field(init=False, repr=False)
    _always: tuple[tuple[Rule, Check], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the checks once: most samples are plain, and most checks cannot fail for those."""
        checks = [(one.rule, one.of_sample, one.beside_text) for one in self.demands]
        every = tuple((rule, check) for rule, check, _ in checks if check)
        always = tuple((rule, check) for rule, check, beside in checks if check and not beside)
        object.__setattr__(self, "_every", every)
        object.__setattr__(self, "_always", always)
        measured = tuple(one.rule for one in self.demands if one.rule.measure == "tokens")
        object.__setattr__(self, "rules_of_tokens", measured)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, the kind of the samples last."""
        return (*(demand.rule for demand in self.demands), self._kind_rule)

    def write(self, sample: Sample, raw: str = "") -> bytes:
        """One sample as one line, ending in a line feed; only for one without a violation.

        `raw` is as in `line`.
        """
        return self._line(sample, chat.plain(sample), raw)

    def check(self, sample: Sample) -> tuple[Violation, ...]:
        """The rules that the sample breaks."""
        return self._violations(sample, chat.plain(sample))

    def line(self, sample: Sample, raw: str) -> bytes | tuple[Violation, ...]:
        """The sample as a line, or the rules that it breaks.

        The line has the spelling of the sample's own untouched record, `raw`, where that says the
        same: so number spellings and escapes survive; a record that means anything else (a role
        spelled in a way the trainer does not know) is written anew. `raw` is empty for a sample
        that was edited.
        """
        plain = chat.plain(sample)  # made once: it takes as long as all checks of a plain sample
        return self._violations(sample, plain) or self._line(sample, plain, raw)

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

    def _record(self, sample: Sample, plain: Sample) -> Record:
        if self.native and self.dialect in (sample.dialect, "*"):
            return self.native(sample)
        return self.record(plain)

    def _violations(self, sample: Sample, plain: Sample) -> tuple[Violation, ...]:
        if sample.kind not in self.kinds:
            detail = demands.kind(self.kinds)(sample)
            return (Violation(self._kind_rule.id, detail),)
        return rules.broken(plain, self._always if demands.is_bare(plain) else self._every)

    def _line(self, sample: Sample, plain: Sample, raw: str) -> bytes:
        record = self._record(sample, plain)
        if raw and self._may_say_the_same(sample, record):
            # Inside a JSON text a line break is white space only: strings hold none.
            flat = raw.strip().replace("\r", " ").replace("\n", " ").encode(errors="replace")
            if self._says_the_same(flat, record):
                return flat + b"\n"
        return orjson.dumps(record) + b"\n"

    def _may_say_the_same(self, sample: Sample, record: Record) -> bool:
        """Whether the untouched record is worth reading: it has every column that is kept."""
        if self.dialect == "*":
            return True
        return self.dialect == sample.dialect and sample.extra.keys() <= record.keys()

    def _says_the_same(self, flat: bytes, record: Record) -> bool:
        try:
            value = orjson.loads(flat)
        except orjson.JSONDecodeError:
            return False
        # In whatever dialect it came: what a mapping read has no dialect that could write it.
        return value == record or (self.dialect == "*" and isinstance(value, dict))
