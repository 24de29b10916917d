"""Preference pairs as OpenAI wrote them first: Azure, Together and Fireworks read them too."""

from app.formats import chat, columns
from app.formats.exporter import Exporter
from app.formats.rule_book import RuleBook
from app.formats.sample import Sample

_KEYS = ("tool_calls", "tool_call_id", "name")
_SETTINGS = ("tools", "parallel_tool_calls")
_OPENAI = RuleBook(
    "openai-dpo", "https://developers.openai.com/api/docs/guides/direct-preference-optimization"
)
_TOGETHER = RuleBook("together-dpo", "https://docs.together.ai/docs/fine-tuning/data-preparation")
_FIREWORKS = RuleBook("fireworks-dpo", "https://docs.fireworks.ai/fine-tuning/dpo-fine-tuning")


def record(sample: Sample) -> dict[str, object]:
    """The pair as a record; unknown columns follow."""
    return {**narrow(sample), **columns.others(sample.extra, _SETTINGS)}


def narrow(sample: Sample) -> dict[str, object]:
    """The pair as a record, without unknown columns."""
    settings = {name: sample.extra[name] for name in _SETTINGS if name in sample.extra}
    return {
        "input": {"messages": [chat.turn(one, _KEYS) for one in sample.prompt], **settings},
        "preferred_output": [chat.turn(one, _KEYS) for one in sample.chosen],
        "non_preferred_output": [chat.turn(one, _KEYS) for one in sample.rejected],
    }


OPENAI = Exporter(
    "openai-dpo",
    "OpenAI and Azure preference pairs (DPO)",
    (
        *_OPENAI.standard("answers", "text", "media", "content", "system", "tools"),
        _OPENAI.only(_KEYS),
        *_OPENAI.limits(min_rows=10),
        _OPENAI.tokens(),
    ),
    record,
    kinds=("preference",),
    dialect="openai_dpo",
)
TOGETHER = Exporter(
    "together-dpo",
    "Together preference pairs (DPO)",
    (
        _TOGETHER.roles("system", "user", "assistant"),
        *_TOGETHER.standard("answers", "single", "asked", "text", "media", "content", "system"),
        _TOGETHER.only(),
        *_TOGETHER.limits(min_rows=1, max_bytes=50_100_000_000),
    ),
    narrow,
    kinds=("preference",),
    dialect="openai_dpo",
)
FIREWORKS = Exporter(
    "fireworks-dpo",
    "Fireworks preference pairs (DPO)",
    (
        *_FIREWORKS.standard("answers", "text", "media", "content", "system", "tools"),
        _FIREWORKS.only(_KEYS),
        *_FIREWORKS.limits(min_rows=3, max_rows=3_000_000),
    ),
    narrow,
    kinds=("preference",),
    dialect="openai_dpo",
)
