"""What stands round the rows of a list: menus, chips, saved views, where a text lands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionView:
    """One value in a filter menu; following `href` turns it on or off."""

    value: str
    shown: str
    count: int | None  # None: not counted
    chosen: bool
    href: str


@dataclass(frozen=True, slots=True)
class MenuView:
    """One filter menu."""

    name: str  # of the query term
    shown: str
    options: tuple[OptionView, ...]


@dataclass(frozen=True, slots=True)
class ChipView:
    """One part of the query, with the address of the list without it."""

    shown: str
    remove_href: str


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved query."""

    id: int
    name: str
    href: str
    actor: str
    chosen: bool  # this is what the list shows now


@dataclass(frozen=True, slots=True)
class LandingView:
    """Where a text that nobody has stored would lie on the board."""

    text: str
    topic: str
    cell: str  # "" for an outsider
    cell_name: str
    cell_href: str
    x: float  # -1 to 1, to the right
    y: float  # -1 to 1, downwards
