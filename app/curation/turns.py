"""Conversations as people edit and compare them: turns in parts, with what changed in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from app.checks import wording
from app.checks.wording import Piece
from app.curation.changing import Change, ChangeError
from app.formats.sample import ROLES, Message, Sample, load_sample, text_of

Part = Literal["said", "chosen", "rejected"]
PARTS: tuple[Part, ...] = ("said", "chosen", "rejected")
PART_NAMES = {"said": "", "chosen": "Chosen answer", "rejected": "Rejected answer"}
NEXT_ROLE = {"system": "user", "user": "assistant", "assistant": "user", "tool": "assistant"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as a form holds it; `extra` is what else its source says about it, as JSON."""

    part: str
    role: str
    content: str
    extra: str = ""

    @property
    def whole(self) -> str:
        """All of it as one text, to compare."""
        return "\n".join(text for text in (self.content, self.extra) if text)


@dataclass(frozen=True, slots=True)
class TurnChange:
    """One turn before and after: same, changed, moved in (added) or taken out (removed)."""

    kind: str
    part: str
    role: str  # as it is now, or was
    was_role: str  # "" where it is the same
    pieces: tuple[Piece, ...]
    extra: tuple[Piece, ...]  # of what else is said about it, nothing where that is the same
    old: int | None
    new: int | None


def of(sample: Sample) -> tuple[Turn, ...]:
    """The turns of a sample, part by part."""
    if sample.kind != "preference":
        return tuple(_turn("said", one) for one in sample.messages)
    return (
        *(_turn("said", one) for one in sample.prompt),
        *(_turn("chosen", one) for one in sample.chosen),
        *(_turn("rejected", one) for one in sample.rejected),
    )


def load(messages: str, rest: str) -> tuple[Turn, ...]:
    """The turns of a stored text."""
    return of(load_sample(messages, rest))


def rearranged(turns: Sequence[Turn], act: str) -> tuple[Turn, ...]:
    """The turns after an act of the form: "add-2" (behind the third), "remove-2", "up-2", "down-2".

    A turn stays in its part; what cannot be done changes nothing.
    """
    verb, _, number = act.partition("-")
    at = int(number) if number.isdigit() else len(turns)
    found = list(turns)
    if at >= len(found):
        return tuple(found)
    other = at + (1 if verb == "down" else -1)
    if verb == "add":
        one = found[at]
        found.insert(at + 1, Turn(one.part, NEXT_ROLE.get(one.role, "user"), ""))
    elif verb == "remove" and len(found) > 1:
        del found[at]
    elif verb in ("up", "down") and other >= 0 and _same_part(found, at, other):
        found[at], found[other] = found[other], found[at]
    return tuple(found)


def compared(old: Sequence[Turn], new: Sequence[Turn]) -> tuple[TurnChange, ...]:
    """Every turn of both, side by side, with the words that differ; part by part."""
    return tuple(change for part in PARTS for change in _compared(part, old, new))


def merged(
    theirs: Sequence[Turn], mine: Sequence[Turn], choices: Sequence[str]
) -> tuple[Turn, ...]:
    """Of every turn that differs theirs or mine, as chosen ("theirs" or "mine", else mine)."""
    kept: list[Turn] = []
    differing = iter(choices)
    for change in compared(theirs, mine):
        choice = "mine" if change.kind == "same" else next(differing, "mine")
        source, at = (theirs, change.old) if choice == "theirs" else (mine, change.new)
        if at is not None:
            kept.append(source[at])
    return tuple(kept)


def change_of(turns: Sequence[Turn], before: Sequence[Turn]) -> Change:
    """The change that these turns ask for.

    A browser ends lines with CR LF whatever they ended with; a turn that says what it said
    before keeps its own.

    Raises:
        ChangeError: what stands beside a turn is not a JSON object.
    """
    own = {_lines(turn.content): turn.content for turn in before}
    written = [
        (turn.part, _record(at, replace(turn, content=own.get(text, text))))
        for at, turn in enumerate(turns)
        for text in [_lines(turn.content)]
    ]
    parts = {part: [record for told, record in written if told == part] for part in PARTS}
    if not any(turn.part != "said" for turn in before):
        return Change(messages=parts["said"])
    if not parts["chosen"] or not parts["rejected"]:
        raise ChangeError("A pair needs a turn in each of its two answers.")
    return Change(
        messages=parts["said"] + parts["chosen"],
        rejected=parts["rejected"],
        answer_turns=len(parts["chosen"]),
    )


def _same_part(turns: Sequence[Turn], at: int, other: int) -> bool:
    return other < len(turns) and turns[at].part == turns[other].part


def _turn(part: Part, message: Message) -> Turn:
    extra = orjson.dumps(dict(message.extra), option=orjson.OPT_INDENT_2).decode()
    return Turn(part, message.role, message.content, extra if message.extra else "")


def _compared(part: str, old: Sequence[Turn], new: Sequence[Turn]) -> list[TurnChange]:
    before = [(at, turn) for at, turn in enumerate(old) if turn.part == part]
    after = [(at, turn) for at, turn in enumerate(new) if turn.part == part]
    keys = [[(turn.role, _lines(turn.whole)) for _, turn in side] for side in (before, after)]
    return [
        _change(
            part,
            None if pair.old is None else before[pair.old],
            None if pair.new is None else after[pair.new],
        )
        for pair in wording.pairs(*keys)
    ]


def _change(part: str, old: tuple[int, Turn] | None, new: tuple[int, Turn] | None) -> TurnChange:
    was, now = (told[1] if told else None for told in (old, new))
    gone, come = was or Turn(part, "", ""), now or Turn(part, "", "")
    extra = wording.pieces(_lines(gone.extra), _lines(come.extra))
    role = come.role or gone.role
    pieces = wording.pieces(_lines(gone.content), _lines(come.content))
    is_same = (gone.role == come.role) and all(piece.kind == "same" for piece in pieces + extra)
    kind = "added" if was is None else "removed" if now is None else "changed"
    return TurnChange(
        kind="same" if is_same else kind,
        part=part,
        role=role,
        was_role=gone.role if was and now and gone.role != role else "",
        pieces=pieces,
        extra=() if all(piece.kind == "same" for piece in extra) else extra,
        old=old[0] if old else None,
        new=new[0] if new else None,
    )


def _record(at: int, turn: Turn) -> dict[str, object]:
    extra = _extra(at, turn.extra)
    if ROLES.get(str(extra.get("role"))) != turn.role:
        extra.pop("role", None)
    if "content" in extra and text_of(extra["content"]) != turn.content:
        extra["content"] = _with_text(extra["content"], turn.content)
    return {"role": turn.role, "content": turn.content, **extra}


def _extra(at: int, text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ChangeError(f"Turn {at + 1}: what stands beside it is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise ChangeError(f"Turn {at + 1}: what stands beside it is not a JSON object.")
    return found


def _with_text(content: object, text: str) -> object:
    """The parts of a turn that are no text (pictures) stay; its text is this one."""
    if not isinstance(content, list):
        return text
    others = [part for part in content if isinstance(part, Mapping) and not text_of([part])]
    return [{"type": "text", "text": text}, *others] if others else text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
