"""Darts, masks and rows over HTTP: the same for pages and programs."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Path, Request, Response

from app.curation import darts
from app.curation.darts import NotDrawnError, Payload, Wish
from app.curation.queries import Query
from app.storage.layouts import View
from app.web import ranges
from app.web.deps import House

FrameId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def payload(request: Request, house: House, slug: str, frame: int, wish: Wish) -> Response:
    """The darts of a view, or the part of them that is asked for."""
    found = _prepare(house, slug, frame, wish)

    def send(start: int, stop: int) -> Iterator[bytes]:
        with house.read() as session:
            yield from darts.send(session, found, start=start, stop=stop)

    return ranges.answer(request, found.size, found.tag, send)


def _prepare(house: House, slug: str, frame: int, wish: Wish) -> Payload:
    try:
        with house.read() as session:
            return darts.prepare(session, slug, frame, wish)
    except NotDrawnError:
        if wish.view != "board":
            raise
    darts.ensure_layout(house.read, house.write, slug, frame)  # drawn before darts were packed
    with house.read() as session:
        return darts.prepare(session, slug, frame, wish)


def mask(house: House, slug: str, frame: int, query: Query, *, view: View) -> Response:
    """Which darts a query finds; the header `Rows` says whose."""
    if view == "board":
        darts.ensure_layout(house.read, house.write, slug, frame)
    with house.read() as session:
        bits, rows = darts.mask(session, slug, frame, query, view=view)
    headers = {"Rows": rows, "Cache-Control": ranges.ASK_AGAIN}
    return Response(bits, headers=headers, media_type=ranges.BINARY)
