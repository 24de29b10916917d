"""T07: whatever is asked, it is refused or finds exactly the rows that a plain reading finds."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.curation import queries
from app.curation.queries import Query, QueryError
from app.curation.query_values import FLAGS
from app.formats import words
from app.formats.words import Term
from app.storage import frames, placements, samples, targets
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, Origin, Status
from tests.stocked import stock

FILTERS = 2_000
LABELS = ["", "refund", "a, b", 'says "no"', "100%", "under_score", "über", "' or 1=1 --"]
SOURCES = ["", "zendesk", "x'); drop table sample; --", "back\\slash"]
WORDS = [
    "cat", "Cat", "DOG", "role", "content", "user", "%", "_", "/", "\\", '"', "'", "über", "ÜBER",
    "two words", "straße", "STRASSE", "emoji 🎯",
    "🎯", "ca*", "wor*", "two wo*", "uber", "天气", "天", "\n", "\t", "--", "é", "É", "{", "answer",
]  # fmt: skip
CELLS = [
    {"id": "1.1", "topic": "1", "words": []},
    {"id": "1.2", "topic": "1", "words": []},
    {"id": "2.1", "topic": "2", "words": []},
]
HOSTILE = [
    ("__class__", "x"), ("status", "open"), ("status", "approved'--"), ("cell", "9.9"),
    ("cell", "1.1 or 1=1"), ("topic", "-1"), ("length", "5..1"), ("length", "a..b"),
    ("upload", "1;drop"), ("ids", "99999999999999999999"), ("ids", "1,x"), ("label", 'a"b,"c'),
    ("q", "nul\0"), ("q", "half \ud800"), ("dataset_id", "2"), ("sample.raw", "x"),
    ("not.ids", "1"), ("sort", "id; drop table sample"), ("meta.key", "v"), ("label", "x" * 201),
    ("q", " ".join(str(n) for n in range(30))), ("flag", "knots"), ("trash", "yes"),
]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A sample as the oracle knows it."""

    id: int
    columns: dict[str, Any]
    cell: int | None
    knot: int
    similarity: float


def spoken(random_: random.Random) -> str:
    return " ".join(random_.choices(WORDS, k=random_.randint(1, 4)))


@pytest.fixture
def told(write: Sessions, dataset: DatasetRow) -> list[Told]:
    """80 samples of every kind, three of four with a place on a board."""
    dice = random.Random(7)
    columns = [
        {
            "text": f"{spoken(dice)} {number}",
            "answer": spoken(dice),
            "status": dice.choice(list(Status)),
            "origin": dice.choice(list(Origin)),
            "label": dice.choice(LABELS),
            "source": dice.choice(SOURCES),
            "split": dice.choice(["", "train", "test"]),
            "language": dice.choice(["", "en", "de"]),
            "deleted": dice.random() < 0.1,
        }
        for number in range(80)
    ]
    with write() as session:
        ids = stock(session, dataset.id, columns)
        target = targets.add(session, dataset.id, "itself")
        frame = frames.add(
            session, dataset_id=dataset.id, target_id=target.id, side="input", encoder="hashing",
            fitted_on=80, facts={"cells": CELLS}, arrays=b"",
        )  # fmt: skip
        found = [_told(dice, sample_id, it) for sample_id, it in zip(ids, columns, strict=True)]
        placements.replace(session, frame.id, [_dart(frame.id, it) for it in found if placed(it)])
    return found


def _told(dice: random.Random, sample_id: int, columns: dict[str, Any]) -> Told:
    cell = dice.choice([None, -1, 0, 1, 2])
    return Told(sample_id, columns, cell, dice.choice([-1, 0]), dice.choice([0.2, 0.93, 0.99]))


def placed(sample: Told) -> bool:
    return sample.cell is not None


def _dart(frame_id: int, sample: Told) -> dict[str, Any]:
    return {
        "frame_id": frame_id, "sample_id": sample.id, "text_hash": "", "cell": sample.cell,
        "x": 0, "y": 0, "distance": 0.0, "similarity": sample.similarity, "knot": sample.knot,
        "redundancy": -1,
    }  # fmt: skip


def test_random_filters_find_what_a_plain_reading_finds(
    write: Sessions, dataset: DatasetRow, told: list[Told]
) -> None:
    dice = random.Random(11)
    with write() as session:
        for _ in range(FILTERS):
            pairs = list(random_pairs(dice, told))
            query = queries.parse(pairs)
            assert queries.parse_string(queries.write(query)) == query
            found = samples.ids_matching(
                session, dataset.id, queries.resolve(session, dataset.id, query)
            )
            assert found == [it.id for it in told if matches(it, query)], pairs


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=lambda it: it[:20].encode(errors="replace"))
def test_what_is_not_in_the_grammar_is_refused_with_its_term(
    write: Sessions, dataset: DatasetRow, told: list[Told], name: str, text: str
) -> None:
    with pytest.raises(QueryError) as refused, write() as session:
        queries.resolve(session, dataset.id, queries.parse([(name, text)]))
    assert str(refused.value.facts["term"]).startswith(f"{name}=")


def test_nobody_reads_another_data_set(
    write: Sessions, dataset: DatasetRow, told: list[Told]
) -> None:
    with write() as session:
        ids = ",".join(str(it.id) for it in told)
        query = queries.parse([("ids", ids)])
        wanted = queries.resolve(session, dataset.id + 1, query)
        assert samples.ids_matching(session, dataset.id + 1, wanted) == []


def random_pairs(dice: random.Random, told: list[Told]) -> Iterator[tuple[str, str]]:
    makers: dict[str, Callable[[], str]] = {
        "status": lambda: listed(dice, [status.value for status in Status]),
        "origin": lambda: listed(dice, [origin.value for origin in Origin]),
        "label": lambda: listed(dice, LABELS),
        "source": lambda: listed(dice, SOURCES),
        "split": lambda: listed(dice, ["", "train", "test", "none"]),
        "language": lambda: listed(dice, ["", "en", "de"]),
        "flag": lambda: listed(dice, list(FLAGS)),
        "cell": lambda: listed(dice, ["1.1", "1.2", "2.1"]),
        "topic": lambda: listed(dice, ["1", "2"]),
        "q": lambda: " ".join(quoted(word) for word in dice.sample(WORDS, dice.randint(1, 2))),
        "length": lambda: f"{dice.choice(['', '5', '20'])}..{dice.choice(['30', '40'])}",
        "ids": lambda: listed(dice, [str(it.id) for it in told]),
        "trash": lambda: "1",
    }
    for name in dice.sample(sorted(makers), dice.randint(1, 3)):
        turned = name in queries.TURNED and dice.random() < 0.3
        yield ("not." if turned else "") + name, makers[name]()


def listed(dice: random.Random, values: list[str]) -> str:
    chosen = dice.sample(values, dice.randint(1, min(3, len(values))))
    return ",".join('"' + value.replace('"', '""') + '"' for value in chosen)


def quoted(word: str) -> str:
    return f'"{word}"' if '"' not in word and word.strip() else word


def matches(sample: Told, query: Query) -> bool:
    if sample.columns["deleted"] != bool(query.values("trash")):
        return False
    return all(_holds(sample, name, said) for name, said in query.terms)


def _holds(sample: Told, name: str, said: tuple[str, ...]) -> bool:
    if name == "not.q":
        return not any(says(sample, word) for word in said)
    if name.startswith("not."):
        return not _holds(sample, name.removeprefix("not."), said)
    if name in sample.columns:
        return str(sample.columns[name]) in said
    if name == "q":
        return all(says(sample, word) for word in said)
    rules: dict[str, Callable[[], bool]] = {
        "trash": lambda: True,
        "ids": lambda: str(sample.id) in said,
        "length": lambda: within(sample, said[0]),
        "cell": lambda: cell_of(sample).get("id") in said,
        "topic": lambda: cell_of(sample).get("topic") in said,
        "flag": lambda: any(flagged(sample, flag) for flag in said),
    }
    return rules[name]()


def says(sample: Told, asked: str) -> bool:
    term = words.read_term(asked)
    turns = (words.words_of(sample.columns[name]) for name in ("text", "answer"))
    return bool(term.words) and any(stands_in(term, turn) for turn in turns)


def stands_in(term: Term, turn: list[str]) -> bool:
    size = len(term.words)
    for at in range(len(turn) - size + 1):
        *first, last = turn[at : at + size]
        begins = last.startswith(term.words[-1]) if term.is_prefix else last == term.words[-1]
        if begins and tuple(first) == term.words[:-1]:
            return True
    return False


def within(sample: Told, said: str) -> bool:
    low, _, high = said.partition("..")
    length = len(sample.columns["text"]) + len(sample.columns["answer"])
    return int(low) <= length <= int(high or 10**9)


def cell_of(sample: Told) -> dict[str, Any]:
    return CELLS[sample.cell] if sample.cell is not None and sample.cell >= 0 else {}


def flagged(sample: Told, flag: str) -> bool:
    if sample.cell is None:
        return False
    return {
        "near_duplicate": sample.similarity >= 0.93,
        "knot": sample.knot >= 0,
        "far": False,  # this frame does not say from where
        "outsider": sample.cell < 0,
    }[flag]
