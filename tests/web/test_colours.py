"""Colours carry meaning only where everybody can tell them apart."""

from itertools import combinations

import pytest

from tests.colours import SIGHTS, contrast, difference, mix, tokens

CLEAR = 10.0  # CIEDE2000: seen at a glance, side by side
HUES = tuple(f"--hue{number}" for number in range(1, 7))

themes = pytest.mark.parametrize("theme", ["light", "dark"])
sights = pytest.mark.parametrize("sight", sorted(SIGHTS))


def test_the_measure_is_that_of_its_authors() -> None:
    # Bruce Lindbloom's calculator for these two.
    assert difference("#ffffff", "#000000") == pytest.approx(100, abs=0.1)
    assert difference("#808080", "#808080") == 0
    assert contrast("#fff", "#000") == pytest.approx(21, abs=0.01)


@themes
@sights
@pytest.mark.parametrize(
    ("many", "few"),
    [
        ("--over2", "--gap"),
        ("--over1", "--gapfill"),
        ("--over2", "--gapfill"),
        ("--over1", "--sparse"),
        ("--high", "--sparse"),
        ("--overtxt", "--gaptxt"),
        ("--map-high", "--map-sparse"),
        ("--over2", "--map-plain"),
        ("--gap", "--map-plain"),
        ("--map-high", "--map-plain"),
        ("--map-sparse", "--map-plain"),
        ("--over2", "--map-high"),
        ("--map-sparse", "--gap"),
        ("--more", "--less"),
    ],
)
def test_too_many_is_told_from_too_few_by_everybody(
    theme: str, sight: str, many: str, few: str
) -> None:
    known = tokens(theme)
    assert difference(known[many], known[few], sight) >= CLEAR


@themes
@sights
def test_the_hues_of_categories_are_told_apart_by_everybody(theme: str, sight: str) -> None:
    known = tokens(theme)
    for one, other in combinations(HUES, 2):
        assert difference(known[one], known[other], sight) >= CLEAR, (one, other)


@themes
def test_no_hue_is_the_red_or_the_blue_of_a_flag(theme: str) -> None:
    known = tokens(theme)
    for hue in HUES:
        assert difference(known[hue], known["--over2"]) >= CLEAR, hue
        assert difference(known[hue], known["--gap"]) >= CLEAR, hue


@themes
def test_the_dashes_of_a_gap_stand_out_from_its_fill_and_from_the_ground(theme: str) -> None:
    known = tokens(theme)
    for ground in ("--gapfill", "--seg-a", "--seg-b"):
        assert contrast(known["--gap"], known[ground]) >= 3, ground


@themes
@sights
@pytest.mark.parametrize("share", [52, 72])
def test_a_comparison_tells_more_from_less_and_both_from_no_change(
    theme: str, sight: str, share: int
) -> None:
    known = tokens(theme)
    more, less = (mix(known[name], known["--seg-a"], share) for name in ("--more", "--less"))
    assert difference(more, less, sight) >= CLEAR
    for ground in ("--seg-a", "--seg-b"):
        assert difference(more, known[ground], sight) >= CLEAR, ground
        assert difference(less, known[ground], sight) >= CLEAR, ground
