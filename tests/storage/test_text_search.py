"""T08: whatever is looked for, no database calls it a syntax error, and both find the same."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.curation import queries
from app.curation.queries import QueryError
from app.formats import words
from app.storage import samples, text_search
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow
from tests.stocked import stock

SIGNS = st.sampled_from(["OR", "AND", "NOT", "NEAR(a b)", "*", '"', "a:b", "{x}", "^a", "-a", "!a"])
ASKED = st.lists(st.one_of(st.text(max_size=20), SIGNS), min_size=1, max_size=4).map(" ".join)


def said(write: Sessions, dataset: DatasetRow, *texts: str) -> list[int]:
    with write() as session:
        return stock(session, dataset.id, [{"text": text, "answer": "fine"} for text in texts])


def found(write: Sessions, dataset: DatasetRow, asked: str) -> list[int]:
    with write() as session:
        wanted = queries.resolve(session, dataset.id, queries.parse([("q", asked)]))
        return samples.ids_matching(session, dataset.id, wanted)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ASKED)
def test_any_text_can_be_looked_for(write: Sessions, dataset: DatasetRow, asked: str) -> None:
    try:
        query = queries.parse([("q", asked), ("not.q", asked)])
    except QueryError:
        return  # a character that no text can hold, or too many words: said before a database is
    with write() as session:
        wanted = queries.resolve(session, dataset.id, query)
        assert samples.ids_matching(session, dataset.id, wanted) == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_every_word_of_a_text_finds_it(write: Sessions, dataset: DatasetRow, text: str) -> None:
    with write() as session, session.begin_nested() as nested:
        messages = orjson.dumps([{"role": "user", "content": text}]).decode()
        (number,) = stock(session, dataset.id, [{"text": f"{text} {text}!"}])
        text_search.write(session, [(number, text_search.words_in(messages, ""))])
        for word in words.words_of(text):
            wanted = Filter(words=(word, f"{word[:2]}*"))
            assert samples.ids_matching(session, dataset.id, wanted) == [number]
        nested.rollback()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("charged", [0, 1]),
        ("CHARGED twice", [0, 1]),
        ('"charged twice"', [0]),
        ("refu*", [2, 3]),
        ('"charged twi*"', [0]),
        ('"charged twi"*', [0]),
        ("cafe", [4]),
        ("Café", [4]),
        ("天", [5]),
        ("天气", [5]),
        ("气天", []),
        ("🎯", [6]),
        ("don't", [7]),
        ("snake_case", [8]),
        ("snake", []),
        ("--", []),
        ('"may fine"', []),
    ],
)
def test_words_phrases_and_beginnings(
    write: Sessions, dataset: DatasetRow, asked: str, expected: list[int]
) -> None:
    ids = said(
        write, dataset, "I was charged twice for May", "twice I was charged", "refund", "Refunded!",
        "a café", "今天天气很好", "hit the 🎯", "Don\u2019t or don't", "snake_case",
    )  # fmt: skip
    assert found(write, dataset, asked) == [ids[at] for at in expected]


def test_a_text_that_is_replaced_is_found_by_its_new_words(
    write: Sessions, dataset: DatasetRow
) -> None:
    (number,) = said(write, dataset, "before")
    text = {"messages": '[{"role":"user","content":"after"}]', "rest": ""}
    with write() as session:
        samples.change(session, [number], **text)
    assert found(write, dataset, "before") == []
    assert found(write, dataset, "after") == [number]


def test_a_very_long_sample_is_kept_and_found_by_its_beginning(
    write: Sessions, dataset: DatasetRow
) -> None:
    text = " ".join(f"{number:x}" for number in range(120_000))
    (number,) = said(write, dataset, f"first {text} last")
    assert found(write, dataset, '"first 0 1"') == [number]
    assert found(write, dataset, "last") == []
