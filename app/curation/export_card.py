"""The data set card: README.md with the header that Hugging Face reads. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from app.curation.export_outcome import OutcomeView
from app.curation.export_recipe import KINDS, Recipe
from app.encoders.tokenizer_files import BUNDLED
from app.formats.exporters import Exporter

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
MOST_VALUES = 12
LICENCES = frozenset(
    (
        *("cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0"),
        *("cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0"),
        *("cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0"),
        *("cc-by-nc-sa-4.0", "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0"),
        *("odc-by", "odbl", "pddl", "c-uda", "apache-2.0", "mit", "bsd-2-clause"),
        *("bsd-3-clause", "gpl-2.0", "gpl-3.0", "agpl-3.0", "gfdl", "mpl-2.0", "etalab-2.0"),
        "unlicense",
    )
)
"""Names under which Hugging Face lists data: https://huggingface.co/docs/hub/repositories-licenses."""
COLUMNS = (("origin", "Who wrote it"), ("label", "Labels"), ("language", "Languages"))
ORIGINS = {
    "human": "people",
    "synthetic": "a model",
    "edited": "a model, edited by people",
    "unknown": "not said",
}


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that the card says; `facts` are counts by column and value."""

    name: str
    task: str
    exporter: Exporter
    licence: str
    version: int
    version_name: str
    version_hash: str
    query: str
    statuses: tuple[str, ...]
    recipe: Recipe
    outcome: OutcomeView
    left_out: int
    files: Mapping[str, str]
    facts: Mapping[str, Mapping[str, int]]
    coverage: float | None
    code: str


def write(card: Card) -> bytes:
    """The card as Markdown."""
    parts = [_header(card), f"# {_line(card.name)}", *_sections(card)]
    return ("\n\n".join(parts) + "\n").encode(errors="replace")


def _header(card: Card) -> str:
    rows = sum(card.outcome.rows.values())
    size = next((name for most, name in SIZES if rows < most), "n>1M")
    lines = ["---", f"pretty_name: {_quoted(card.name)}"]
    lines += _licence(card.licence)
    languages = [name for name in card.facts.get("language", {}) if name]
    if languages:
        lines += ["language:", *(f"- {_quoted(name)}" for name in languages[:MOST_VALUES])]
    lines += ["task_categories:", "- text-generation", "size_categories:", f"- {size}"]
    lines += ["tags:", "- dartboard", "configs:", "- config_name: default", "  data_files:"]
    for split, name in card.files.items():
        lines += [f"  - split: {split}", f"    path: {name}"]
    return "\n".join([*lines, "---"])


def _licence(named: str) -> list[str]:
    """What Hugging Face does not know by its short name has to be called "other" there."""
    short = "-".join(named.lower().split())
    if short in LICENCES:
        return [f"license: {short}"]
    return ["license: other", f"license_name: {_quoted(named)}"] if named else []


def _sections(card: Card) -> Iterator[str]:
    if card.task:
        yield "## Task\n\n" + "\n".join(f"> {_line(line)}" for line in card.task.splitlines())
    yield "## What is in it\n\n" + _table(card)
    yield from _facts(card)
    yield "## How it was made\n\n" + "\n".join(f"- {line}" for line in _made(card))
    yield "## Licence\n\n" + (_line(card.licence) or "The curator named none.")


def _table(card: Card) -> str:
    counted = bool(card.recipe.tokenizer)
    head = "| file | split | lines |" + (" tokens | trained |" if counted else "")
    rule = "|---|---|--:|" + ("--:|--:|" if counted else "")
    rows = [
        f"| {card.files[one.name]} | {one.name} | {one.rows:,} |"
        + (f" {one.tokens:,} | {one.trained:,} |" if counted else "")
        for one in card.outcome.splits
        if one.name in card.files
    ]
    format_line = f"Format: {card.exporter.title} (`{card.exporter.name}`)."
    return "\n".join([format_line, "", head, rule, *rows, *_counted_by(card)])


def _counted_by(card: Card) -> list[str]:
    if not card.recipe.tokenizer:
        return []
    if card.recipe.tokenizer == BUNDLED:
        return ["", "Tokens are an estimate: counted with the tokenizer of all-MiniLM-L6-v2."]
    return ["", f"Tokens are counted with `{card.recipe.tokenizer}`, marks of turns estimated."]


def _facts(card: Card) -> Iterator[str]:
    for column, title in COLUMNS:
        counts = {name: count for name, count in card.facts.get(column, {}).items() if name}
        if not counts:
            continue
        total = sum(card.facts[column].values())
        shown = list(counts.items())[:MOST_VALUES]
        lines = [
            f"- {_line(ORIGINS.get(name, name) if column == 'origin' else name)}:"
            f" {count:,} ({count / total:.1%})"
            for name, count in shown
        ]
        more = len(counts) - len(shown)
        lines += [f"- and {more:,} more"] if more else []
        yield f"## {title}\n\nOf the {total:,} samples asked for:\n\n" + "\n".join(lines)
    if card.coverage is not None:
        yield f"## Coverage\n\n{card.coverage:.0%} of the target's inputs had a sample near them."


def _made(card: Card) -> Iterator[str]:
    outcome, recipe = card.outcome, card.recipe
    name = f" ({_line(card.version_name)})" if card.version_name else ""
    yield f"Version {card.version}{name}, content hash `{card.version_hash}`."
    asked = f", of what `{card.query}` finds" if card.query else ""
    yield f"Samples that were {' or '.join(card.statuses).replace('_', ' ')}{asked}."
    yield _left_out(card.left_out)
    if recipe.cap:
        yield (
            f"Cells of the board were capped at {recipe.cap:g} times what the target expects:"
            f" {outcome.capped:,} of the most redundant samples were left out."
        )
    if recipe.split:
        yield f"Split {recipe.split} {KINDS[recipe.by]}, seed {recipe.seed}."
        near = "" if outcome.near else " Near copies were not known: there was no board."
        yield f"{outcome.grouped:,} samples in {outcome.groups:,} groups were kept together.{near}"
    for split, cells in outcome.held_out:
        yield f"Held out for {split}: cells {', '.join(cells)} of board {outcome.frame}."
    yield f"Written by Dartboard {card.code}; `manifest.json` has every hash and count."


def _left_out(count: int) -> str:
    if count == 1:
        return "1 sample breaks a rule of the format and was left out."
    return f"{count:,} samples break a rule of the format and were left out."


def _quoted(text: str) -> str:
    # A JSON text is a YAML text.
    return orjson.dumps(" ".join(text.split()).encode(errors="replace").decode()).decode()


def _line(text: str) -> str:
    """One line, without what Markdown would read as a tag."""
    return " ".join(text.split()).replace("<", "&lt;").encode(errors="replace").decode()
