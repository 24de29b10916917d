"""A language model behind an OpenAI-compatible endpoint: messages in, text out.

Only an operator configures where it is (T10). It is called at one resolved address, without
redirects or proxies; what it answers is read up to a limit, and no word of a failed answer is
passed on: it may hold anything, even our own key.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

import httpx
import orjson

from app.encoders import addresses
from app.encoders.addresses import ForbiddenAddressError, Place, Resolve
from app.errors import DartboardError, InvalidError

MOST_BYTES = 10_000_000
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 180.0
PORTS = {"http": 80, "https": 443}


class ModelError(DartboardError):
    """The language model gave no usable answer."""

    code = "model"


class ModelAddressError(InvalidError):
    """DARTBOARD_MODEL_URL is not an address such as https://models.example/v1."""

    code = "model_address"


class Writer(Protocol):
    """Anything that continues a conversation."""

    name: str

    def write(self, messages: Sequence[dict[str, str]]) -> str:
        """What the model says next, or ModelError."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is and how to call it; `key` appears in no text that leaves this room."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    allow_private: tuple[str, ...] = ()
    seconds: float = ANSWER_SECONDS


class RemoteModel:
    """A model behind `url`/chat/completions."""

    def __init__(self, endpoint: Endpoint, *, resolve: Resolve | None = None) -> None:
        self.name = endpoint.name
        self._endpoint, self._resolve = endpoint, resolve

    def write(self, messages: Sequence[dict[str, str]]) -> str:
        """What the model says next.

        Raises:
            ModelAddressError: the configured address is none, or one of plain http outside.
            ForbiddenAddressError: it leads where Dartboard does not call.
            ModelError: no answer, an error, too long, or not the answer of such an endpoint.
        """
        body = orjson.dumps({"model": self.name, "messages": list(messages), "stream": False})
        return _said(self._post(body))

    def _post(self, body: bytes) -> bytes:
        parts = _split(self._endpoint.url)
        place = self._find(parts)
        limits = httpx.Timeout(self._endpoint.seconds, connect=CONNECT_SECONDS)
        try:
            # trust_env: a proxy of the environment would look the name up a second time.
            with httpx.Client(timeout=limits, follow_redirects=False, trust_env=False) as client:
                return self._exchange(client, _request(client, parts, place, self._headers(), body))
        except (httpx.HTTPError, OSError):
            raise ModelError("The language model could not be reached.") from None

    def _find(self, parts: SplitResult) -> Place:
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        allowed = self._endpoint.allow_private
        place = addresses.choose(host, port, allowed=allowed, resolve=self._resolve)
        if parts.scheme != "https" and not place.is_inside:
            raise ModelAddressError("DARTBOARD_MODEL_URL has to be https outside your own network.")
        return place

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        return headers

    def _exchange(self, client: httpx.Client, request: httpx.Request) -> bytes:
        until = time.monotonic() + self._endpoint.seconds
        answer = client.send(request, stream=True)
        try:
            _check(answer)
            read = bytearray()
            for part in answer.iter_raw():
                read += part
                if len(read) > MOST_BYTES:
                    raise ModelError("The language model's answer was too long.")
                if time.monotonic() > until:
                    raise ModelError("The language model took too long.")
            return bytes(read)
        finally:
            answer.close()


def place_of(url: str) -> str:
    """Host and port of a model's address, for people; "" when it is no address."""
    try:
        return _split(url).netloc.rpartition("@")[2]
    except ModelAddressError:
        return ""


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ModelAddressError from None
    if not usable or parts.username or parts.password or parts.query or parts.fragment:
        raise ModelAddressError
    return parts


def _request(
    client: httpx.Client, parts: SplitResult, place: Place, headers: dict[str, str], body: bytes
) -> httpx.Request:
    """A request to the address that was checked, in the name of the host."""
    pinned = f"[{place.address}]" if ":" in place.address else place.address
    port = parts.port or PORTS[parts.scheme]
    return client.build_request(
        "POST",
        f"{parts.scheme}://{pinned}:{port}{parts.path.rstrip('/')}/chat/completions",
        headers=headers | {"Host": parts.netloc},
        content=body,
        extensions={"sni_hostname": parts.hostname or ""},
    )


def _check(answer: httpx.Response) -> None:
    if answer.is_redirect or 300 <= answer.status_code < 400:
        raise ModelError(
            "The language model's address leads elsewhere; redirects are not followed."
        )
    if answer.status_code != 200:
        raise ModelError(f"The language model answered with status {answer.status_code}.")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise ModelError("The language model's answer was compressed, which was not asked for.")


def _said(body: bytes) -> str:
    try:
        answer: Any = orjson.loads(body)
        said = answer["choices"][0]["message"]["content"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        said = None
    if not isinstance(said, str):
        raise ModelError("What answered is not an OpenAI-compatible endpoint.")
    return said


__all__ = [
    "Endpoint",
    "ForbiddenAddressError",
    "ModelAddressError",
    "ModelError",
    "RemoteModel",
    "Writer",
    "place_of",
]
