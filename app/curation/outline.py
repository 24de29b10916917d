"""A frame and its balance as drawing instructions: cells, slices, arcs, all in pixels. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.curation.board_views import (
    RIM,
    RING_NAMES,
    CellView,
    GroupView,
    RegionView,
    TopicView,
)
from app.geometry import sector
from app.geometry.balance import Balance, State
from app.geometry.frame import Frame
from app.geometry.regions import Region
from app.geometry.rings import BULL

Facts = dict[str, Any]

INSET = 2.4
LABEL_X = RIM + 48
BAR_LENGTH = 96.0
LABEL_GAP = 46.0
HOTTEST = 3.5  # the ratio that is filled most strongly
GROUP_RADIUS = RIM + 7
BADGE = 29.0, 15.0  # how wide and high a badge is
MOST_LABELS = 40  # that do not touch one another
DEEP = 9.0  # pixels that the line of a cell's label reaches into it


def cells(frame: Frame, balance: Balance, counts: Sequence[int], facts: Facts) -> list[CellView]:
    """Every cell, in the order of the frame."""
    return [_cell(frame, balance, counts, facts, number) for number in range(frame.cells)]


def _cell(
    frame: Frame, balance: Balance, counts: Sequence[int], facts: Facts, number: int
) -> CellView:
    sectors, told = frame.sectors, facts["cells"][number]
    radii = (float(sectors.radius0[number]), float(sectors.radius1[number]))
    angles = (float(sectors.angle0[number]), float(sectors.angle1[number]))
    x, y = sector.point(sum(radii) / 2 * RIM, sum(angles) / 2)
    ring = RING_NAMES[min(int(sectors.ring[number]), len(RING_NAMES) - 1)]
    state, have = balance.state[number], counts[number]
    expected, ratio = float(balance.expected[number]), float(balance.ratio[number])
    topic = _words(facts["topics"][int(frame.topic[number])]["words"])[0]
    name = " ".join(_words(told["words"]))
    cut, write = int(balance.cut[number]), int(balance.write[number])
    return CellView(
        id=told["id"], topic=topic, name=name, ring=ring, have=have, expected=expected,
        ratio=ratio, state=state, badge=_badge(state, ratio, write), cut=cut, write=write,
        heat=_heat(ratio) if state == State.OVER_DENSE else 0,
        alternate=bool((int(frame.topic[number]) + int(sectors.ring[number]) + number) % 2),
        path=sector.path(radii, angles, rim=RIM),
        inner_path=sector.path(radii, angles, rim=RIM, inset=INSET),
        x=round(x, 1), y=round(y, 1),
        sentence=_sentence(f"{topic} / {name} ({ring})", have, expected, ratio, state),
    )  # fmt: skip


def space_badges(shown: Sequence[CellView]) -> list[CellView]:
    """The cells, of which those keep a visible badge that stands clear of a weightier one's."""
    taken: list[CellView] = []
    for cell in sorted(shown, key=lambda one: -max(one.cut, one.write, one.change_heat)):
        near = (abs(cell.x - it.x) < BADGE[0] and abs(cell.y - it.y) < BADGE[1] for it in taken)
        if cell.badge and not any(near):
            taken.append(cell)
    clear = {cell.id for cell in taken}
    return [replace(cell, badge_clear=cell.id in clear) for cell in shown]


def topics(frame: Frame, shown: Sequence[CellView], facts: Facts) -> list[TopicView]:
    """Every slice, with its label in the column on its side."""
    angles = {number: _middle(frame, number) for number in range(len(facts["topics"]))}
    heights = _heights(angles)
    inside = [[shown[c] for c in _members(frame, n)] for n in angles]
    longest = max((sum(max(c.have, c.expected) for c in group) for group in inside), default=1)
    scale = BAR_LENGTH / max(longest, 1)
    told = facts["topics"]
    return [
        replace(
            _label(
                _Label(n, angles[n], heights[n], scale),
                inside[n],
                told[n]["id"],
                _words(told[n]["words"]),
            ),
            spoke=_spoke(frame, n),
        )
        for n in angles
    ]


def _heights(angles: dict[int, float]) -> dict[int, float]:
    """The height of each label in the column of its side, spread so that none overlap."""
    heights: dict[int, float] = {}
    for right in (True, False):
        side = [n for n, angle in angles.items() if (math.sin(angle) >= 0) == right]
        ideal = [sector.point(RIM + 16, angles[n])[1] for n in side]
        at = sector.spread(ideal, low=-RIM - 4, high=RIM - 2, gap=LABEL_GAP)
        heights |= dict(zip(side, at, strict=True))
    return heights


@dataclass(frozen=True, slots=True)
class _Label:
    """Where a label goes: the angle of what it names, its height, pixels a sample.

    `start` is the radius from which the line to it leads.
    """

    number: int
    angle: float
    y: float
    scale: float
    start: float = RIM + 13


def _label(
    label: _Label, inside: Sequence[CellView], told_id: str, words: tuple[str, ...]
) -> TopicView:
    angle, y, scale = label.angle, label.y, label.scale
    have, expected = sum(c.have for c in inside), sum(c.expected for c in inside)
    side = 1 if math.sin(angle) >= 0 else -1
    start, bend = sector.point(label.start, angle), sector.point(RIM + 29, angle)
    edge, width = side * LABEL_X, have * scale
    leader = (
        f"M{start[0]:.1f} {start[1]:.1f}L{bend[0]:.1f} {bend[1]:.1f}"
        f"L{edge - side * 16:.1f} {y:.1f}H{edge - side * 5:.1f}"
    )
    states = {cell.state for cell in inside}
    worst = next((s for s in (State.OVER_DENSE, State.GAP) if s in states), State.ON_TARGET)
    return TopicView(
        id=told_id, words=words, have=have, expected=expected, state=worst, spoke="",
        leader=leader, anchor="start" if side > 0 else "end",
        label_x=round(edge, 1), label_y=round(y, 1),
        bar_x=round(edge if side > 0 else edge - width, 1), bar_width=round(width, 1),
        tick_x=round(edge + side * expected * scale, 1),
        number_x=round(edge + side * (max(width, expected * scale) + 6), 1),
    )  # fmt: skip


def _spoke(frame: Frame, topic: int) -> str:
    border = float(frame.sectors.topic_angles[topic])
    inner, outer = sector.point(BULL * RIM, border), sector.point(RIM, border)
    return f"M{inner[0]:.1f} {inner[1]:.1f}L{outer[0]:.1f} {outer[1]:.1f}"


def cell_labels(frame: Frame, shown: Sequence[CellView], topic: int) -> list[TopicView]:
    """The labels of the cells of one slice, for a board that shows only that slice.

    Of very many cells the flagged and then the largest have one; all have their sentence.
    """
    members = _members(frame, topic)
    inside = sorted(sorted(members, key=lambda at: _remark(shown[at]))[:MOST_LABELS])
    angles = {cell: _pointing(frame, cell, at, len(inside)) for at, cell in enumerate(inside)}
    heights = _heights(angles)
    longest = max((max(shown[c].have, shown[c].expected) for c in inside), default=1)
    scale = BAR_LENGTH / max(longest, 1)
    edges = {cell: float(frame.sectors.radius1[cell]) * RIM - DEEP for cell in inside}
    return [
        _label(
            _Label(c, angles[c], heights[c], scale, edges[c]),
            [shown[c]],
            shown[c].id,
            (shown[c].name,),
        )
        for c in inside
    ]


def _remark(cell: CellView) -> tuple[bool, float]:
    return cell.state not in (State.OVER_DENSE, State.GAP), -max(cell.have, cell.expected)


def _pointing(frame: Frame, cell: int, at: int, count: int) -> float:
    """The angle at which a cell is pointed at; of whole rings each another one."""
    start, end = float(frame.sectors.angle0[cell]), float(frame.sectors.angle1[cell])
    if end - start < 2 * math.pi - 1e-6:
        return (start + end) / 2
    return 2 * math.pi * (at + 0.5) / max(count, 2)


def groups(frame: Frame, facts: Facts) -> list[GroupView]:
    """The coarse groups as arcs outside the rim, with the path their name runs along."""
    found = []
    ends = [*frame.sectors.topic_angles[1:].tolist()]
    starts = frame.sectors.topic_angles[:-1].tolist()
    for number, words in enumerate(facts["groups"]):
        members = [topic for topic, group in enumerate(frame.group.tolist()) if group == number]
        angles = (starts[members[0]] + 0.012, ends[members[-1]] - 0.012)
        middle = (angles[0] + angles[1]) / 2
        upright = math.cos(middle) >= -0.2
        radius = GROUP_RADIUS + (6 if upright else 15)
        found.append(
            GroupView(
                path=sector.arc(GROUP_RADIUS, angles),
                text_path=sector.arc(radius, angles, outward=upright),
                name=_words(words)[0],
            )
        )
    return found


def regions(
    found: Sequence[Region], kind: State, shown: Sequence[CellView]
) -> tuple[RegionView, ...]:
    """The regions of one kind, largest effect first."""
    chosen = [region for region in found if region.kind is kind]
    largest = max((region.effect for region in chosen), default=1)
    return tuple(_region(region, shown, largest) for region in chosen)


def _region(region: Region, shown: Sequence[CellView], largest: int) -> RegionView:
    inside = [shown[cell] for cell in region.cells]
    over = region.kind is State.OVER_DENSE
    worst = max(inside, key=lambda cell: cell.cut if over else cell.write)
    have, expected = sum(c.have for c in inside), sum(c.expected for c in inside)
    return RegionView(
        topic=worst.topic, name=worst.name, ring=worst.ring, cell=worst.id,
        cells=tuple(cell.id for cell in inside), have=have, expected=expected,
        ratio=(have + 1) / (expected + 1), act=region.effect,
        share=region.effect / max(largest, 1),
    )  # fmt: skip


def score_arc(share: float) -> str:
    """The ring round the score, clockwise from 12 o'clock; "" for nothing."""
    turn = min(max(share, 0.0), 0.9999) * 2 * math.pi
    return sector.arc(BULL * RIM - 10, (0.0, turn)) if turn else ""


def _members(frame: Frame, topic: int) -> list[int]:
    return [cell for cell in range(frame.cells) if int(frame.topic[cell]) == topic]


def _middle(frame: Frame, topic: int) -> float:
    angles = frame.sectors.topic_angles
    return float(angles[topic] + angles[topic + 1]) / 2


def _words(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(words) or ("other",)


def _badge(state: State, ratio: float, write: int) -> str:
    if state == State.OVER_DENSE:
        return times(ratio)
    return f"+{write}" if state == State.GAP else ""


def times(ratio: float) -> str:
    """How many times, as a badge says it."""
    return f"×{ratio:.0f}" if ratio >= 9.95 else f"×{ratio:.1f}" if ratio >= 0.05 else "<×0.1"


def _heat(ratio: float) -> int:
    return min(4, max(0, round(4 * (ratio - 1.6) / (HOTTEST - 1.6))))


def _sentence(name: str, have: int, expected: float, ratio: float, state: State) -> str:
    verdict = {
        State.OVER_DENSE: f"over-dense, {ratio:.1f} times what is expected",
        State.HIGH: "somewhat many",
        State.ON_TARGET: "on target",
        State.SPARSE: "sparse",
        State.GAP: "a gap",
        State.UNKNOWN: "too few to judge",
    }[state]
    return f"{name}: {have} of {expected:.0f} expected; {verdict}"
