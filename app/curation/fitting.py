"""A target -> a new frozen frame: cut, turned to resemble the old one, named."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.curation import frames as packing
from app.curation import naming
from app.geometry import frame as geometry
from app.geometry import matching
from app.geometry.frame import Frame
from app.geometry.matching import Match
from app.storage.board_tables import FrameRow

MOVED = 0.25
"""A topic whose share changed by more than this part of the larger one counts as moved."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Base:
    """What a frame is fitted on: vectors (n, d), and a number and a text for each row.

    `data` are the samples that an external target is compared with.
    """

    vectors: Vectors
    texts: list[tuple[int, str]]
    external: bool
    data: Vectors | None = None


def fit(base: Base, old: FrameRow | None) -> tuple[Frame, dict[str, Any]]:
    """The new frame and its facts; against an old one topics are matched and moves listed."""
    frame = geometry.fit(base.vectors, external=base.external, data=base.data)
    before = packing.unpack(old) if old is not None else None
    if before is None or before.centres.shape[1] != frame.centres.shape[1]:
        return frame, _name(frame, base)
    match = matching.match(before, frame)
    frame = _turn(frame, match.turn)
    facts = _name(frame, base)
    assert old is not None  # noqa: S101  there is a frame before, so there is its row
    _keep_edited(facts, old.facts, match)
    facts["moves"] = _moves(before, frame, facts, old.facts, match)
    earlier = [old.facts["topics"][at]["id"] if at >= 0 else "" for at in match.old.tolist()]
    facts["before"] = {"frame": old.number, "topics": earlier}
    return frame, facts


def _name(frame: Frame, base: Base) -> dict[str, Any]:
    return naming.name(frame, geometry.place(frame, base.vectors), base.texts)


def _turn(frame: Frame, turn: float) -> Frame:
    """The same board, turned clockwise by radians, so that topics lie where they were."""
    sectors = frame.sectors
    turned = replace(
        sectors,
        angle0=sectors.angle0 + turn,
        angle1=sectors.angle1 + turn,
        topic_angles=sectors.topic_angles + turn,
    )
    return replace(frame, sectors=turned)


def _keep_edited(facts: dict[str, Any], old: dict[str, Any], match: Match) -> None:
    """A name that a person gave stays with its topic."""
    for number, before in enumerate(match.old.tolist()):
        if before >= 0 and old["topics"][before].get("edited"):
            facts["topics"][number] |= {"words": old["topics"][before]["words"], "edited": True}


def _moves(
    before: Frame, after: Frame, facts: dict[str, Any], old: dict[str, Any], match: Match
) -> list[dict[str, Any]]:
    """One entry a topic that is new, gone, or changed its share a good deal."""
    old_shares, new_shares = _topic_shares(before), _topic_shares(after)
    told = []
    for number, earlier in enumerate(match.old.tolist()):
        words = facts["topics"][number]["words"]
        if earlier < 0:
            told.append({"kind": "new", "words": words, "share": float(new_shares[number])})
            continue
        pair = float(old_shares[earlier]), float(new_shares[number])
        if abs(pair[0] - pair[1]) > MOVED * max(pair):
            was = old["topics"][earlier]["words"]
            told.append({"kind": "moved", "words": words, "was": was, "share": pair[1]})
    for earlier in sorted(set(range(len(old_shares))) - set(match.old.tolist())):
        words = old["topics"][earlier]["words"]
        told.append({"kind": "gone", "words": words, "share": float(old_shares[earlier])})
    return told


def _topic_shares(frame: Frame) -> NDArray[np.float64]:
    return np.asarray(np.bincount(frame.topic, weights=frame.shares), dtype=np.float64)
