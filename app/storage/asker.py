"""For whom the code runs just now: set once at the edge, written into each job that is asked for.

Ambient rather than handed down, because a job is asked for at the end of a dozen different acts,
and one that forgot to say for whom would have no limit. Work that a job asks for is nobody's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asker:
    """A person or token, and how many of their jobs and exports may wait or run; 0 for any."""

    name: str = ""
    most_open: int = 0
    most_exports: int = 0


_NOBODY = Asker()
_asker: ContextVar[Asker] = ContextVar("asker", default=_NOBODY)


@contextmanager
def asked_by(asker: Asker) -> Iterator[None]:
    """What is asked for in here is asked for by them."""
    token = _asker.set(asker)
    try:
        yield
    finally:
        _asker.reset(token)


def current() -> Asker:
    """Who asks."""
    return _asker.get()
