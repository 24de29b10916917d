"""The one shape that every format is read into and written from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

Role = Literal["system", "user", "assistant", "tool"]
Kind = Literal["chat", "preference", "kto", "text"]
Turns = Sequence[Mapping[str, object]]
"""Messages as dump_messages writes them."""
Rest = Mapping[str, Any]
"""What dump_rest writes, read: kind, answer_turns, rejected, desirable; empty for a plain chat."""
KINDS: tuple[Kind, ...] = ("chat", "preference", "kto", "text")

# How sources spell the four roles. What is not here is an unknown role.
ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    `extra` keeps every further key of the source's message object (`name`,
    `tool_calls`, `tool_call_id`, `weight`, ...) exactly as it was read. A
    `role` or `content` in it is how the source wrote what stands here in plain:
    `developer`, null, a list of parts.
    """

    role: Role
    content: str
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_record(self) -> dict[str, object]:
        """The message as the `messages` dialect writes it; message_of reads it back."""
        if not self.content and "tool_calls" in self.extra and "content" not in self.extra:
            return {"role": self.role, **self.extra}
        return {"role": self.role, "content": self.content, **self.extra}


@dataclass(frozen=True, slots=True)
class Facets:
    """What the source says about a sample beside its text; empty when it says nothing."""

    label: str = ""
    source: str = ""
    split: str = ""
    language: str = ""
    origin: str = ""
    family: str = ""  # the id of what it was made from, or a name that its relatives share


@dataclass(frozen=True, slots=True)
class Sample:
    """One training sample: a conversation, and what came with it.

    `dialect` and `raw` say how it was written in its source, so that an
    untouched sample can be given back byte for byte. `extra` holds the unknown
    columns of its record.

    Attributes:
        kind: what is learned from it: a conversation, a better answer than another
            (preference), an answer with a thumb up or down (kto), or a bare text, which
            is kept as the one message of a user: it is what gives the sample its place.
        rejected: of a preference, what the last `answer_turns` messages are preferred to.
        answer_turns: how many messages at the end are the answer that is preferred or judged.
        desirable: of kto, whether the answer is one to learn.
    """

    messages: tuple[Message, ...]
    facets: Facets = Facets()
    external_id: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)
    dialect: str = "messages"
    kind: Kind = "chat"
    rejected: tuple[Message, ...] = ()
    answer_turns: int = 1
    desirable: bool | None = None

    @property
    def prompt(self) -> tuple[Message, ...]:
        """What the answer answers."""
        return self.messages[: len(self.messages) - self.answer_turns]

    @property
    def chosen(self) -> tuple[Message, ...]:
        """The answer: of a preference the preferred one."""
        return self.messages[max(0, len(self.messages) - self.answer_turns) :]

    @property
    def input_text(self) -> str:
        """What is asked: all before the last assistant turn (the embedded input side).

        System prompts are left out where anything else is there: one shared by
        every sample would pull all darts to one spot, away from a target of bare inputs.
        """
        asked = self.messages[: self.answer_at]
        spoken = [message.content for message in asked if message.role != "system"]
        return "\n".join(spoken or [message.content for message in asked])

    @property
    def output_text(self) -> str:
        """The last assistant turn and what follows it (the embedded output side)."""
        return "\n".join(message.content for message in self.messages[self.answer_at :])

    @property
    def fingerprint(self) -> str:
        """Same conversation, same 64 hex digits, whichever format it came in."""
        said: object = list(map(_said, self.messages))
        if self.kind != "chat":
            rest = list(map(_said, self.rejected))
            said = [self.kind, said, self.answer_turns, rest, self.desirable]
        return hashlib.sha256(orjson.dumps(said)).hexdigest()

    @property
    def answer_at(self) -> int:
        """Where the last assistant turn stands; behind the end when there is none."""
        for at in range(len(self.messages) - 1, -1, -1):
            if self.messages[at].role == "assistant":
                return at
        return len(self.messages)


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


def text_hash(text: str) -> str:
    """The key of a text's vector: the first 32 hex digits of its sha256.

    A lone surrogate cannot be written as UTF-8, so it counts as U+FFFD.
    """
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def dump_messages(messages: tuple[Message, ...]) -> bytes:
    """The messages as canonical JSON: one array, no spaces, keys in reading order."""
    return orjson.dumps([message.as_record() for message in messages])


def load_messages(text: str | bytes) -> tuple[Message, ...]:
    """Read back what dump_messages wrote."""
    return tuple(map(message_of, orjson.loads(text)))


def dump_rest(sample: Sample) -> str:
    """What a sample is beside its messages, as JSON; empty for a plain conversation."""
    if sample.kind == "chat" and sample.answer_turns == 1:
        return ""
    rest = {
        "kind": sample.kind,
        "answer_turns": sample.answer_turns,
        "rejected": [message.as_record() for message in sample.rejected],
        "desirable": sample.desirable,
    }
    return orjson.dumps(rest).decode()


def load_sample(messages: str | bytes, rest: str | bytes = "") -> Sample:
    """Read back what dump_messages and dump_rest wrote."""
    if not rest:
        return Sample(load_messages(messages))
    kept = orjson.loads(rest)
    return Sample(
        load_messages(messages),
        kind=kept["kind"],
        answer_turns=kept["answer_turns"],
        rejected=tuple(map(message_of, kept["rejected"])),
        desirable=kept["desirable"],
    )


def message_of(record: Mapping[str, object]) -> Message:
    """Read one message object whose role is one of ROLES and whose content has a text."""
    written, content = record["role"], record.get("content")
    role = ROLES[str(written)]
    if len(record) == 2 and role == written and isinstance(content, str):
        return Message(role, content)
    extra = {key: value for key, value in record.items() if key not in ("role", "content")}
    if role != written:
        extra["role"] = written
    text = text_of(content) or ""
    if "content" in record and (content != text or (not text and "tool_calls" in record)):
        extra["content"] = content
    return Message(role, text, extra)


def text_of(content: object) -> str | None:
    """The plain text of a message's content: a string, null, or parts; None for anything else."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if not isinstance(content, list):
        return None
    return "\n".join(text for part in content if (text := _text_of_part(part)))


def _said(message: Message) -> dict[str, object]:
    """The message without how its source spelled the role."""
    if not message.extra:
        return message.as_record()
    record = {key: cell for key, cell in message.as_record().items() if key != "from"}
    return {**record, "role": message.role}


def _text_of_part(part: object) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type", "text") != "text":
        return ""
    text = part.get("text", part.get("value"))
    return text if isinstance(text, str) else ""
