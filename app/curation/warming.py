"""Look once when the server starts at what people ask for first, so that they need not wait.

Most of a first look is reading modules and filling caches: at a board of a million darts it took
1.3 s, and 0.4 s when it came again. A card of the queue comes before: it is quicker, and many wait.
"""

import gc
import logging
import threading
from collections.abc import Callable

from app.curation import board, queries, queueing
from app.curation.board_views import BoardView
from app.curation.queueing import Reviewer
from app.curation.sample_views import QueueEnd, SampleView
from app.curation.walking import Walk
from app.errors import DartboardError
from app.storage import datasets
from app.storage.database import Sessions

ALL = Walk(queries.parse([]), queue=True)
NOBODY = Reviewer("", may_decide=False)

log = logging.getLogger(__name__)


def _nothing() -> None:
    """There is nothing to prepare."""


def begin(read: Sessions, prepare: Callable[[], None] = _nothing) -> threading.Thread:
    """Warm up beside the first requests, `prepare` first; the thread is there to be waited for."""
    thread = threading.Thread(target=_settle, args=(read, prepare), name="warming", daemon=True)
    thread.start()
    return thread


def _settle(read: Sessions, prepare: Callable[[], None]) -> None:
    prepare()
    draw_card(read)
    look(read)
    # What is loaded by now stays. Looking through all of it again for what can be thrown away
    # stops every request for a tenth of a second, in the midst of the work.
    gc.collect()
    gc.freeze()


def draw_card(read: Sessions) -> SampleView | QueueEnd | None:
    """View the first card of the data set that changed last, as nobody's; None where is none."""
    slug = _newest(read)
    return queueing.hand_out(read, read, slug, ALL, NOBODY) if slug else None


def look(read: Sessions) -> BoardView | None:
    """View the board of the data set that changed last; None where there is none."""
    slug = _newest(read)
    try:
        with read() as session:
            return board.view(session, slug) if slug else None
    except DartboardError as error:
        log.warning("the newest board could not be looked at: %s", error)
        return None


def _newest(read: Sessions) -> str:
    with read() as session:
        return next((row.slug for row in datasets.all_of(session)), "")
