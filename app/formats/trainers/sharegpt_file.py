"""ShareGPT as many tools read it, with the spellings that most of them know."""

from app.formats import columns, sharegpt
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample
from app.formats.trainers import llamafactory

_SPELLINGS = {"system": "system", "user": "human", "assistant": "gpt", "tool": "tool"}
_BOOK = RuleBook("sharegpt", "https://docs.axolotl.ai/docs/dataset-formats/conversation.html")


def record(sample: Sample) -> dict[str, object]:
    """Turns as from and value; unknown columns follow."""
    turns = [llamafactory.turn(message, _SPELLINGS) for message in sample.messages]
    return {"conversations": turns, **columns.others(sample.extra, ("conversations",))}


SHAREGPT = Exporter(
    "sharegpt",
    "ShareGPT",
    (
        *_BOOK.standard("system", "assistant", "text", "unweighted", "tools"),
        _BOOK.only(("weight", "tool_call_id", "tool_calls")),
        *_BOOK.standard("arguments"),
        _BOOK.demand(
            "calls", llamafactory.CALLS_SENTENCE, llamafactory.speaks_or_calls, looks="beside"
        ),
    ),
    record,
    native=sharegpt.write,
    dialect="sharegpt",
)
