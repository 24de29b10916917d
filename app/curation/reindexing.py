"""What helps to find, made anew from the samples: the index of words, the counts, vector files."""

import shutil
from collections.abc import Callable
from pathlib import Path

from app.storage import facets, text_search
from app.storage.database import Sessions

CHUNK = 5_000


def rebuild(write: Sessions, vectors: Path, report: Callable[[int], None]) -> int:
    """Make all of it anew, in parts, while others work; how many samples were indexed.

    report: told the number so far.
    """
    shutil.rmtree(vectors, ignore_errors=True)  # made again by the first question
    with write() as session:
        facets.recount(session)
    done, after = 0, 0
    while True:
        with write() as session:
            count, after = text_search.index_words(session, after=after, limit=CHUNK)
        done += count
        report(done)
        if count < CHUNK:
            return done
