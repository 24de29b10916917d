"""Passwords: which are too weak, and how one is kept and compared.

Argon2 takes 64 MB and a tenth of a second by intent, so that two at a time are
hashed and a few may wait: a flood of logins costs neither memory nor threads.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pwdlib import PasswordHash

from app.errors import InvalidError, TooManyError

SHORTEST, LONGEST = 12, 256
LEAST_DIFFERENT = 5
LIST = Path(__file__).with_name("common_passwords.txt")
AT_ONCE, IN_LINE = 2, 8

_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_hasher = PasswordHash.recommended()
_line = threading.BoundedSemaphore(AT_ONCE + IN_LINE)
_turn = threading.BoundedSemaphore(AT_ONCE)


class PasswordError(InvalidError):
    """This password is too easy to guess."""

    code = "password_too_weak"


class CrowdedError(TooManyError):
    """Too many people are logging in just now. Try again in a few seconds."""

    code = "logins_crowded"


def check(password: str, name: str = "") -> None:
    """Refuse a password that is short, common, or made of the person's own name.

    Raises:
        PasswordError: with the reason.
    """
    plain = password.strip().lower()
    if len(plain) < SHORTEST:
        raise PasswordError(f"A password needs {SHORTEST} characters or more. A few words will do.")
    if len(password) > LONGEST:
        raise PasswordError(f"A password has {LONGEST} characters at most.")
    if len(set(plain)) < LEAST_DIFFERENT or _is_common(plain):
        raise PasswordError("This password is on the lists that attackers try first.")
    own = name.strip().lower()
    if own and len(plain.replace(own, "")) < SHORTEST // 2:
        raise PasswordError("This password is little more than the name.")


def hashed(password: str) -> str:
    """What is stored of a password.

    Raises:
        CrowdedError: too many wait already.
    """
    with _in_turn():
        return _hasher.hash(password)


def fits(password: str, stored: str) -> bool:
    """Whether this is the password. With nothing stored it takes as long, and is not.

    Raises:
        CrowdedError: too many wait already.
    """
    with _in_turn():
        right = _hasher.verify(password, stored or _nobodys())
    return right and bool(stored)


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _line.acquire(blocking=False):
        raise CrowdedError
    try:
        with _turn:
            yield
    finally:
        _line.release()


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of somebody who does not exist")


@cache
def _common() -> frozenset[str]:
    lines = LIST.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("# ")) | {"dartboard"}


def _is_common(plain: str) -> bool:
    """A common word stays common with digits or signs around it, or said twice."""
    core = _ENDS.sub("", plain)  # nothing is left of digits and signs alone
    if not core:
        return True
    unit = re.fullmatch(r"(.+?)\1+", core)
    return not {plain, core, unit[1] if unit else core}.isdisjoint(_common())
