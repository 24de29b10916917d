"""How large a request's body may be."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


class TooLargeError(HTTPException):
    """More bytes came than the limit, whatever the request said of its length."""

    def __init__(self) -> None:
        super().__init__(413, "The request is larger than is allowed here.")


def is_declared_too_large(headers: Headers, limit: int) -> bool:
    """Whether the request says itself that it is over the limit."""
    declared = headers.get("content-length", "0")
    return not (declared.isascii() and declared.isdecimal()) or int(declared) > limit


def limited(receive: Receive, limit: int) -> Receive:
    """The same messages; TooLargeError in whoever reads on past the limit."""
    total = 0

    async def receive_some() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise TooLargeError
        return message

    return receive_some
