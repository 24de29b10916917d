"""A small data set on its board."""

import orjson

from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests.pipeline import Pipeline

WORDS = ("bread", "soup", "cake", "salad", "stew", "pie")


def draw(write: Sessions, dataset: DatasetRow, pipeline: Pipeline) -> DatasetRow:
    """Send 240 samples and run the jobs until they lie on the board."""
    lines = [
        orjson.dumps({"prompt": f"how do I make {WORDS[n % 6]} number {n}?", "completion": "so"})
        for n in range(240)
    ]
    pipeline.send(dataset.slug, b"\n".join(lines))
    pipeline.run()
    return dataset
