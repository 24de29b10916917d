from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from app.formats import tokens
from app.formats.exporters import EXPORTERS
from app.formats.sample import Message, Sample
from app.formats.tokens import TURN_TOKENS, Counts


@dataclass(frozen=True)
class Word:
    ids: Sequence[int]


class Words:
    """A tokenizer whose tokens are words."""

    def encode_batch(self, texts: list[str], /, *, add_special_tokens: bool) -> Sequence[Word]:
        assert not add_special_tokens
        return [Word([0] * len(text.split())) for text in texts]


ASK, SAY = Message("user", "one two three"), Message("assistant", "one two")
LONG = Message("assistant", "one two three four five")


def counted(sample: Sample) -> Counts:
    (found,) = tokens.count([sample], Words())
    return found


@pytest.mark.parametrize(
    ("sample", "total", "trained"),
    [
        (Sample((ASK, SAY)), 5 + 2 * TURN_TOKENS, 2 + TURN_TOKENS),
        (Sample((ASK, SAY, ASK, LONG)), 13 + 4 * TURN_TOKENS, 7 + 2 * TURN_TOKENS),
        (
            Sample((ASK, Message("assistant", "one", {"weight": 0}), ASK, SAY)),
            9 + 4 * TURN_TOKENS,
            2 + TURN_TOKENS,
        ),
        (Sample((ASK,), kind="text"), 3 + TURN_TOKENS, 3 + TURN_TOKENS),
        (
            Sample((ASK, SAY, ASK, SAY), kind="kto", desirable=True),
            10 + 4 * TURN_TOKENS,
            2 + TURN_TOKENS,
        ),
        (
            Sample((ASK, SAY), kind="preference", rejected=(LONG,)),
            8 + 2 * TURN_TOKENS,
            5 + TURN_TOKENS,
        ),
        (Sample((ASK, SAY), extra={"tools": [1]}), 6 + 3 * TURN_TOKENS, 2 + TURN_TOKENS),
        (Sample(()), 0, 0),
    ],
)
def test_tokens_are_counted_turn_by_turn(sample: Sample, total: int, trained: int) -> None:
    found = counted(sample)
    assert (found.total, found.trained) == (total, trained)


def test_many_samples_are_counted_each_for_itself() -> None:
    found = tokens.count([Sample((ASK, SAY)), Sample(()), Sample((ASK,))], Words())
    assert [len(one.turns) for one in found] == [2, 0, 1]
    assert tokens.count([], Words()) == []


def test_calls_and_thoughts_are_counted() -> None:
    plain = counted(Sample((ASK, SAY))).total
    more = Message("assistant", "one two", {"thinking": "a b c", "tool_calls": [{"id": "x"}]})
    assert counted(Sample((ASK, more))).total == plain + 4


@pytest.mark.parametrize(("limit", "left"), [(0, 0), (7, 0), (8, 1), (13, 6), (99, 6)])
def test_what_is_cut_off_is_not_learned(limit: int, left: int) -> None:
    assert counted(Sample((ASK, SAY))).trained_within(limit) == left


def test_a_line_over_the_limit_breaks_the_rule_of_its_exporter() -> None:
    counts = counted(Sample((ASK, SAY)))
    gemini, chat = EXPORTERS["gemini"].rules, EXPORTERS["openai-chat"].rules
    assert tokens.broken(gemini, counts) == ()
    assert tokens.broken(chat, counts) == ()
    (over,) = tokens.broken(chat, counts, limit=12)
    assert (over.rule_id, over.detail) == (
        "openai-chat.tokens",
        "The line has 13 tokens; 12 are allowed.",
    )
    both = [one.rule_id for one in tokens.broken(chat, counts, limit=7)]
    assert both == ["openai-chat.tokens", "any.trained"]
    huge = Counts(((131_073, True),))
    assert [one.rule_id for one in tokens.broken(gemini, huge)] == ["gemini.tokens"]


def test_a_real_tokenizer_fits() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    real = Tokenizer(models.WordLevel({"one": 0, "two": 1, "?": 2}, unk_token="?"))
    real.pre_tokenizer = pre_tokenizers.Whitespace()
    (found,) = tokens.count([Sample((ASK, SAY))], real)
    assert found.total == 5 + 2 * TURN_TOKENS
