"""Turns as a form holds them: rearranged, compared, merged, and made a change again."""

import pytest

from app.curation import turns
from app.curation.changing import ChangeError
from app.curation.turns import Turn
from app.formats.sample import Message, Sample

USER, ANSWER = Turn("said", "user", "question"), Turn("said", "assistant", "answer")
PAIR = Sample(
    (Message("user", "q"), Message("assistant", "good")),
    kind="preference",
    rejected=(Message("assistant", "bad"),),
)


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        ("add-1", ["user", "assistant", "user"]),
        ("remove-0", ["assistant"]),
        ("up-1", ["assistant", "user"]),
        ("down-0", ["assistant", "user"]),
        ("up-0", ["user", "assistant"]),
        ("down-1", ["user", "assistant"]),
        ("remove-7", ["user", "assistant"]),
        ("dance", ["user", "assistant"]),
    ],
)
def test_turns_are_rearranged(act: str, roles: list[str]) -> None:
    assert [turn.role for turn in turns.rearranged([USER, ANSWER], act)] == roles


def test_a_turn_stays_in_its_answer() -> None:
    told = turns.of(PAIR)
    assert turns.rearranged(told, "up-1") == told
    assert turns.rearranged(told, "add-2")[-1].part == "rejected"


def test_the_last_turn_stays() -> None:
    assert turns.rearranged([USER], "remove-0") == (USER,)


def test_a_pair_becomes_a_change_of_both_answers() -> None:
    told = list(turns.of(PAIR))
    told[2] = Turn("rejected", "assistant", "worse")
    change = turns.change_of(told, turns.of(PAIR))
    assert change.answer_turns == 1
    assert change.messages == [
        {"role": "user", "content": "q"}, {"role": "assistant", "content": "good"},
    ]  # fmt: skip
    assert change.rejected == [{"role": "assistant", "content": "worse"}]
    with pytest.raises(ChangeError, match="each of its two answers"):
        turns.change_of(told[:2], turns.of(PAIR))


def test_line_ends_of_a_browser_change_nothing() -> None:
    before = (Turn("said", "user", "one\r\ntwo"), Turn("said", "assistant", "three\nfour"))
    sent = [Turn("said", "user", "one\r\ntwo"), Turn("said", "assistant", "three\r\nfour")]
    change = turns.change_of(sent, before)
    assert [it["content"] for it in change.messages or ()] == ["one\r\ntwo", "three\nfour"]
    assert all(it.kind == "same" for it in turns.compared(before, sent))


def test_tool_calls_are_edited_as_json() -> None:
    call = '{"tool_calls": [{"function": {"name": "look_up"}}]}'
    (record,) = turns.change_of([Turn("said", "assistant", "", call)], (ANSWER,)).messages or ()
    assert record["tool_calls"] == [{"function": {"name": "look_up"}}]
    for bad in ("{", "[1]"):
        with pytest.raises(ChangeError, match="Turn 1"):
            turns.change_of([Turn("said", "assistant", "", bad)], (ANSWER,))


def test_another_text_replaces_the_parts_it_was_written_in_but_no_picture() -> None:
    picture = (
        '{"content": [{"type": "text", "text": "old"}, {"type": "image_url", "image_url": "u"}]}'
    )
    (record,) = turns.change_of([Turn("said", "user", "new", picture)], (USER,)).messages or ()
    assert record["content"] == [
        {"type": "text", "text": "new"}, {"type": "image_url", "image_url": "u"},
    ]  # fmt: skip
    plain = '{"content": [{"type": "text", "text": "old"}]}'
    (record,) = turns.change_of([Turn("said", "user", "new", plain)], (USER,)).messages or ()
    assert record["content"] == "new"


def test_of_each_turn_that_differs_one_side_is_chosen() -> None:
    theirs = (Turn("said", "user", "their question"), ANSWER)
    mine = (Turn("said", "user", "my question"), ANSWER, Turn("said", "user", "more"))
    assert turns.merged(theirs, mine, ["theirs", "mine"]) == (theirs[0], ANSWER, mine[2])
    assert turns.merged(theirs, mine, ["mine", "theirs"]) == (mine[0], ANSWER)
    assert turns.merged(theirs, mine, []) == mine
