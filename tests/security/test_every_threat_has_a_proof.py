"""The list of threats, the tests and docs/threats.md say the same."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THREATS = [f"T{number:02}" for number in range(1, 36)]
PAGE = (ROOT / "docs" / "threats.md").read_text()
ROWS = {row[1]: row[0] for row in re.finditer(r"^\| (T\d\d) \|.*$", PAGE, re.MULTILINE)}
FILES = list((ROOT / "tests").rglob("test_*.py"))
# `pytest -k t07` finds them by either name.
NAMES = {path.stem for path in FILES} | {
    name for path in FILES for name in re.findall(r"def (test_t\d\d_\w*)", path.read_text())
}
PROVEN = {f"T{number}" for name in NAMES for number in re.findall(r"(?<=_)t(\d\d)_", name)}


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_has_a_test_and_a_line(threat: str) -> None:
    assert threat in PROVEN, "no test carries its id"
    assert threat in ROWS, "docs/threats.md has no line for it"


def test_every_test_that_the_page_names_is_there() -> None:
    names = {path.name for path in FILES}
    for row in ROWS.values():
        named = re.findall(r"`(?:tests/\w+/)?(test_\w+\.py)`", row)
        assert named, row
        assert set(named) <= names, row
