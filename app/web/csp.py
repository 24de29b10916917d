"""The headers that every response carries, and what its page may load and run."""

# UI.md's policy, word for word. Each response has a nonce of its own, fragments too.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
# Should a browser ever show a download after all, it may do nothing.
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy(nonce: str, disposition: str) -> str:
    """The Content-Security-Policy of a page with this nonce, or that of a download."""
    is_download = disposition.lstrip().lower().startswith("attachment")
    return SANDBOX if is_download else _POLICY.format(nonce=nonce)
