"""Whether a request that changes something was made by one of our own pages.

The algorithm is that of Go's net/http CrossOriginProtection (1.25), but for one
thing: a request without either header is refused, since only requests that
carry our cookie come here, and browsers that send it send one of the two.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})


def is_allowed(request: Request) -> bool:
    """Whether the request changes nothing, comes from our pages, or brings its own token.

    A browser adds a cookie to other sites' requests too; a bearer token it never adds. A form
    that logs somebody in carries neither and is looked at like one with a cookie.
    """
    is_program = not is_by_cookie(request.headers)
    return request.method in SAFE or is_program or is_own(request.headers)


def is_by_cookie(headers: Headers) -> bool:
    """Whether it is the cookie that says who asks."""
    return "authorization" not in headers


def is_own(headers: Headers) -> bool:
    """Whether the browser says that the request comes from our own origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITE
    # Over plain HTTP on a network browsers send no Sec-Fetch-Site, but Origin they do.
    origin = headers.get("origin")
    host = headers.get("host", "")
    return origin is not None and host != "" and _host_of(origin) == host.lower()


def is_opened_by_hand(headers: Headers) -> bool:
    """Whether a link was typed, pasted or opened by a program, not by another site's page.

    Else a page could log its visitor in as somebody else, and read later what they did.
    """
    return headers.get("sec-fetch-site", "none") in OWN_SITE


def _host_of(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""
