"""Raw request bodies into the spool: the one place where a request is read piece by piece."""

import hashlib
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request
from fastapi.concurrency import run_in_threadpool

from app.curation.parts import PART_BYTES, PartError
from app.curation.spooling import Spooled, SpoolWriter, TooLargeError
from app.web.deps import ActorName, House, HouseDep


async def spool_body(request: Request, house: HouseDep, actor: ActorName) -> Spooled:
    """Stream the body to disk and sync it: bulk data never passes through a form parser.

    Async, as the only code here: FastAPI gives a body in pieces to nothing else.
    """
    most = house.upload_limit.most
    with house.rates.sending(actor), SpoolWriter(house.spool, limit=most) as writer:
        async for chunk in request.stream():
            writer.write(chunk)
        return await run_in_threadpool(writer.finish)


async def read_part(
    request: Request,
    house: HouseDep,
    actor: ActorName,
    content_sha256: Annotated[
        str, Header(pattern="^([0-9a-fA-F]{64})?$", description="of the part, in hex")
    ] = "",
) -> bytes:
    """A part of an upload: small enough to be held in memory until it has proved whole."""
    data = bytearray()
    with house.rates.sending(actor):
        async for chunk in request.stream():
            data += chunk
            if len(data) > PART_BYTES:
                raise TooLargeError(f"A part has at most {PART_BYTES:,} bytes.")
    if content_sha256 and hashlib.sha256(data).hexdigest() != content_sha256.lower():
        raise PartError("The part arrived damaged: its sha256 is another. Send it again.")
    return bytes(data)


async def read_filename(
    x_filename: Annotated[str, Header(description="percent-encoded; a label only")] = "",
) -> str:
    """The name of the sent file, as its sender calls it."""
    return unquote(x_filename)[:255]


PartBody = Annotated[bytes, Depends(read_part)]
SpooledBody = Annotated[Spooled, Depends(spool_body)]
Filename = Annotated[str, Depends(read_filename)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


@dataclass(frozen=True, slots=True)
class Calling:
    """Who sends a body, with which key, and into which house."""

    house: House
    actor: str
    key: str | None


async def read_caller(house: HouseDep, actor: ActorName, key: IdempotencyKey = None) -> Calling:
    """The sender of an upload."""
    return Calling(house, actor, key)


Caller = Annotated[Calling, Depends(read_caller)]
