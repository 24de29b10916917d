"""The one shape that every format is read into and written from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    `extra` keeps every further key of the source's message object (`name`,
    `tool_calls`, `tool_call_id`, `weight`, ...) exactly as it was read.
    """

    role: Role
    content: str
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_record(self) -> dict[str, object]:
        """The message as the `messages` dialect writes it."""
        return {"role": self.role, "content": self.content, **self.extra}


@dataclass(frozen=True, slots=True)
class Facets:
    """What the source says about a sample beside its text; empty when it says nothing."""

    label: str = ""
    source: str = ""
    split: str = ""
    language: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One training sample: a conversation, and what came with it.

    `dialect` and `raw` say how it was written in its source, so that an
    untouched sample can be given back byte for byte. `extra` holds the unknown
    columns of its record.
    """

    messages: tuple[Message, ...]
    facets: Facets = field(default_factory=Facets)
    external_id: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)
    dialect: str = "messages"

    @property
    def input_text(self) -> str:
        """Everything before the last assistant turn, as plain text (the embedded input side)."""
        return "\n".join(message.content for message in self.messages[: self._answer_at])

    @property
    def output_text(self) -> str:
        """The last assistant turn and what follows it (the embedded output side)."""
        return "\n".join(message.content for message in self.messages[self._answer_at :])

    @property
    def fingerprint(self) -> str:
        """Same conversation, same 64 hex digits, whichever format it came in."""
        return hashlib.sha256(dump_messages(self.messages)).hexdigest()

    @property
    def _answer_at(self) -> int:
        last = len(self.messages) - 1
        return next(
            (i for i in range(last, -1, -1) if self.messages[i].role == "assistant"), last + 1
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, kept so that the uploader can fix it.

    Attributes:
        line: 1-based line in the decoded file (record number where there are no lines).
        offset: byte offset of the record in the decoded file, -1 where that means nothing.
        code: a stable short name such as `not_json`.
        reason: one sentence for a person.
        text: the record as read, cut to 4,096 characters.
    """

    line: int
    offset: int
    code: str
    reason: str
    text: str


def dump_messages(messages: tuple[Message, ...]) -> bytes:
    """The messages as canonical JSON: one array, no spaces, keys in reading order."""
    return orjson.dumps([message.as_record() for message in messages])


def load_messages(text: str | bytes) -> tuple[Message, ...]:
    """Read back what dump_messages wrote."""
    return tuple(
        Message(record.pop("role"), record.pop("content"), record) for record in orjson.loads(text)
    )
