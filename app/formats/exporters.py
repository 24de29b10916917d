"""The files that trainers accept, by name; one more trainer is one more module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.formats import alpaca_file, openai_chat
from app.formats.rules import Rule, Violation
from app.formats.sample import Sample


@dataclass(frozen=True, slots=True)
class Exporter:
    """One kind of file.

    Attributes:
        name: stable, as in addresses and on the command line.
        title: for a person.
        suffix: of the file's name.
        write: one sample as one line, ending in a line feed.
        rules: everything that check and check_file look at.
        check: the rules that a sample breaks.
        check_file: the rules that a file of so many rows and bytes breaks.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[Sample], bytes]
    rules: tuple[Rule, ...]
    check: Callable[[Sample], tuple[Violation, ...]]
    check_file: Callable[[int, int], tuple[Violation, ...]]


EXPORTERS: Mapping[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter(
            "openai-chat",
            "OpenAI chat fine-tuning",
            ".jsonl",
            openai_chat.write,
            openai_chat.RULES,
            openai_chat.check,
            openai_chat.check_file,
        ),
        Exporter(
            "alpaca",
            "Alpaca (LLaMA-Factory, Axolotl and others)",
            ".jsonl",
            alpaca_file.write,
            alpaca_file.RULES,
            alpaca_file.check,
            alpaca_file.check_file,
        ),
    )
}
