"""What one file may hold in this process: said once, by the entry points, from the settings.

Ambient rather than handed down, because a file is opened at the end of a dozen different acts, and
one that forgot to say what it may hold would have the limits of nobody.
"""

from app.formats.entries import DEFAULT, Limits

_said = [(DEFAULT, 0)]


def allow(limits: Limits, *, memory: int = 0) -> None:
    """From now on a file may hold so much, and take so many bytes of memory; 0 for any number."""
    _said[:] = [(limits, memory)]


def current() -> Limits:
    """What a file may hold."""
    return _said[0][0]


def memory() -> int:
    """How much memory reading a file may take, on top of what is there; 0 for any."""
    return _said[0][1]
