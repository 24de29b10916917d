"""Headers of files that are given out: saved, never shown, never run (T02)."""

import re
import unicodedata
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from app.web import csp

NDJSON = "application/x-ndjson"


class JsonLines(StreamingResponse):
    """One JSON value a line, sent as it is made."""

    media_type = NDJSON


def attachment(name: str) -> dict[str, str]:
    """The headers that make a browser save the answer under this name."""
    safe = file_name(name)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", safe)
    exact = quote(safe, safe="")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}",
        "Content-Security-Policy": csp.SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def file_name(name: str) -> str:
    """The last part of a name, without what a header or a file system could trip over."""
    visible = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    last = re.split(r"[/\\:]", visible)[-1]
    return last.strip(" .")[-150:] or "download"
