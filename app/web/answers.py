"""One Idempotency-Key, one act: a repeated request gets the first one's answer again.

In a route of the API that writes JSON, instead of a WriteSession:

    @router.post("/datasets", status_code=201, response_model=DatasetAnswer)
    def create(wish: NewDataset, once: Once) -> Response:
        return once(201, lambda session: listing.create(session, wish.name))

The function gets the transaction and returns what to answer: a pydantic model, a
frozen dataclass, a dict. Act and answer are committed together, or neither is. A
request without the header is carried out each time. Uploads have their own, in
`curation/intake`: their body is too large to be hashed before it is stored.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import Field
from sqlmodel import Session

from app.curation.answer_sweep import KEPT_DAYS
from app.errors import ConflictError
from app.storage import answers
from app.web.deps import ActorName, WriteSession

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[!-~ ]*$",
        description="a repeated request with the same key is answered again, not done again, "
        f"for {KEPT_DAYS} days",
    ),
]


FormKey = Annotated[str, Field(max_length=80)]
"""The same in a form, put there by the macro `once`."""


class KeyReusedError(ConflictError):
    """This Idempotency-Key was used before for another request."""

    code = "key_reused"


@dataclass(frozen=True, slots=True)
class Acting:
    """A request that may have come before; `once(status, act)` answers it."""

    session: Session
    actor: str
    key: str
    request_hash: str

    def __call__(self, status: int, act: Callable[[Session], Any]) -> Response:
        """Carry the act out, or give the answer that it had the first time.

        Raises:
            KeyReusedError: the key came before with another request.
        """
        if not self.key:
            return _answer(status, _told(act(self.session)))
        row = answers.claim(self.session, self.actor, self.key, self.request_hash)
        if row is None:
            return self._again()
        told = _told(act(self.session))
        row.status, row.body = status, told
        return _answer(status, told)

    def _again(self) -> Response:
        row = answers.get(self.session, self.actor, self.key)
        if row.request_hash != self.request_hash:
            raise KeyReusedError
        response = _answer(row.status, row.body)
        response.headers["Idempotency-Replayed"] = "true"
        return response


@dataclass(frozen=True, slots=True)
class Sending:
    """A form that may have come before: a browser sends it again while it gets no answer."""

    session: Session
    actor: str
    key: str

    def earlier(self, *told: object) -> str | None:
        """What was kept when this form came first; None when it comes now, and is to be done.

        Raises:
            KeyReusedError: the key came before with another form.
        """
        if not self.key:
            return None
        digest = _digest(told)
        row = answers.claim(self.session, self.actor, self.key, digest)
        if row is not None:
            row.status = 204
            return None
        row = answers.get(self.session, self.actor, self.key)
        if row.request_hash != digest:
            raise KeyReusedError
        return row.body

    def under(self, key: str, *told: object) -> "Sending":
        """The same, by the key that the form holds; with another content it is another form."""
        if self.key or not key:
            return self
        return replace(self, key=f"form-{_digest((key, told))}")

    def is_first(self, key: str, *told: object) -> bool:
        """Whether the form, by the key that it holds, comes now and is to be done."""
        return self.under(key, *told).earlier(*told) is None

    def release(self) -> None:
        """Nothing came of the form: when it comes again, it is to be done."""
        if self.key:
            answers.forget(self.session, self.actor, self.key)

    def keep(self, told: str) -> None:
        """Keep what became of the form, for when it comes again."""
        if self.key:
            answers.get(self.session, self.actor, self.key).body = told


async def get_sending(session: WriteSession, actor: ActorName, key: IdempotencyKey = "") -> Sending:
    """The form as something that is done once."""
    return Sending(session, actor, key)


SentOnce = Annotated[Sending, Depends(get_sending)]


async def hash_request(request: Request) -> str:
    """What makes two requests the same: method, address and body."""
    parts = (request.method, request.url.path, request.url.query)
    head = orjson.dumps(parts)
    return hashlib.sha256(head + b"\n" + await request.body()).hexdigest()


async def get_acting(
    request_hash: Annotated[str, Depends(hash_request)],  # read before the transaction opens
    session: WriteSession,
    actor: ActorName,
    key: IdempotencyKey = "",
) -> Acting:
    """The request as something that is done once."""
    return Acting(session, actor, key, request_hash)


Once = Annotated[Acting, Depends(get_acting)]


def _digest(told: object) -> str:
    return hashlib.sha256(orjson.dumps(told, default=str)).hexdigest()


def _told(result: Any) -> str:
    return orjson.dumps(jsonable_encoder(result)).decode()


def _answer(status: int, told: str) -> Response:
    return Response(told, status, media_type="application/json")
