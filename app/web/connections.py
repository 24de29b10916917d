"""Connections that want nothing: uvicorn gives a request and its answer all the time in the world.

A few hundred connections that send a header a minute, or nothing, or that do not read what they
asked for, would take every place there is. Here one that does not finish its request's head in
time is closed, and so is one that stops reading.
"""

import asyncio
import fcntl
import sys
import termios
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LEAST_READ = 16 * 1024
"""So many bytes, or all that is left, must be read between two looks at who is slow."""


class PromptProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, with limits on the wait for a request's head and for a reader."""

    header_seconds = 15.0
    reading_seconds = 30.0

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        # Every byte that waits for its reader is told of, the last ones of an answer too.
        transport.set_write_buffer_limits(high=0)
        self._set_clock()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the head is there; start it with the first bytes of the next one."""
        super().data_received(data)
        self._set_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clocks."""
        self._stop_clock()
        self._stop_looking()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Look from now on whether what waits is read."""
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        """All of it was read."""
        self._stop_looking()
        super().resume_writing()

    def _look_later(self) -> None:
        self._unread = self._waiting()
        self._look = self.loop.call_later(self.reading_seconds, self._look_at_reader)

    def _look_at_reader(self) -> None:
        if self._waiting() > max(self._unread - LEAST_READ, 0):
            self.transport.abort()  # to close it would be to wait for its reader again
        else:
            self._look_later()

    def _waiting(self) -> int:
        """Bytes that its reader has not taken yet, here or in the kernel.

        The kernel takes megabytes, and takes no more until a third of them is read: who reads
        steadily but slowly would seem to read nothing for minutes.
        """
        unread = self.transport.get_write_buffer_size()
        with suppress(OSError):  # where the kernel does not tell
            told = fcntl.ioctl(self.transport.get_extra_info("socket"), termios.TIOCOUTQ, bytes(4))
            unread += int.from_bytes(told, sys.byteorder)
        return unread

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

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


def prompt(*, header_seconds: float, reading_seconds: float) -> type[PromptProtocol]:
    """The protocol with this much patience, for `uvicorn.Config(http=...)`."""
    patience = {"header_seconds": header_seconds, "reading_seconds": reading_seconds}
    return type("Prompt", (PromptProtocol,), patience)
