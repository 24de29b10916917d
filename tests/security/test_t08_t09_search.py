"""T08 and T09: words and patterns that make a search fail or never end."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.storage import datasets
from app.web.deps import House
from app.web.ranges import asked_part
from tests import web_client
from tests.stocked import stock

WORDS = [
    '"', '""', '"unclosed', "AND", "OR", "NOT", "NEAR(a b)", "a* OR", "-a", "+a", "^a", "col:a",
    "(", ")", "a AND", "{a b}:c", "*", "%", "_", "a%_b", "/", "\\", "a & b", "a | b", "!a", "a:*",
    "<->", "';--", "\x00", "\ud7ff", "\U0001d4b3", "\u0130", "\u00df", "a\u0301",
    "\u202e", "\U0001f469\u200d\U0001f467", "a" * 5_000, '"' * 5_000,
    "( " * 2_000, "a b " * 2_000, "%" * 5_000,
]  # fmt: skip
SECONDS_OF_CPU = 60
PATTERNS = Path(__file__).with_name("patterns.py")


@pytest.fixture
def searching(app: FastAPI) -> Iterator[TestClient]:
    house: House = app.state.house
    with house.write() as session:
        dataset = datasets.get(session, "recipes")
        stock(session, dataset.id, [{"text": "a refund, please"}, {"text": 'says "no" 100%'}])
    with web_client.bearing(app) as client:
        yield client


def search(client: TestClient, words: str) -> int:
    path = "/api/v1/datasets/recipes/samples"
    return client.get(path, params={"q": words, "limit": 5}).status_code


@pytest.mark.parametrize("words", WORDS, ids=lambda words: ascii(words)[:20])
def test_t08_what_a_search_engine_trips_over_is_looked_for_or_refused(
    searching: TestClient, words: str
) -> None:
    assert search(searching, words) in (200, 422)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(max_size=60))
def test_t08_any_words_are_looked_for_or_refused(searching: TestClient, words: str) -> None:
    assert search(searching, words) in (200, 422)


def test_t08_words_are_found_and_signs_are_only_signs(searching: TestClient) -> None:
    path = "/api/v1/datasets/recipes/samples"

    def found(words: str) -> int:
        return len(searching.get(path, params={"q": words}).json()["items"])

    assert (found("refund"), found("100%"), found("zebra")) == (1, 1, 0)


def test_t09_no_pattern_of_ours_takes_for_ever() -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, SECONDS_OF_CPU))

    done = subprocess.run(
        [sys.executable, str(PATTERNS)],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"it did not end at: {done.stdout[-300:]} {done.stderr[-300:]}"
    assert "patterns: " in done.stdout


@pytest.mark.parametrize(
    "header", ["bytes=" + "9" * 100_000, "bytes=" + "0-0," * 25_000, "bytes=0-" + "0" * 100_000]
)
def test_t09_t34_a_range_that_is_no_range_asks_for_everything(header: str) -> None:
    assert asked_part(header, 1_000) is None


def test_t09_nobody_can_send_a_pattern() -> None:
    """There is no search by regular expression; one would need an engine that cannot hang."""
    root = Path(__file__).parents[2] / "app"
    users = [path for path in root.rglob("*.py") if "re.compile(pattern" in path.read_text()]
    assert {path.name for path in users} <= {"facets.py"}  # its own lists of patterns
