"""Logging in by an OpenID provider: the way there and back.

Authlib does the protocol, with PKCE and a nonce. What it must remember for these minutes (state,
nonce, verifier) lies in a signed cookie that only /oidc gets; its `cache=` is not used, since that
would let a state be taken up in another browser than the one that began.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from app.curation.identities import Identity
from app.errors import ForbiddenError, InvalidError

PATH = "/oidc"
COOKIE = "dartboard_oidc"
TEN_MINUTES = 600
LOCAL = ("localhost", "127.0.0.1", "::1")


class ProviderError(InvalidError):
    """DARTBOARD_OIDC_ISSUER must be an https address."""


class ProviderRefusedError(ForbiddenError):
    """The provider did not say who you are. Try again from the beginning."""

    code = "provider_refused"


@dataclass(frozen=True, slots=True)
class Provider:
    """The one provider that is configured."""

    name: str
    issuer: str
    domains: frozenset[str]
    """Whoever is new needs a verified e-mail address in one of these."""
    client: Any

    async def send_away(self, request: Request, back: str) -> Response:
        """Send the browser to the provider; it comes back to the address `back`."""
        try:
            answer: Response = await self.client.authorize_redirect(request, back)
        except (OAuthError, httpx2.HTTPError, ValueError, KeyError) as error:
            raise ProviderRefusedError(f"{self.name} cannot be reached just now.") from error
        return answer

    async def take_back(self, request: Request) -> Identity:
        """Who came back.

        Raises:
            ProviderRefusedError: the state is not this browser's or was used, or the provider's
                answer is not what it should be.
        """
        try:
            token = await self.client.authorize_access_token(request)
        except (OAuthError, JoseError, httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefusedError from error
        claims = token.get("userinfo") or {}
        # Authlib compares the issuer with what the provider says of itself, and takes an empty list
        # of audiences for everybody; this is what we know.
        is_ours = claims.get("iss") == self.issuer and self._is_meant(claims.get("aud"))
        if not (is_ours and claims.get("sub")):
            raise ProviderRefusedError
        return _identity(self.issuer, claims)

    def _is_meant(self, audience: object) -> bool:
        return self.client.client_id in (audience if isinstance(audience, list) else [audience])


def provider(name: str, issuer: str, client: tuple[str, str], domains: list[str]) -> Provider:
    """The provider of this issuer, where we are the client of this (id, secret).

    Raises:
        ProviderError: the issuer's address is not encrypted.
    """
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise ProviderError
    known = OAuth()
    known.register(
        "provider",
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=client[0],
        client_secret=client[1],
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    lowered = frozenset(domain.lower().lstrip("@") for domain in domains)
    return Provider(name, issuer, lowered, known.create_client("provider"))


def _identity(issuer: str, claims: Any) -> Identity:
    verified = claims.get("email_verified") is True
    email = str(claims.get("email") or "") if verified else ""
    name = str(claims.get("preferred_username") or claims.get("name") or email.split("@")[0])
    return Identity(issuer, str(claims["sub"]), name, email)
