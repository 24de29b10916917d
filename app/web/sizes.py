"""How large a request's body may be, and how slowly it may come."""

import time
from dataclasses import dataclass

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


class TooLargeError(HTTPException):
    """More bytes came than the limit, whatever the request said of its length."""

    def __init__(self) -> None:
        super().__init__(413, "The request is larger than is allowed here.")


class TooSlowError(HTTPException):
    """The body did not come, or came in drops: the connection is wanted for others."""

    def __init__(self) -> None:
        super().__init__(408, "The request came too slowly. Send it again.")


@dataclass(frozen=True, slots=True)
class Limit:
    """What one kind of request may send.

    Attributes:
        most: bytes.
        idle_seconds: the longest pause between two pieces.
        all_seconds: until when it must all be there; 0 for as long as it takes.
    """

    most: int
    idle_seconds: float
    all_seconds: float = 0


def is_declared_too_large(headers: Headers, limit: int) -> bool:
    """Whether the request says itself that it is over the limit."""
    declared = headers.get("content-length", "0")
    return not (declared.isascii() and declared.isdecimal()) or int(declared) > limit


def limited(receive: Receive, limit: Limit) -> Receive:
    """The same messages; TooLargeError or TooSlowError in whoever reads on past the limit."""
    total, began, is_over = 0, time.monotonic(), False

    async def receive_some() -> Message:
        nonlocal total, is_over
        if is_over:
            return await receive()  # for the end of the connection anybody may wait
        message = await _in_time(receive, limit, began)
        total += len(message.get("body", b""))
        if total > limit.most:
            raise TooLargeError
        is_over = not message.get("more_body", False)
        return message

    return receive_some


async def _in_time(receive: Receive, limit: Limit, began: float) -> Message:
    patience = limit.idle_seconds
    if limit.all_seconds:
        patience = min(patience, began + limit.all_seconds - time.monotonic())
    try:
        with anyio.fail_after(max(patience, 0)):
            return await receive()
    except TimeoutError:
        raise TooSlowError from None
