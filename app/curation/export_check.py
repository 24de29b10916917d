"""Everything that has to be known of all samples of an export before any of them is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel import Session

from app.curation import dealing, export_outcome, rendering
from app.curation.export_outcome import OutcomeView
from app.curation.export_recipe import Recipe
from app.curation.export_reviews import Reviews
from app.curation.rendering import Places, Press, Tally
from app.formats.tokens import Counts
from app.storage import frames
from app.storage.board_tables import FrameRow
from app.storage.exports import Content
from app.storage.traits import Traits

Fetch = Callable[[FrameRow | None], Traits]


@dataclass(frozen=True, slots=True)
class Checked:
    """Samples that were checked, and what became of each (places, by id)."""

    places: Places
    tally: Tally
    outcome: OutcomeView

    def dump(self) -> dict[str, Any]:
        """All but the places, as JSON can hold it."""
        return {"tally": self.tally.dump(), "outcome": self.outcome.dump()}


@dataclass(slots=True)
class Findings:
    """What the check found of each sample so far, by id."""

    passing: list[bool]
    tokens: list[int]
    trained: list[int]
    tally: Tally

    def add(self, press: Press, part: Sequence[Content]) -> None:
        """Check some more samples."""
        passing, counted = rendering.check(press, part, self.tally)
        self._note(passing, counted)

    def add_lines(self, press: Press, part: Sequence[Content], reviews: Reviews) -> list[bytes]:
        """Check some more samples by making their lines; empty for those that do not pass."""
        lines, counted = rendering.render(press, part, self.tally, reviews)
        self._note([bool(line) for line in lines], counted)
        return lines

    def _note(self, passing: Sequence[bool], counted: Sequence[Counts | None]) -> None:
        self.passing += passing
        self.tokens += [counts.total if counts else 0 for counts in counted]
        self.trained += [counts.trained if counts else 0 for counts in counted]


def load(places: Places, kept: dict[str, Any]) -> Checked:
    """Read back what dump wrote."""
    return Checked(places, Tally.load(kept["tally"]), export_outcome.load(kept["outcome"]))


def deal(
    session: Session, dataset_id: int, found: Findings, recipe: Recipe, fetch: Fetch
) -> Checked:
    """Cap and split what passed, by the newest board.

    Args:
        session: reads the board and its vectors.
        dataset_id: the samples' data set.
        found: what the check found of every sample that `fetch` gives.
        recipe: what is wanted.
        fetch: the traits of the samples on a board, by id.
    """
    frame = frames.newest(session, dataset_id)
    passing = np.array(found.passing, dtype=np.bool_)
    dealt = dealing.deal(session, dataset_id, fetch(frame), passing, recipe, frame)
    tokens, trained = (np.array(one, dtype=np.int64) for one in (found.tokens, found.trained))
    outcome = export_outcome.of_dealt(dealt, tokens, trained, recipe.limit)
    return Checked(dealt.places, found.tally, outcome)
