"""Connections that want nothing: uvicorn gives a first request all the time in the world.

A few hundred connections that send a header a minute, or nothing, would take every place there
is. Here one that does not finish its request's head in time is closed.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class PromptProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, with a limit on the wait for a request's head."""

    header_seconds = 15.0

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._set_clock()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the head is there; start it with the first bytes of the next one."""
        super().data_received(data)
        self._set_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def _set_clock(self) -> None:
        if not self._waits():
            self._stop_clock()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.header_seconds, self._give_up)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _waits(self) -> bool:
        """Whether no request is under way."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first one
        return cycle is None or cycle.response_complete

    def _give_up(self) -> None:
        if self._waits() and not self.transport.is_closing():
            self.transport.close()


def prompt(header_seconds: float) -> type[PromptProtocol]:
    """The protocol with this much patience, for `uvicorn.Config(http=...)`."""
    return type("Prompt", (PromptProtocol,), {"header_seconds": header_seconds})
