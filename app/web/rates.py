"""How often and how much at once: counted in memory, since one server runs per data folder.

Each limit has its own code and sentence, and every refusal says when to try again. Our own forty
lines rather than the `limits` library: its memory storage starts a thread for each hit.
"""

import ipaddress
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request

from app.curation import audit, knocking
from app.curation.knocking import TooManyLoginsError
from app.errors import TooManyError
from app.storage.database import Sessions

MINUTE = 60.0
MOST_KEYS = 20_000
FREE = ("/static/", "/healthz", "/readyz")
"""What costs next to nothing, and is asked for in bursts or by watchers."""


class TooManyRequestsError(TooManyError):
    """Too many requests came in the last minute; wait a little and go on."""

    code = "too_many_requests"


class TooManyUploadsError(TooManyError):
    """You are sending as many files as you may at once; wait for one to arrive."""

    code = "too_many_uploads"


@dataclass(frozen=True, slots=True)
class Allowances:
    """How much is allowed; 0 allows anything. The settings of the same names say what for."""

    requests_per_minute: int
    strangers_per_minute: int
    logins_per_minute: int
    logins_per_hour: int
    uploads_at_once: int
    jobs_per_person: int
    exports_per_person: int


class Rates:
    """Counts what people and strangers do."""

    def __init__(self, allowed: Allowances) -> None:
        self.allowed = allowed
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}
        self._sending: Counter[str] = Counter()

    def note_request(self, request: Request, person: str | None) -> None:
        """Count a request against its person, or against the address of a stranger.

        Raises:
            TooManyRequestsError: there were too many in the last minute.
        """
        if request.scope["path"].startswith(FREE):
            return
        allowed = self.allowed
        if person is None:
            key, most = f"stranger {address_of(request)}", allowed.strangers_per_minute
        else:
            key, most = f"person {person}", allowed.requests_per_minute
        wait = self.take(key, most)
        if wait:
            raise TooManyRequestsError(retry_after=wait)

    def check_login(self, request: Request, read: Sessions, name: str) -> None:
        """Call this before a password is looked at, whoever's it is said to be.

        Two limits: one on the pair of address and name, here and at once, so that a hundred
        attempts at the same moment do not all pass; one on the name, from the audit log.

        Raises:
            TooManyLoginsError: too many attempts, whether or not anybody has that name.
        """
        address, allowed = address_of(request), self.allowed
        wait = self.take(f"login {address} {name}", allowed.logins_per_minute)
        wait = wait or self.take(f"login {address}", 6 * allowed.logins_per_minute)
        if wait:
            raise TooManyLoginsError(retry_after=wait)
        with read() as session:
            knocking.check(session, name, ip=audit.origin().ip, most=allowed.logins_per_hour)

    @contextmanager
    def sending(self, person: str) -> Iterator[None]:
        """Hold one of the person's places for files that are on their way.

        Raises:
            TooManyUploadsError: all of them are taken.
        """
        most = self.allowed.uploads_at_once
        with self._lock:
            if most and self._sending[person] >= most:
                raise TooManyUploadsError(retry_after=1)
            self._sending[person] += 1
        try:
            yield
        finally:
            with self._lock:
                self._sending[person] -= 1
                if not self._sending[person]:
                    del self._sending[person]

    def take(self, key: str, most: int, seconds: float = MINUTE) -> float:
        """Take one of so many per time; 0 when there was one left, else the seconds to wait."""
        if not most:
            return 0.0
        clock = time.monotonic()
        with self._lock:
            if len(self._taken) > MOST_KEYS:
                self._forget(clock - seconds)
            taken = self._taken.setdefault(key, deque(maxlen=most))
            if len(taken) == most and taken[0] > clock - seconds:
                return taken[0] + seconds - clock
            taken.append(clock)
        return 0.0

    def _forget(self, before: float) -> None:
        """Drop who was quiet; if all were loud, drop all: memory is worth more than counts."""
        loud = {key: taken for key, taken in self._taken.items() if taken[-1] > before}
        self._taken = loud if len(loud) <= MOST_KEYS // 2 else {}


def address_of(request: Request) -> str:
    """Whom to count an address as: one household of IPv6 has 2^64 of them."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)
