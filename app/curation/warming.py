"""Look at the newest board once when the server starts, so that the first visitor need not wait.

Most of a first look is reading modules and filling caches: of a million darts it
took 1.3 s, and 0.4 s when it came again.
"""

import gc
import logging
import threading

from app.curation import board
from app.curation.board_views import BoardView
from app.errors import DartboardError
from app.storage import datasets
from app.storage.database import Sessions

log = logging.getLogger(__name__)


def begin(read: Sessions) -> threading.Thread:
    """Warm up beside the first requests; the thread is returned for whoever wants to wait."""
    thread = threading.Thread(target=_settle, args=(read,), name="warming", daemon=True)
    thread.start()
    return thread


def _settle(read: Sessions) -> None:
    look(read)
    # What is loaded by now stays. Looking through all of it again for what can be thrown away
    # stops every request for a tenth of a second, in the midst of the work.
    gc.collect()
    gc.freeze()


def look(read: Sessions) -> BoardView | None:
    """View the board of the data set that changed last; None where there is none."""
    try:
        with read() as session:
            newest = next(iter(datasets.all_of(session)), None)
            return board.view(session, newest.slug) if newest else None
    except DartboardError as error:
        log.warning("the newest board could not be looked at: %s", error)
        return None
