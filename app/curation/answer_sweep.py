"""What was answered to a request is forgotten after a time that the API states.

Every decision of a browser has its answer: kept for ever, they would outgrow the samples.
"""

from datetime import datetime, timedelta

from app.storage import answers
from app.storage.database import Sessions

KEPT_DAYS = 30
"""So long a repeated request is answered again: a browser may come back from a holiday."""
AT_ONCE = 10_000


def sweep(write: Sessions, *, now: datetime) -> int:
    """Forget every answer that is older; how many there were."""
    since, gone = now - timedelta(days=KEPT_DAYS), 0
    while True:
        with write() as session:
            forgotten = answers.forget_before(session, since, most=AT_ONCE)
        gone += forgotten
        if forgotten < AT_ONCE:
            return gone
