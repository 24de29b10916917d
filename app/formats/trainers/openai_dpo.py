"""Preference pairs as OpenAI wrote them first: Azure, Together and Fireworks read them too."""

from app.formats import chat, columns
from app.formats.exporter import Exporter, Record
from app.formats.rule_book import RuleBook
from app.formats.sample import Message, Rest, Sample, Turns

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
    prompt, chosen, rejected = (
        [_turn(one) for one in side] for side in (sample.prompt, sample.chosen, sample.rejected)
    )
    return _pair(prompt, (chosen, rejected), sample.extra)


def _bare(turns: Turns, rest: Rest, extra: Record) -> dict[str, object]:
    return {**_bare_narrow(turns, rest, extra), **columns.others(extra, _SETTINGS)}


def _bare_narrow(turns: Turns, rest: Rest, extra: Record) -> dict[str, object]:
    prompt, chosen = chat.halves(turns, rest)
    return _pair(prompt, (chosen, rest["rejected"]), extra)


def _pair(prompt: Turns, answers: tuple[Turns, Turns], extra: Record) -> dict[str, object]:
    settings = {name: extra[name] for name in _SETTINGS if name in extra}
    return {
        "input": {"messages": prompt, **settings},
        "preferred_output": answers[0],
        "non_preferred_output": answers[1],
    }


def _turn(message: Message) -> dict[str, object]:
    return chat.arguments_as_texts(chat.turn(message, _KEYS))


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
    bare=_bare,
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
    bare=_bare_narrow,
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
    bare=_bare_narrow,
    kinds=("preference",),
    dialect="openai_dpo",
)
