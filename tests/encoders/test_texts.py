import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.encoders import texts

ANY_CHARACTER = st.characters(exclude_categories=())


@given(st.text(ANY_CHARACTER))
def test_what_comes_out_is_always_utf_8(text: str) -> None:
    texts.well_formed(text).encode()


@given(st.text())
def test_a_text_without_lone_surrogates_stays_as_it_is(text: str) -> None:
    assert texts.well_formed(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\ud83d\ude00", "😀"),
        ("a\ud83d b", "a\ufffd b"),
        ("\udc00", "\ufffd"),
        ("\0", "\0"),
    ],
    ids=["empty", "a pair", "a high one alone", "a low one alone", "NUL"],
)
def test_surrogates_are_joined_or_replaced(text: str, expected: str) -> None:
    assert texts.well_formed(text) == expected


def test_a_text_of_megabytes_is_cut() -> None:
    assert len(texts.well_formed("é" * 3_000_000)) == texts.LONGEST_CHARACTERS
