"""Who speaks when in a sample that is nothing but texts: most are, and most of a few outlines.

A rule that looks at no more is broken alike by all samples of one outline. It tells that every turn
says something, of a pair whether its answers differ, of a verdict whether there is one.
"""

from collections.abc import Iterable, Mapping

from app.formats.sample import Message, Rest, Sample, Turns

Outline = tuple[str | int, ...]

# Columns in which LLaMA-Factory keeps what the marks in the texts stand for.
MEDIA = frozenset(("images", "videos", "audios"))
_BESIDE = MEDIA.union(("tools",))
_BARE_ROLES = frozenset(("system", "user", "assistant"))
_BARE_KEYS = ("role", "content")


def is_bare(sample: Sample) -> bool:
    """Whether there is nothing but texts by system, user and assistant."""
    for message in sample.messages:
        if message.extra or message.role == "tool":
            return False
    for message in sample.rejected:
        if message.extra or message.role == "tool":
            return False
    return _BESIDE.isdisjoint(sample.extra)


def of_sample(sample: Sample) -> Outline:
    """Who speaks when in a bare sample; empty where somebody says nothing, or nobody speaks."""
    if _is_silent(sample.messages) or _is_silent(sample.rejected):
        return ()
    said = [message.role for message in sample.messages]
    if sample.kind == "chat" and sample.answer_turns == 1 and not sample.rejected:
        return tuple(said)  # the usual case
    other = [message.role for message in sample.rejected]
    facts = (sample.chosen == sample.rejected, sample.desirable is None)
    return (sample.kind, sample.answer_turns, *facts, *said, "or", *other)


def of_turns(turns: Turns, rest: Rest, extra: Mapping[str, object]) -> Outline:
    """The outline of a sample that was only read as it is stored; empty unless it is bare."""
    said = _speakers(turns)
    if not said or not _BESIDE.isdisjoint(extra):
        return ()
    if not rest:
        return tuple(said)
    kind, count, rejected = rest["kind"], rest["answer_turns"], rest["rejected"]
    other = _speakers(rejected)
    if rejected and not other:
        return ()
    if kind == "chat" and count == 1 and not rejected:
        return tuple(said)
    facts = (turns[max(0, len(turns) - count) :] == rejected, rest["desirable"] is None)
    return (kind, count, *facts, *said, "or", *other)


def _is_silent(messages: Iterable[Message]) -> bool:
    """Whether somebody says nothing, or nothing but white space."""
    return any(not message.content or message.content.isspace() for message in messages)


def _speakers(turns: Turns) -> list[str]:
    """Who speaks when in turns of role and text; nobody where one of them is anything else."""
    said: list[str] = []
    for turn in turns:
        if tuple(turn) != _BARE_KEYS:
            return []
        role, content = turn.values()
        if role not in _BARE_ROLES or not isinstance(content, str):
            return []
        if not content or content.isspace():
            return []
        said.append(str(role))
    return said
