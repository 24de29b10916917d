"""Every error that Dartboard raises on purpose.

Three families, told apart by what the caller can do about them, a fourth for
who is asking, and a fifth for asking too much. The web room turns a family into
a status code; nothing below the web knows HTTP.
"""

from collections.abc import Mapping


class DartboardError(Exception):
    """Something went wrong in Dartboard."""

    code = "error"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def facts(self) -> Mapping[str, object]:
        """What a program may want to know beside the sentence; it goes into the answer."""
        return {}


class NotFoundError(DartboardError):
    """There is no such thing here."""

    code = "not_found"


class InvalidError(DartboardError):
    """The input cannot be used as it is."""

    code = "invalid"


class ConflictError(DartboardError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class ForbiddenError(DartboardError):
    """You may not do this here."""

    code = "forbidden"


class TooManyError(DartboardError):
    """That is more than is allowed at once; try again a little later."""

    code = "too_many"

    def __init__(self, message: str = "", *, retry_after: float = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until it is worth trying again."""
