"""One kind of file that a trainer accepts: how its lines are written, and what it demands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from app.formats import chat, demands, outlines, rules
from app.formats.outlines import Outline
from app.formats.rules import Check, Demand, Rule, Violation
from app.formats.sample import Kind, Rest, Sample, Turns

MOST_KNOWN = 1_000
"""Outlines that one exporter remembers; nearly all samples have one of a few."""

Record = Mapping[str, object]
Bare = Callable[[Turns, Rest, Record], Record]
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
        bare: a sample of bare texts as the same object that `record` makes, straight from what is
            stored of it: its turns, what it is beside them, and its plain columns.
        native: a sample of `dialect` as one object, where `record` would lose some of it.
        bare_native: the same as `native`, straight from what is stored, all columns included.
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
    bare: Bare | None = None
    native: Callable[[Sample], Record] | None = None
    bare_native: Bare | None = None
    kinds: tuple[Kind, ...] = ("chat",)
    dialect: str = ""
    prefix: bytes = b""
    note: str = ""
    configure: Configure | None = None
    suffix: str = ".jsonl"
    rules_of_tokens: tuple[Rule, ...] = field(init=False, repr=False)
    _every: tuple[tuple[Rule, Check], ...] = field(init=False, repr=False)
    _of_bare: tuple[tuple[Rule, Check], ...] = field(init=False, repr=False)
    _of_known: tuple[tuple[Rule, Check], ...] = field(init=False, repr=False)
    _known: set[Outline] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the checks once: most samples are plain, and most checks cannot fail for those."""
        for name, passed_over in (
            ("_every", ()),
            ("_of_bare", ("beside",)),
            ("_of_known", ("beside", "outline")),
        ):
            asked = [one for one in self.demands if one.looks not in passed_over]
            checks = tuple((one.rule, one.of_sample) for one in asked if one.of_sample)
            object.__setattr__(self, name, checks)
        object.__setattr__(self, "_known", set())  # outlines that break no rule
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

    def passes(self, turns: Turns, rest: Rest, extra: Record, dialect: str) -> bool:
        """Whether a sample is known to break no rule by what is stored of it.

        Making a Sample takes longer than all else, and most are of an outline that was seen
        before. Where it is False, `check` has to look.
        """
        return self._is_known(turns, rest, chat.beside(dialect, extra))

    def bare_line(
        self, turns: Turns, rest: Rest, extra: Record, dialect: str, raw: str
    ) -> bytes | None:
        """The same as `line`, for one that is known to pass; None where `line` has to look."""
        native = self._is_native(dialect)
        write = self.bare_native if native else self.bare
        plain = chat.beside(dialect, extra)
        # A column `system` may stand for the first turn: only a Sample is asked about that.
        if write is None or "system" in plain or not self._is_known(turns, rest, plain):
            return None
        record = write(turns, rest, extra if native else plain)
        return self._spelled(record, (dialect, extra), raw)

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
        if self.native and self._is_native(sample.dialect):
            return self.native(sample)
        return self.record(plain)

    def _is_native(self, dialect: str) -> bool:
        return self.native is not None and self.dialect in (dialect, "*")

    def _is_known(self, turns: Turns, rest: Rest, plain: Record) -> bool:
        if self._of_known or (rest["kind"] if rest else "chat") not in self.kinds:
            return False
        return outlines.of_turns(turns, rest, plain) in self._known

    def _violations(self, sample: Sample, plain: Sample) -> tuple[Violation, ...]:
        if sample.kind not in self.kinds:
            detail = demands.kind(self.kinds)(sample)
            return (Violation(self._kind_rule.id, detail),)
        if not outlines.is_bare(plain):
            return rules.broken(plain, self._every)
        outline = outlines.of_sample(plain)
        if outline in self._known:
            return rules.broken(plain, self._of_known)
        found = rules.broken(plain, self._of_bare)
        if outline and not found and len(self._known) < MOST_KNOWN:
            self._known.add(outline)
        return found

    def _line(self, sample: Sample, plain: Sample, raw: str) -> bytes:
        return self._spelled(self._record(sample, plain), (sample.dialect, sample.extra), raw)

    def _spelled(self, record: Record, came: tuple[str, Record], raw: str) -> bytes:
        """The record as a line; `came` is the dialect that it came in, and its further columns."""
        if raw and self._may_say_the_same(record, *came):
            # Inside a JSON text a line break is white space only: strings hold none.
            flat = raw.strip().replace("\r", " ").replace("\n", " ").encode(errors="replace")
            if self._says_the_same(flat, record):
                return flat + b"\n"
        return orjson.dumps(record) + b"\n"

    def _may_say_the_same(self, record: Record, dialect: str, extra: Record) -> bool:
        """Whether the untouched record is worth reading: it has every column that is kept."""
        if self.dialect == "*":
            return True
        return self.dialect == dialect and extra.keys() <= record.keys()

    def _says_the_same(self, flat: bytes, record: Record) -> bool:
        try:
            value = orjson.loads(flat)
        except orjson.JSONDecodeError:
            return False
        # In whatever dialect it came: what a mapping read has no dialect that could write it.
        return value == record or (self.dialect == "*" and isinstance(value, dict))
