"""T25: what an OpenID provider signs is checked: who signed it, for whom, about which login.

The provider is a small one of our own that signs whatever it is told to: a real one does not forge.
"""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.settings import Settings
from app.storage import people
from app.storage.access_tables import UserRow
from app.storage.database import connect, writing
from app.storage.migration import migrate
from app.web.app import create_app
from tests import web_client

CLIENT = "dartboard"
OUR_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})

Claims = dict[str, Any]
Forge = Callable[[Claims], str]


@dataclass
class Provider:
    """What it says of itself, and the token that it gives next."""

    issuer: str = ""
    token: str = ""
    described: Claims = field(default_factory=dict)

    def answer(self, path: str) -> Claims:
        if path == "/token":
            return {"access_token": "a", "token_type": "Bearer", "id_token": self.token}
        if path == "/keys":
            return {"keys": [OUR_KEY.as_dict(private=False)]}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider that listens on this machine."""
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        told.issuer = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield told
        server.shutdown()


@pytest.fixture(scope="module")
def trusting(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A Dartboard that takes this provider's word for who somebody is."""
    folder: Path = tmp_path_factory.mktemp("trusting")
    (folder / "secret").write_text("our own secret\n")
    engine = connect(f"sqlite:///{folder / 'trusting.db'}")
    migrate(engine, Settings().migrations)
    write = writing(engine)
    with write() as session:
        people.add(session, UserRow(name="boss", role="admin"))
    settings = Settings(
        data_dir=folder,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret_file=folder / "secret",
        oidc_email_domains=["team.example"],
    )
    yield create_app(settings, write, write)
    engine.dispose()


def come_in(app: FastAPI, provider: Provider, forge: Forge) -> tuple[int, int]:
    """How the way back is answered, and what one may see afterwards."""
    with web_client.stranger(app) as client:
        page = client.get("/oidc").headers["location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        clock = int(time.time())
        claims = {
            "iss": provider.issuer, "sub": "mia-1", "aud": CLIENT, "nonce": asked["nonce"],
            "iat": clock, "exp": clock + 300, "preferred_username": "mia",
            "email": "mia@team.example", "email_verified": True,
        }  # fmt: skip
        provider.token = forge(claims)
        back = client.get("/oidc/callback", params={"code": "c", "state": asked["state"]})
        return back.status_code, client.get("/api/v1/jobs").status_code


def signed(claims: Claims, key: RSAKey = OUR_KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def by_another_key(claims: Claims) -> str:
    return signed(claims, OTHER_KEY)


def part(value: Claims) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(claims: Claims) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def unsigned_with_a_key(claims: Claims) -> str:
    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(claims)}."


def by_the_public_key(claims: Claims) -> str:
    """The old trick: the key that everybody may know, taken for a shared secret."""
    said = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    secret = OUR_KEY.as_pem(private=False)
    signature = hmac.digest(secret, said.encode(), "sha256")
    return f"{said}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def by_a_key_it_brings_along(claims: Claims) -> str:
    header = {"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}
    return jwt.encode(header, claims, OTHER_KEY)


def changed_afterwards(claims: Claims) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{part(claims | {'sub': 'boss-1'})}.{signature}"


def with_claims(**changed: Any) -> Forge:
    def forge(claims: Claims) -> str:
        told = {name: value for name, value in (claims | changed).items() if value is not None}
        return signed(told)

    return forge


def test_t25_a_token_that_is_as_it_should_be_is_taken(
    trusting: FastAPI, provider: Provider
) -> None:
    assert come_in(trusting, provider, signed) == (303, 200)


@pytest.mark.parametrize(
    "forge",
    [
        by_another_key, unsigned, unsigned_with_a_key, by_the_public_key, by_a_key_it_brings_along,
        changed_afterwards,
    ],
)  # fmt: skip
def test_t25_a_token_that_somebody_else_signed_is_refused(
    trusting: FastAPI, provider: Provider, forge: Forge
) -> None:
    assert come_in(trusting, provider, forge) == (403, 401)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://login.evil.example"}, {"iss": None},
        {"aud": "another client"}, {"aud": None}, {"aud": []}, {"aud": ["another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "of another login"}, {"nonce": None},
        {"exp": 1}, {"exp": None}, {"iat": 2**40},
        {"sub": ""}, {"sub": None},
    ],
    ids=repr,
)  # fmt: skip
def test_t25_a_token_that_is_not_for_this_login_is_refused(
    trusting: FastAPI, provider: Provider, changed: Claims
) -> None:
    assert come_in(trusting, provider, with_claims(**changed)) == (403, 401)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "." * 5, "e30.e30.e30"])
def test_t25_what_is_no_token_is_refused(trusting: FastAPI, provider: Provider, token: str) -> None:
    assert come_in(trusting, provider, lambda _: token) == (403, 401)
