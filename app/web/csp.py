"""The headers that every response carries, and those of a download."""

import re
import unicodedata
from urllib.parse import quote

# UI.md's policy, word for word. Each response has a nonce of its own, fragments too.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
# Should a browser ever show a download after all, it may do nothing.
_SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a response with this nonce."""
    return _POLICY.format(nonce=nonce)


def attachment(name: str, media_type: str) -> dict[str, str]:
    """The headers of a download: `StreamingResponse(lines, headers=csp.attachment(...))`.

    It is saved and never shown, under a name that cannot leave the folder.
    """
    safe = file_name(name)
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", plain).strip(" .") or "download"
    exact = quote(safe, safe="")
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}",
        "Content-Security-Policy": _SANDBOX,
        "X-Content-Type-Options": "nosniff",
    }


def file_name(name: str) -> str:
    """The last part of a name, without what a file system or a header could trip over."""
    visible = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    last = re.split(r"[/\\:]", visible)[-1]
    return last.strip(" .")[-150:] or "download"
