"""Numbers of numbers: a dictionary, however often it is packed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curation import compact
from app.curation.repeats import Known

KEYS = st.integers(1, 12) | st.sampled_from([2**63, 2**64 - 1, 2**64 - 2])


@pytest.fixture(scope="module", autouse=True)
def packed_often() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "FRESH", 3)
        yield


@given(st.lists(st.tuples(KEYS, st.integers(0, 2**64 - 1))))
def test_the_last_value_of_a_key_counts(puts: list[tuple[int, int]]) -> None:
    numbers, known = compact.Numbers(), dict[int, int]()
    for key, value in puts:
        numbers.put(key, value)
        known[key] = value
        assert {one: numbers.get(one) for one in (*known, 99)} == {**known, 99: 0}


@given(st.lists(st.tuples(st.booleans(), KEYS)))
def test_a_set_holds_what_was_added_and_not_discarded(acts: list[tuple[bool, int]]) -> None:
    prints, known = compact.Prints(), set[int]()
    for adds, key in acts:
        (prints.add if adds else prints.discard)(key)
        (known.add if adds else known.discard)(key)
    assert all((key in prints) == (key in known) for _, key in acts)


def test_a_name_is_known_by_its_newest_fingerprint() -> None:
    named = compact.Named()
    for number in range(1, 10):
        named["a"] = Known(number, number, number + 1)
        named[f"b{number}"] = Known(1, 1, 1)
    assert named.get("a") == (9, 9, 10)
    assert named.get("c") is None
    assert named.unknown({"a", "b1", "c"}) == {"c"}
