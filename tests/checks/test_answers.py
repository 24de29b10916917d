import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks import answers

texts = st.lists(st.text(alphabet="ab c.\n", max_size=30), max_size=20)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("Good question! The lid is loose.", "good question!"),
        ("It is too  cold there", "it is too"),
        ("Yes, of course", "yes,"),
        ("refund", "refund"),
        ("", ""),
        ("First line\nsecond", "first line"),
    ],
)
def test_an_opening_is_three_words_or_ends_at_a_mark(text: str, opening: str) -> None:
    assert answers.opening_of(text) == opening


def test_the_commonest_opening_names_its_answers() -> None:
    found = answers.commonest_opening(["Sure, a", "No way", "Sure, b", "It is so"])
    assert (found.phrase, found.rows, found.share) == ("sure,", (0, 2), 0.5)


def test_no_answers_have_no_opening() -> None:
    assert answers.commonest_opening(["", ""]) == answers.Opening("", (), 0.0)
    assert answers.lengths([]) == answers.Lengths(0, 0, 0)


def test_the_spread_is_between_the_tenth_and_the_ninetieth_percentile() -> None:
    found = answers.lengths(["word " * number for number in range(1, 102)])
    assert (found.short, found.middle, found.long) == (11, 51, 91)
    assert found.spread == pytest.approx(91 / 11)
    assert not found.are_labels
    assert answers.lengths(["refund"] * 9).are_labels


@pytest.mark.parametrize(
    ("said", "expected"),
    [(["a b c d"], 1.0), (["a b", "a b"], 0.5), (["a"], 0.0), ([], 0.0), (["a b a b"], 2 / 3)],
)
def test_distinct_pairs_of_words(said: list[str], expected: float) -> None:
    assert answers.distinct(said) == pytest.approx(expected)


def test_only_so_many_pairs_are_read() -> None:
    assert answers.distinct(["a a a a", "b c d e"], most=3) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("said", "expected"),
    [(["yes", "no"] * 5, 2), (["a", "A ", " a"], 1), ([], 0), (list("abcd"), 4)],
)
def test_equally_frequent_answers_are_as_many_as_they_are(said: list[str], expected: int) -> None:
    assert answers.effective(said) == pytest.approx(expected)


@given(texts)
def test_shares_are_shares_whatever_is_said(said: list[str]) -> None:
    assert 0 <= answers.commonest_opening(said).share <= 1
    assert 0 <= answers.distinct(said) <= 1
    assert answers.effective(said) <= len(said) + 1e-9
    found = answers.lengths(said)
    assert found.short <= found.middle <= found.long
