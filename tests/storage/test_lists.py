"""Lists go on from page to page, and what is read of them begins where the page does."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.storage import facets, lists, text_search
from app.storage.database import Sessions, is_sqlite
from app.storage.filters import Filter
from app.storage.lists import Place, Sort
from app.storage.tables import DatasetRow
from tests.stocked import stock


@pytest.mark.parametrize("few", [0, 20_000])
@pytest.mark.parametrize("sort", ["oldest", "newest", "longest"])
@pytest.mark.parametrize("words", [("soup",), ("so*",), ('"hot soup"', "soup")])
def test_what_says_some_words_is_shown_page_by_page(
    write: Sessions, dataset: DatasetRow, monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], sort: Sort, few: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(facets, "FEW", few)
    with write() as session:
        said = [{"text": f"{'stew' if at % 3 else 'hot soup'} {'x' * at}"} for at in range(20)]
        ids = stock(session, dataset.id, said)
        expected = ids[::3] if sort == "oldest" else ids[::3][::-1]
        seen: list[int] = []
        after: Place | None = None
        while len(seen) < len(expected):
            rows = lists.page(
                session, dataset.id, Filter(words=words), sort, after=after, limit=2
            )  # fmt: skip
            seen += [row.id for row in rows]
            after = lists.place_of(rows[-1], sort)
        assert seen == expected
        assert not lists.page(session, dataset.id, Filter(words=words), sort, after=after)


def test_a_page_far_down_reads_neither_samples_nor_words_from_their_beginning(
    write: Sessions, dataset: DatasetRow, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "FEW", -1)
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    with write() as session:
        event.listen(engine, "before_cursor_execute", note)
        lists.page(session, dataset.id, Filter(words=("soup",)), "oldest", after=Place(600_000))
        event.remove(engine, "before_cursor_execute", note)
        key = "rowid" if is_sqlite(session) else "sample_id"
    query = asked[-1].replace("(", "").replace(")", "")
    assert f" sample_words.{key} > " in query
    assert " sample.id > " in query


@pytest.mark.parametrize("most", [0, 3, 2_000])
def test_a_beginning_finds_the_same_whether_its_words_are_named_or_not(
    write: Sessions, dataset: DatasetRow, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(facets, "FEW", 0)
    monkeypatch.setattr(text_search, "MOST_BEGUN", most)
    said = ("so", "soup", "so\U00010400", "soß", "son so", "s", "sp", "SOAP", "a soda")
    expected = {"so*": {0, 1, 2, 3, 4, 7, 8}, "sou*": {1}, "s*": set(range(9)), "x*": set()}
    with write() as session:
        ids = stock(session, dataset.id, [{"text": text} for text in said])
        for asked, places in expected.items():
            wanted = Filter(words=(asked,))
            found = [row.id for row in lists.page(session, dataset.id, wanted, "oldest")]
            assert found == [number for at, number in enumerate(ids) if at in places], asked
            assert lists.count_up_to(session, dataset.id, wanted, 100) == len(places)
