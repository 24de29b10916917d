"""Databases to be shared: migrated ones, and ones in which a small data set lies on its board.

Drawing a board takes a second or two. It is done once, and each test that wants the board undoes
what it changed.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson
from sqlalchemy import Engine

from app.encoders.hashing import HashingEncoder
from app.storage import datasets
from app.storage.database import connect, writing
from tests.curation.lopsided import data_of, labelled, reference
from tests.pipeline import Pipeline

SLUG = "recipes"
DISHES = ("bread", "soup", "cake", "salad", "stew", "pie")
UNEVEN = [200, 4, *[40] * 8]
"""One label with far too many samples, one with hardly any."""

Uploads = list[tuple[str, bytes]]


def dishes() -> Uploads:
    """240 samples about six dishes."""
    return [("samples", lines({"completion": "so"} for _ in range(240)))]


def coloured() -> Uploads:
    """The same with 8 labels, of which two are rarer, two splits and answers of any length."""
    told = (
        {
            "completion": "so " * (1 + n % 90),
            "label": f"label {n % 8 if n % 16 < 14 else n % 6}",
            "split": "test" if n % 5 == 0 else "train",
        }
        for n in range(240)
    )
    return [("samples", lines(told))]


def lines(told: Iterator[dict[str, str]]) -> bytes:
    """What is told about each, with a question about one of the dishes."""
    return b"\n".join(
        orjson.dumps({"prompt": f"how do I make {DISHES[n % 6]} number {n}?", **more})
        for n, more in enumerate(told)
    )


RECIPES: Mapping[str, Callable[[], Uploads]] = {
    "dishes_board": dishes,
    "coloured_board": coloured,
    # Ten topics wanted alike: one has far too many, one none at all; and all as wanted.
    "lopsided_board": lambda: [
        ("target", reference()), ("samples", data_of([200, 0, *[40] * 8])),
    ],
    "even_board": lambda: [("target", reference()), ("samples", data_of([60] * 10))],
    "labelled_board": lambda: [("samples", labelled(UNEVEN))],
    "three_labels_board": lambda: [("samples", labelled([150, 30, 60]))],
}  # fmt: skip


class Boards:
    """One database for each kind and recipe, made when the first test asks for it."""

    def __init__(self, migrated: Callable[[str], str], folder: Path) -> None:
        self._migrated, self._folder = migrated, folder
        self._engines: dict[tuple[str, str], Engine] = {}

    def engine(self, kind: str, recipe: str = "") -> Engine:
        """The database of this kind with this board; without a recipe it is empty."""
        if (kind, recipe) not in self._engines:
            engine = connect(self._migrated(kind))
            if recipe:
                _draw(engine, self._folder, RECIPES[recipe]())
            self._engines[kind, recipe] = engine
        return self._engines[kind, recipe]

    def close(self) -> None:
        """Let go of every database."""
        for engine in self._engines.values():
            engine.dispose()


def _draw(engine: Engine, folder: Path, uploads: Uploads) -> None:
    pipeline = Pipeline(writing(engine), folder, HashingEncoder())
    with pipeline.write() as session:
        datasets.add(session, SLUG)
    for purpose, data in uploads:
        pipeline.send(SLUG, data, purpose=purpose)
    pipeline.run()
