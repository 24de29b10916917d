"""Who speaks when in a sample that is nothing but texts: most are, and most of a few outlines.

A rule that looks at no more is broken alike by all samples of one outline.
"""

from collections.abc import Mapping

from app.formats.sample import Sample, Turns

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
    for message in sample.messages:
        if not message.content:
            return ()
    for message in sample.rejected:
        if not message.content:
            return ()
    said = [message.role for message in sample.messages]
    if sample.kind == "chat" and sample.answer_turns == 1 and not sample.rejected:
        return tuple(said)  # the usual case
    other = [message.role for message in sample.rejected]
    return (sample.kind, sample.answer_turns, *said, "or", *other)


def of_turns(turns: Turns, extra: Mapping[str, object]) -> Outline:
    """The outline of a conversation that was not made a Sample; empty unless it is bare."""
    said: list[str] = []
    for turn in turns:
        if tuple(turn) != _BARE_KEYS:
            return ()
        role, content = turn.values()
        if role not in _BARE_ROLES or not content or not isinstance(content, str):
            return ()
        said.append(str(role))
    return tuple(said) if _BESIDE.isdisjoint(extra) else ()
