"""What became of the samples of an export: how many went where, and how many tokens that is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.curation.dealing import Dealt
from app.curation.export_recipe import SPLITS
from app.curation.rendering import CAPPED, FIRST_SPLIT, Tally

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SplitView:
    """One file of lines. Tokens are 0 where nobody counted them."""

    name: str
    rows: int
    tokens: int
    trained: int


@dataclass(frozen=True, slots=True)
class CapView:
    """A cell that held more than its cap."""

    cell: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What became of the samples.

    Attributes:
        splits: train first; those without a sample are not there.
        longest: tokens of the longest line.
        over: lines that pass and are longer than the model reads: the trainer cuts or drops them.
        capped: samples that were taken off over-dense cells, `cells` where.
        held_out: of a split by region, (split, ids of its cells).
        groups: families and groups of near copies that were kept whole; `grouped` the samples in
            them, `largest` those in the largest.
        near: whether near copies were known: only a board knows.
        frame: the number of the board that was used; None without one.
    """

    splits: tuple[SplitView, ...]
    longest: int = 0
    over: int = 0
    capped: int = 0
    cells: tuple[CapView, ...] = ()
    held_out: tuple[tuple[str, tuple[str, ...]], ...] = ()
    groups: int = 0
    grouped: int = 0
    largest: int = 0
    near: bool = False
    frame: int | None = None

    @property
    def tokens(self) -> int:
        """All tokens of all files."""
        return sum(split.tokens for split in self.splits)

    @property
    def trained(self) -> int:
        """The tokens that are learned, of the training file."""
        return self.splits[0].trained if self.splits else 0

    @property
    def rows(self) -> dict[str, int]:
        """Lines of each split."""
        return {split.name: split.rows for split in self.splits}

    def dump(self) -> dict[str, Any]:
        """The outcome as JSON can hold it."""
        return asdict(self)


def load(kept: Mapping[str, Any]) -> OutcomeView:
    """Read back what dump wrote; of an export that kept nothing there is nothing to tell."""
    known = {name: value for name, value in kept.items() if name not in ("failed", "left")}
    return OutcomeView(**{
        **known,
        "splits": tuple(SplitView(**split) for split in kept.get("splits", ())),
        "cells": tuple(CapView(**cell) for cell in kept.get("cells", ())),
        "held_out": tuple((name, tuple(cells)) for name, cells in kept.get("held_out", ())),
    })  # fmt: skip


def of_one_file(tally: Tally) -> OutcomeView:
    """The outcome where every sample that passes goes into the training file."""
    split = SplitView(SPLITS[0], tally.passed, tally.tokens, tally.trained)
    return OutcomeView((split,), longest=tally.longest, over=tally.over)


def of_dealt(dealt: Dealt, tokens: Numbers, trained: Numbers, limit: int) -> OutcomeView:
    """The outcome of samples that were dealt; tokens and trained are (n,), 0 if not counted."""
    places, told = dealt.places, dealt.told
    written = places >= FIRST_SPLIT
    splits = [
        _split(name, places == FIRST_SPLIT + at, tokens, trained)
        for at, name in enumerate(SPLITS)
        if (places == FIRST_SPLIT + at).any()
    ]
    return OutcomeView(
        splits=tuple(splits),
        longest=int(tokens[written].max(initial=0)),
        over=int((tokens[written] > limit).sum()) if limit else 0,
        capped=int((places == CAPPED).sum()),
        cells=tuple(CapView(**cell) for cell in told.get("capped", ())),
        held_out=tuple((name, tuple(cells)) for name, cells in told.get("held_out", {}).items()),
        groups=told.get("groups", 0),
        grouped=told.get("grouped", 0),
        largest=told.get("largest", 0),
        near=told.get("near", False),
        frame=told["frame"],
    )


def _split(name: str, rows: NDArray[np.bool_], tokens: Numbers, trained: Numbers) -> SplitView:
    return SplitView(name, int(rows.sum()), int(tokens[rows].sum()), int(trained[rows].sum()))
