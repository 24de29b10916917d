"""How a file is to be read, as its sender says it. Names of kept mappings: `remembering`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import orjson

from app.formats import dialects, inputs, mapping
from app.formats.dialects import Detection
from app.formats.entries import Record
from app.formats.mapping import Mapping, MappingError
from app.formats.sample import KINDS, Rejected, Sample

Parse = Callable[[Record], Sample | Rejected]


@dataclass(frozen=True, slots=True)
class Told:
    """What a sender says about a file; what is empty is told by its content.

    `mapping` holds roles of columns as JSON. Beside a dialect in `read_as` they are
    about the columns that are no part of the conversation.
    """

    mapping: str = ""
    read_as: str = ""
    purpose: str = "samples"


NOTHING_TOLD = Told()


def read(told: Told) -> Mapping | None:
    """The roles of the columns; None where nothing is said.

    Raises:
        MappingError: this is no mapping, or no sample could be made by it.
    """
    if not told.mapping:
        return None
    roles = mapping.from_json(told.mapping)
    if roles.lack and told.read_as not in dialects.DIALECTS:
        raise MappingError(roles.lack)
    return roles


def reader(told: Told, detect: Callable[[], Detection]) -> tuple[str, Parse]:
    """The name of the dialect, and what reads a record in it; asks `detect` if nothing is told."""
    roles = read(told)
    if told.read_as in dialects.DIALECTS:
        detection = Detection(told.read_as, 1.0)
    elif roles:
        return mapping.DIALECT, partial(mapping.parse, mapping=roles)
    else:
        detection = detect()
    return detection.dialect, partial(_parse, detection=detection, roles=roles)


def input_reader(told: Told) -> Callable[[Record], str | Rejected]:
    """What reads the input of a record, for a file that holds inputs alone."""
    named = mapping.from_json(told.mapping).named("input") if told.mapping else ()
    return partial(inputs.read, named=named)


def signature(names: Iterable[str]) -> str:
    """The same 32 hex digits for all files with these columns, in whichever order."""
    return sha256(orjson.dumps(sorted(names))).hexdigest()[:32]


def _parse(record: Record, detection: Detection, roles: Mapping | None) -> Sample | Rejected:
    found = dialects.parse(record, detection, kinds=KINDS)
    if roles is None or isinstance(found, Rejected):
        return found
    return mapping.overlay(found, record.value, roles)
