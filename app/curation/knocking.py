"""Guessing passwords: how long to wait after many failures, counted in the audit log.

Nobody can lock anybody out: failures make attempts slower, never impossible, and an address from
which the person has come in lately does not wait for what strangers do elsewhere.
"""

from datetime import timedelta

from sqlmodel import Session

from app.curation.audit import Kind
from app.errors import TooManyError
from app.storage import audits
from app.storage.tables import now

WINDOW = timedelta(hours=1)
KNOWN_FOR = timedelta(days=30)
LONGEST_WAIT = 300.0


class TooManyLoginsError(TooManyError):
    """Too many attempts to log in. Wait a little, then try again."""

    code = "too_many_logins"


def check(session: Session, name: str, *, ip: str, most: int) -> None:
    """Let an attempt pass, or say how long to wait: doubled with each failure past `most` an hour.

    Raises:
        TooManyLoginsError: it is too early for another attempt on this name.
    """
    moment = now()
    failed = audits.count(session, Kind.LOGIN_FAILED, name, since=moment - WINDOW)
    beyond = failed.count - most
    if not most or beyond < 0 or failed.newest is None:
        return
    if ip and audits.count(session, Kind.LOGIN, name, since=moment - KNOWN_FOR, ip=ip).count:
        return
    wait = min(2.0 ** min(beyond, 10), LONGEST_WAIT) - (moment - failed.newest).total_seconds()
    if wait > 0:
        raise TooManyLoginsError(retry_after=wait)
