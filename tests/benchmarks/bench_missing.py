"""How long it takes to find the next texts without a vector, wherever the embedding stands.

Run by hand: python -m tests.benchmarks missing. Its million samples are made first and kept.
ROWS in the environment makes it smaller. Alike at the beginning and at the end, or it grows with
the square of the samples.
"""

import os
import statistics
import time

from sqlmodel import Session

from app.curation.embedding import BATCH
from app.storage import embeddings
from app.storage.database import connect, reading
from tests.benchmarks import stock

ROWS = int(os.environ.get("ROWS", "1000000"))
TIMES = 5


def main() -> None:
    """Milliseconds of processor for one batch, at three places of the data set."""
    engine = connect(f"sqlite:///{stock.on_sqlite(ROWS)}")
    with reading(engine)() as session:
        for part in (0.0, 0.5, 0.9):
            spent = [_find(session, int(part * ROWS)) for _ in range(TIMES)]
            print(f"behind {part:.0%} of {ROWS:,}: {statistics.median(spent):.1f} ms")
    engine.dispose()


def _find(session: Session, after: int) -> float:
    began = time.process_time()
    found = embeddings.missing(session, 1, "input", "none", after=after, limit=BATCH)
    assert len(found) == BATCH
    return 1_000 * (time.process_time() - began)


if __name__ == "__main__":
    main()
