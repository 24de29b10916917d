"""Checks that several trainers share; each looks at a sample as chat.plain spells it.

Every check answers with what is wrong, in one sentence, or with nothing.
"""

from collections.abc import Collection, Mapping
from itertools import pairwise

import orjson

from app.formats import chat, outlines
from app.formats.rules import Check, FileCheck
from app.formats.sample import Kind, Message, Sample

# Only how the source spelled what is written anyway.
_SPELLING = frozenset(("from", "role", "content"))
_SAID = ("text", "refusal")
_SHOWN = ("text", "image_url")


def turns_of(sample: Sample) -> tuple[Message, ...]:
    """Every message that is written: of a preference both answers."""
    return (*sample.messages, *sample.rejected)


def kind(kinds: Collection[Kind]) -> Check:
    """Samples of other kinds do not go into this file."""
    named = " or ".join(kinds)

    def check(sample: Sample) -> str:
        return "" if sample.kind in kinds else f"This is a {sample.kind} sample, not {named}."

    return check


def roles(known: Collection[str]) -> Check:
    """Nobody else speaks."""

    def check(sample: Sample) -> str:
        for message in turns_of(sample):
            if message.role not in known:
                return f"The role '{message.role}' is not known here."
        return ""

    return check


def system(sample: Sample) -> str:
    """A system message is the first, and the only one."""
    places = [at for at, message in enumerate(sample.messages, 1) if message.role == "system"]
    if len(places) > 1:
        return f"There are {len(places)} system messages."
    return f"The system message is number {places[0]}." if places and places[0] != 1 else ""


def assistant(sample: Sample) -> str:
    """There is an answer to learn from."""
    answers = [message for message in sample.messages if message.role == "assistant"]
    if not answers:
        return "There is no assistant message."
    trained = any(message.extra.get("weight") != 0 for message in answers)
    return "" if trained else "Every assistant message has weight 0."


def last(sample: Sample) -> str:
    """The assistant has the last word."""
    role = sample.messages[-1].role if sample.messages else "nobody"
    return "" if role == "assistant" else f"The last message is by {role}."


def first(sample: Sample) -> str:
    """The user begins, after the system message if there is one."""
    spoken = spoken_in(sample)
    role = spoken[0].role if spoken else "nobody"
    return "" if role == "user" else f"The first message is by {role}."


def alternation(sample: Sample) -> str:
    """Nobody speaks twice in a row."""
    spoken = spoken_in(sample)
    for at, (before, after) in enumerate(pairwise(spoken), 2):
        if before.role == after.role:
            return f"Message {at} is by {after.role}, as the one before it."
    return ""


def spoken_in(sample: Sample) -> tuple[Message, ...]:
    """The messages after the system message."""
    starts_with_system = bool(sample.messages) and sample.messages[0].role == "system"
    return sample.messages[1:] if starts_with_system else sample.messages


def content(sample: Sample) -> str:
    """Every message says something or calls a tool."""
    for at, message in enumerate(turns_of(sample), 1):
        if message.content:
            continue
        calls = message.extra.get("tool_calls") or message.extra.get("function_call")
        if not message.extra.get("content") and not (calls and message.role == "assistant"):
            return f"Message {at} ({message.role}) is empty."
    return ""


def text_only(sample: Sample) -> str:
    """Contents are texts, not lists of parts."""
    for at, message in enumerate(turns_of(sample), 1):
        written = message.extra.get("content", "")
        if isinstance(written, list):
            return f"Message {at} ({message.role}) is a list of parts, not a text."
    return ""


def parts(sample: Sample) -> str:
    """Lists of parts are texts, and pictures that a user shows."""
    for at, message in enumerate(turns_of(sample), 1):
        written = message.extra.get("content", "")
        known = _SHOWN if message.role == "user" else _SAID
        for part in written if isinstance(written, list) else ():
            kind = part.get("type") if isinstance(part, dict) else None
            if kind not in known:
                return f"Message {at} ({message.role}) has a part that is no {' or '.join(known)}."
    return ""


def media(sample: Sample) -> str:
    """Nothing beside the messages is pointed at by marks such as <image> in them."""
    if outlines.MEDIA.isdisjoint(sample.extra):
        return ""
    found = [name for name in sorted(outlines.MEDIA) if sample.extra.get(name)]
    return f"The sample has {', '.join(found)}, which would be lost." if found else ""


def only(known: Collection[str]) -> Check:
    """Messages have no other keys, since those would be lost."""
    allowed = _SPELLING.union(known)

    def check(sample: Sample) -> str:
        for at, message in enumerate(turns_of(sample), 1):
            more = sorted(message.extra.keys() - allowed) if message.extra else []
            if "weight" in more and message.extra["weight"] == 1:
                more.remove("weight")  # it is what everybody does anyway
            if more:
                return f"Message {at} has {', '.join(more)}, which has no place here."
        return ""

    return check


def weight(sample: Sample) -> str:
    """A weight is 0 or 1 and stands on answers."""
    for at, message in enumerate(turns_of(sample), 1):
        if "weight" not in message.extra:
            continue
        found = message.extra["weight"]
        if message.role != "assistant":
            return f"Message {at} ({message.role}) has a weight."
        if isinstance(found, bool) or found not in (0, 1):
            return f"Message {at} has the weight {found!r}."
    return ""


def unweighted(sample: Sample) -> str:
    """No answer asks not to be trained, where every answer is."""
    for at, message in enumerate(turns_of(sample), 1):
        if message.extra.get("weight", 1) != 1:
            return f"Message {at} has a weight other than 1, but every answer is trained."
    return ""


def tool_ids(sample: Sample) -> str:
    """Every tool message answers an earlier call; no id is given twice."""
    called: set[str] = set()
    for at, message in enumerate(sample.messages, 1):
        for call in chat.calls_of(message):
            call_id = call.get("id")
            if call_id in called:
                return f"Message {at} uses the id of an earlier tool call."
            called |= {call_id} if isinstance(call_id, str) else set()
        answered = message.extra.get("tool_call_id")
        legacy = message.extra.get("role") == "function"
        if message.role == "tool" and not legacy and answered not in called:
            return f"Message {at} answers a tool call that nobody made."
    return ""


def arguments(sample: Sample) -> str:
    """The arguments of every tool call are an object, or the JSON text of one."""
    for at, message in enumerate(turns_of(sample), 1):
        for call in chat.calls_of(message):
            if not isinstance(arguments_of(call), dict):
                return f"Message {at} calls a tool with arguments that are no object."
    return ""


def arguments_of(call: Mapping[str, object]) -> object:
    """The arguments of a call as what they mean, whichever way they were written."""
    written = chat.function_of(call).get("arguments")
    if not isinstance(written, str):
        return written
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return written


def tools(sample: Sample) -> str:
    """Tools are a list of objects."""
    found = sample.extra.get("tools") or []
    listed = isinstance(found, list) and all(isinstance(tool, dict) for tool in found)
    return "" if listed else "The column 'tools' is not a list of objects."


def answers(sample: Sample) -> str:
    """Of a preference: two answers, both by the assistant, that differ."""
    if not sample.rejected or not sample.prompt:
        return "There are no two answers to the same question."
    for name, side in (("preferred", sample.chosen), ("other", sample.rejected)):
        strange = [message.role for message in side if message.role not in ("assistant", "tool")]
        if strange:
            return f"The {name} answer holds a message by {strange[0]}."
    said = [[message.as_record() for message in side] for side in (sample.chosen, sample.rejected)]
    return "Both answers are the same." if said[0] == said[1] else ""


def single_answers(sample: Sample) -> str:
    """Of a preference: one message a side."""
    count = max(len(sample.chosen), len(sample.rejected))
    return f"An answer has {count} messages." if count != 1 else ""


def asked_last(sample: Sample) -> str:
    """The question does not end with the assistant."""
    role = sample.prompt[-1].role if sample.prompt else "nobody"
    return "" if role not in ("assistant", "nobody") else f"The last message asked is by {role}."


def judged(sample: Sample) -> str:
    """Of kto: the answer has its label."""
    return "" if sample.desirable is not None else "Nobody said whether the answer is good."


def fewest_rows(limit: int) -> FileCheck:
    """The file has so many lines at least."""

    def check(rows: int, size: int) -> str:  # noqa: ARG001 - the signature of file checks
        return f"The file has {rows:,} of at least {limit:,} lines." if rows < limit else ""

    return check


def most_rows(limit: int) -> FileCheck:
    """The file has so many lines at most."""

    def check(rows: int, size: int) -> str:  # noqa: ARG001 - the signature of file checks
        return f"The file has {rows:,} lines; {limit:,} are allowed." if rows > limit else ""

    return check


def fewest_bytes(limit: int) -> FileCheck:
    """The file has so many bytes at least."""

    def check(rows: int, size: int) -> str:  # noqa: ARG001 - the signature of file checks
        return f"The file has {size:,} of at least {limit:,} bytes." if size < limit else ""

    return check


def most_bytes(limit: int) -> FileCheck:
    """The file has so many bytes at most."""

    def check(rows: int, size: int) -> str:  # noqa: ARG001 - the signature of file checks
        return f"The file has {size:,} bytes; {limit:,} are allowed." if size > limit else ""

    return check
