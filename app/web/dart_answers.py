"""Darts, masks and rows over HTTP: the same for pages and programs."""

from collections.abc import Iterator

from fastapi import Request, Response

from app.curation import darts
from app.curation.queries import Query
from app.storage.layouts import View
from app.web import ranges
from app.web.deps import House


def payload(
    request: Request, house: House, slug: str, frame: int, *, view: View, color: str
) -> Response:
    """The darts of a view, or the part of them that is asked for."""
    if view == "board":
        darts.ensure_layout(house.read, house.write, slug, frame)
    with house.read() as session:
        found = darts.prepare(session, slug, frame, view=view, color=color)

    def send(start: int, stop: int) -> Iterator[bytes]:
        with house.read() as session:
            yield from darts.send(session, found, start=start, stop=stop)

    return ranges.answer(request, found.size, found.tag, send)


def mask(house: House, slug: str, frame: int, query: Query, *, view: View) -> Response:
    """Which darts a query finds; the header `Rows` says whose."""
    if view == "board":
        darts.ensure_layout(house.read, house.write, slug, frame)
    with house.read() as session:
        bits, rows = darts.mask(session, slug, frame, query, view=view)
    headers = {"Rows": rows, "Cache-Control": ranges.ASK_AGAIN}
    return Response(bits, headers=headers, media_type=ranges.BINARY)
