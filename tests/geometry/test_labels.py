from hypothesis import given, settings
from hypothesis import strategies as st

from app.geometry import labels

REFUND = ["I want a refund for the double charge", "refund my charge please", "charge refund"]
LOGIN = ["I cannot log in with my password", "reset the password", "my password is lost"]


def test_groups_are_named_by_what_sets_them_apart() -> None:
    refund, login = labels.name([REFUND, LOGIN])
    assert "refund" in refund[0] or "refund" in refund[1]
    assert login[0] == "password"


def test_a_firm_pair_is_named_as_one() -> None:
    cards = [f"my credit card number {word}" for word in ("is", "was", "has", "had")]
    (first, _) = labels.name([cards, LOGIN], words=1)
    assert first in {("credit card",), ("card number",)}


def test_no_word_is_said_twice() -> None:
    texts = ["charge charges charged", "charged charge", "charges charging charge"] * 2
    (named, _) = labels.name([texts, LOGIN])
    assert len(named) == 1


def test_scripts_without_spaces_get_names_too() -> None:
    (named, _) = labels.name([["退款申请流程", "如何申请退款", "退款"], LOGIN])
    assert "退款" in named


def test_stop_words_of_any_language_are_found_by_their_frequency() -> None:
    groups = [[f"pour {thing} encore" for _ in range(3)] for thing in ("pain", "vin", "lait")]
    assert labels.name(groups) == [("pain",), ("vin",), ("lait",)]


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=40), max_size=6), max_size=5), st.integers(1, 4))
def test_any_text_gives_one_name_a_group(groups: list[list[str]], words: int) -> None:
    named = labels.name(groups, words=words)
    assert len(named) == len(groups)
    assert all(len(terms) <= words for terms in named)
    assert all(not name for name, texts in zip(named, groups, strict=True) if not texts)
