"""Answers of which a part may be asked for (RFC 9110, section 14): one range of bytes."""

import re
from collections.abc import Callable, Iterator

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

BINARY = "application/octet-stream"
FOR_GOOD = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def asked_part(header: str | None, size: int) -> tuple[int, int] | None:
    """The (start, stop) that a Range header asks for; None for all of it.

    Raises:
        ValueError: nothing of size bytes lies in the range.
    """
    match = _RANGE.fullmatch((header or "").strip())
    if match is None or match[0] == "bytes=-":
        return None  # several ranges, or another unit: the whole is a right answer to both
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last or size) + 1, size)
    if start >= size or stop <= start:
        raise ValueError(f"there are {size} bytes only")
    return start, stop


def answer(
    request: Request, size: int, tag: str, send: Callable[[int, int], Iterator[bytes]]
) -> Response:
    """All of the bytes, the part asked for, or 304 when the browser has them already.

    An address that names its content (`h=` with the tag) is never asked for again.
    """
    named = request.query_params.get("h") == tag
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": FOR_GOOD if named else ASK_AGAIN,
        "Accept-Ranges": "bytes",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    try:
        part = _part(request, size, headers["ETag"])
    except ValueError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, stop = part or (0, size)
    headers["Content-Length"] = str(stop - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 200 if part is None else 206
    return StreamingResponse(send(start, stop), status, headers, media_type=BINARY)


def _part(request: Request, size: int, tag: str) -> tuple[int, int] | None:
    condition = request.headers.get("if-range")
    if condition is not None and condition != tag:
        return None
    return asked_part(request.headers.get("range"), size)
