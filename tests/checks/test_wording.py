"""Word diffs: nothing is lost, and what is the same is said to be the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks import wording
from app.checks.wording import Pair, Piece

TEXTS = st.text(alphabet="ab \n.é", max_size=40)


@given(TEXTS, TEXTS)
def test_the_pieces_give_both_texts_back(old: str, new: str) -> None:
    found = wording.pieces(old, new)
    assert "".join(it.text for it in found if it.kind != "added") == old
    assert "".join(it.text for it in found if it.kind != "removed") == new


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("same", "same", (("same", "same"),)),
        ("", "new", (("added", "new"),)),
        (
            "I like tea a lot",
            "I like coffee a lot",
            (("same", "I like "), ("removed", "tea"), ("added", "coffee"), ("same", " a lot")),
        ),
        (
            "one two.",
            "three four.",
            (("removed", "one two"), ("added", "three four"), ("same", ".")),
        ),
    ],
    ids=["same", "new", "one word", "words and the space between them"],
)
def test_words_are_compared(old: str, new: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert wording.pieces(old, new) == tuple(Piece(*it) for it in pieces)  # type: ignore[arg-type]


def test_very_long_texts_are_compared_by_lines() -> None:
    old = "\n".join(f"line {at} of many words here" for at in range(3_000))
    found = wording.pieces(old, old.replace("line 7 of", "line seven of"))
    assert [it.kind for it in found] == ["same", "removed", "added", "same"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 2_000, "b " * 2_000),
        ("a b " * 2_000, "a c " * 2_000),
        ("a\n\n" * 2_500, "b\n\n" * 2_500),
        ("a\nb\n" * 20_000, "a\nc\n" * 20_000),
    ],
    ids=["words", "every second word", "empty lines", "every second line"],
)
def test_texts_that_meet_everywhere_are_not_compared_for_hours(old: str, new: str) -> None:
    found = wording.pieces(old, new)
    assert "".join(it.text for it in found if it.kind != "added") == old
    assert "".join(it.text for it in found if it.kind != "removed") == new


def test_turns_that_are_all_alike_are_put_side_by_side_in_their_order() -> None:
    old, new = ([("u", f"{side}{at}") for at in range(3_000)] for side in "xy")
    assert wording.pairs(old, new) == tuple(Pair(at, at) for at in range(3_000))


TURNS = st.lists(st.tuples(st.sampled_from("ua"), st.sampled_from("xyz")), max_size=8)


@given(TURNS, TURNS)
def test_every_turn_of_both_is_in_one_pair(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    found = wording.pairs(old, new)
    assert [it.old for it in found if it.old is not None] == list(range(len(old)))
    assert [it.new for it in found if it.new is not None] == list(range(len(new)))


def test_a_turn_that_was_put_in_has_no_counterpart() -> None:
    old, new = [("u", "a"), ("a", "b")], [("u", "a"), ("u", "x"), ("a", "b")]
    assert wording.pairs(old, new) == (Pair(0, 0), Pair(None, 1), Pair(1, 2))


def test_a_changed_turn_belongs_to_the_one_of_its_role() -> None:
    old, new = [("user", "a")], [("system", "s"), ("user", "b")]
    assert wording.pairs(old, new) == (Pair(None, 0), Pair(0, 1))
