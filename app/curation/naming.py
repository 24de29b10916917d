"""Words for topics, cells and groups: kept in a frame's facts when it is frozen."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from app.checks import languages
from app.formats.sample import Sample, load_messages
from app.geometry import labels
from app.geometry.frame import Frame, Places

TEXTS_PER_CELL = 200
CHARACTERS = 400
EXAMPLES = 12


def texts_of(
    rows: Iterable[tuple[int, str, object]], *, side: str = "input"
) -> list[tuple[int, str]]:
    """(id, text of the side) of (id, messages, status) rows; of a pair the input."""
    read = ((row[0], Sample(load_messages(row[1]))) for row in rows)
    return [
        (number, sample.output_text if side == "output" else sample.input_text)
        for number, sample in read
    ]


def name(frame: Frame, places: Places, texts: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """The facts of a frame: `cells`, `topics` and `groups`, each with ids and words.

    Cells are counted within their topic, topics round the board, both from 1.
    Topics are named against each other, cells against the cells of their topic.
    `examples` of a cell are the numbers that came with its most typical texts.
    """
    typical = [_typical(places, cell) for cell in range(frame.cells)]
    by_cell = [[texts[at][1][:CHARACTERS] for at in found] for found in typical]
    topics = int(frame.topic.max()) + 1
    members = [np.flatnonzero(frame.topic == topic).tolist() for topic in range(topics)]
    stop = languages.function_words([text for texts_of_cell in by_cell for text in texts_of_cell])
    topic_words = labels.name([_joined(by_cell, cells) for cells in members], stop=stop)
    cells: list[dict[str, Any]] = [{} for _ in range(frame.cells)]
    for topic, inside in enumerate(members):
        words = labels.name([by_cell[cell] for cell in inside], words=2, stop=stop)
        for place, (cell, cell_words) in enumerate(zip(inside, words, strict=True), 1):
            cells[cell] = {
                "id": f"{topic + 1}.{place}",
                "topic": str(topic + 1),
                "words": list(cell_words),
                "examples": [texts[at][0] for at in typical[cell][:EXAMPLES]],
            }
    groups = [_joined(by_cell, _cells_of_group(frame, number)) for number in _groups(frame)]
    return {
        "cells": cells,
        "topics": [
            {"id": str(number + 1), "words": list(words)}
            for number, words in enumerate(topic_words)
        ],
        "groups": [list(words) for words in labels.name(groups, words=1, stop=stop)],
    }


def _typical(places: Places, cell: int) -> list[int]:
    """The rows nearest to the middle of a cell: enough to name it."""
    inside = np.flatnonzero(places.cell == cell)
    nearest = inside[np.argsort(places.distance[inside], kind="stable")]
    return [int(row) for row in nearest[:TEXTS_PER_CELL]]


def _joined(by_cell: Sequence[Sequence[str]], cells: Iterable[int]) -> list[str]:
    return [text for cell in cells for text in by_cell[cell]]


def _groups(frame: Frame) -> range:
    return range(int(frame.group.max()) + 1)


def _cells_of_group(frame: Frame, number: int) -> list[int]:
    return [int(cell) for cell in np.flatnonzero(frame.group[frame.topic] == number)]
