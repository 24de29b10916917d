"""Look once when the server starts at what people ask for first, so that they need not wait.

Most of a first look is reading modules and filling caches: at a board of a million darts it took
1.3 s, and 0.4 s when it came again. A card of the queue comes before: it is quicker, and many wait.
"""

import gc
import logging

from app.curation import board, queries, queueing
from app.curation.board_views import BoardView
from app.curation.queueing import Reviewer
from app.curation.sample_views import QueueEnd, SampleView
from app.curation.walking import Walk
from app.storage import datasets
from app.storage.database import Sessions

ALL = Walk(queries.parse([]), queue=True)
NOBODY = Reviewer("", may_decide=False)

log = logging.getLogger(__name__)


def warm_up(read: Sessions) -> None:
    """Do it before the first request is answered: beside it, each would take a second or two."""
    try:
        draw_card(read)
        look(read)
    except Exception:  # whoever asks for it is told what is wrong; the rest is served
        log.exception("what is asked for first could not be looked at")
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
    with read() as session:
        return board.view(session, slug) if slug else None


def _newest(read: Sessions) -> str:
    with read() as session:
        return next((row.slug for row in datasets.all_of(session)), "")
