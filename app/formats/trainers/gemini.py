"""Gemini on Vertex AI: `contents` of parts, by user and model."""

from app.formats import gemini_contents
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample

_BOOK = RuleBook(
    "gemini",
    "https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning",
)


def record(sample: Sample) -> dict[str, object]:
    """The sample as contents, without unknown columns."""
    turns = list(sample.messages)
    written: dict[str, object] = {}
    if turns and turns[0].role == "system":
        parts = [{"text": turns.pop(0).content}]
        written["systemInstruction"] = {"role": "system", "parts": parts}
    written["contents"] = [
        {"role": gemini_contents.SPELLINGS[message.role], "parts": [{"text": message.content}]}
        for message in turns
    ]
    return written


GEMINI = Exporter(
    "gemini",
    "Gemini on Vertex AI",
    (
        _BOOK.roles("system", "user", "assistant"),
        *_BOOK.standard("system", "first", "last", "content", "text", "media"),
        _BOOK.only(),
        *_BOOK.limits(max_rows=1_000_000, max_bytes=10**9),
        _BOOK.tokens(131_072),
    ),
    record,
    dialect="gemini",
    note="Limits of Gemini 2.5 Flash; a validation file holds 5,000 lines at most. Start with "
    "100. Those of 3.5 Flash are not confirmed. Tool calls are not written yet.",
)
