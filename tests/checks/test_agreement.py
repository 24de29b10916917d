"""Agreement, against the worked example of the paper it is from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks import agreement

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C:
# four observers, twelve units, "." where somebody did not judge.
OBSERVERS = {
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}
UNITS = [{name: row[at] for name, row in OBSERVERS.items() if row[at] != "."} for at in range(12)]

judged = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("xyz"), max_size=5)


def test_alpha_is_that_of_the_paper() -> None:
    assert agreement.alpha(UNITS) == pytest.approx(0.743, abs=0.0005)


def test_where_all_agree_on_different_things_alpha_is_one() -> None:
    assert agreement.alpha([{"a": "x", "b": "x"}, {"a": "y", "b": "y"}]) == 1


def test_where_two_always_disagree_alpha_is_below_zero() -> None:
    found = agreement.alpha([{"a": "x", "b": "y"}, {"a": "y", "b": "x"}])
    assert found is not None
    assert found < 0


@pytest.mark.parametrize("units", [[], [{"a": "x"}], [{"a": "x", "b": "x"}] * 5])
def test_too_little_or_all_the_same_says_nothing(units: list[dict[str, str]]) -> None:
    assert agreement.alpha(units) is None


@given(st.lists(judged, max_size=20))
def test_alpha_is_never_above_one_and_does_not_depend_on_the_order(
    units: list[dict[str, str]],
) -> None:
    found = agreement.alpha(units)
    again = agreement.alpha(reversed(units))
    assert found is None or found <= 1
    assert again == (None if found is None else pytest.approx(found))


@given(st.lists(judged, max_size=20))
def test_the_confusion_table_and_the_pairs_count_the_same_meetings(
    units: list[dict[str, str]],
) -> None:
    met = sum(len(unit) * (len(unit) - 1) // 2 for unit in units)
    confused, pairs = agreement.confusion(units), agreement.pairs(units)
    assert sum(confused.values()) == met == sum(both for _, both in pairs.values())
    same = sum(count for (one, other), count in confused.items() if one == other)
    assert same == sum(agreed for agreed, _ in pairs.values())


def test_a_sample_is_split_where_two_judged_otherwise() -> None:
    assert agreement.is_split({"a": "x", "b": "y"})
    assert not agreement.is_split({"a": "x", "b": "x"})
    assert not agreement.is_split({})
