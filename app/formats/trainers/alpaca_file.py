"""Alpaca files as LLaMA-Factory and others read them: one object a line."""

from itertools import cycle

from app.formats import alpaca, demands
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample

TURNS_SENTENCE = (
    "After an optional system message, user and assistant take turns; the assistant is last."
)
OUTPUT_SENTENCE = "The last answer is a text that is not empty."
_BOOK = RuleBook("alpaca", "https://github.com/tatsu-lab/stanford_alpaca#data-release")


def turns(sample: Sample) -> str:
    """Pairs of a question and its answer."""
    spoken = demands.spoken_in(sample)
    if not spoken or len(spoken) % 2:
        return "The messages are not pairs of user and assistant."
    pairs = zip(spoken, cycle(("user", "assistant")), strict=False)
    wrong = next((message.role for message, role in pairs if message.role != role), "")
    return f"A message by {wrong} stands where the other should speak." if wrong else ""


def output(sample: Sample) -> str:
    """The last answer says something."""
    last = sample.messages[-1].content if sample.messages else ""
    return "" if last.strip() else "The last answer is empty."


ALPACA = Exporter(
    "alpaca",
    "Alpaca (LLaMA-Factory, Axolotl and others)",
    (
        _BOOK.demand("turns", TURNS_SENTENCE, turns, looks="outline"),
        _BOOK.demand("output", OUTPUT_SENTENCE, output, looks="outline"),
        *_BOOK.standard("text"),
        _BOOK.only(),
    ),
    alpaca.write,
    bare=alpaca.write_bare,
    native=alpaca.write,
    bare_native=alpaca.write_bare_native,
    dialect="alpaca",
)
