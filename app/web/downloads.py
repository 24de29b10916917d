"""Headers of files that are given out: saved, never shown, never run (T02)."""

import re
from urllib.parse import quote

NDJSON = "application/x-ndjson"


def attachment(name: str) -> dict[str, str]:
    """The headers that make a browser save the answer under this name."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
