"""What is done to the samples between a version and its files."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

import orjson

from app.encoders import tokenizer_files
from app.errors import InvalidError

Number = TypeVar("Number", int, float)

SPLITS = ("train", "validation", "test")
KINDS = {"random": "at random", "topic": "by topic", "label": "by label", "region": "by region"}
MEANINGS = {
    "random": "Every sample has the same chance.",
    "topic": "Each split has the same topics.",
    "label": "Each split has the same labels.",
    "region": "Whole cells of the board are held out: they are asked in no training line.",
}
NO_FOLDER = Path("no-tokenizers")
"""Where only the bundled tokenizer is known."""
LONGEST_LICENCE = 200
LARGEST_SEED = 2**31 - 1
LARGEST_LIMIT = 100_000_000
LARGEST_CAP = 100.0

_SIZES = re.compile(r"([0-9]{1,3})/([0-9]{1,3})(?:/([0-9]{1,3}))?")


class SplitError(InvalidError):
    """A split is written as percents for train, validation and test that sum to 100: 90/5/5."""

    code = "split"


class CapError(InvalidError):
    """A cap is how many times its expectation a cell may hold: from 1 to 100."""

    code = "cap"


class RecipeError(InvalidError):
    """A choice of the export is out of its range."""

    code = "export_choice"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How samples are thinned, split and counted.

    Attributes:
        split: percents of train, validation and test, such as 90/5/5; "" for one file.
        by: one of KINDS.
        seed: deals otherwise when it differs.
        cap: how many times its expectation a cell may hold; 0 for no cap.
        tokenizer: the name of one (tokenizer_files); "" where tokens are not counted.
        limit: the most tokens that the model reads at once; 0 where nobody said.
        review: whether what people said of a sample (status, label, marks, flag, quality, notes)
            stands in a column `review` beside its text.
        licence: of the data, as the curator words it; for the data set card.
        tokenizer_hash: sha256 of the tokenizer's file, so that a repeat uses the same.
        clean: whether samples with leftovers (placeholders, boilerplate, personal data) stay out;
            else they are only told.
    """

    split: str = ""
    by: str = "random"
    seed: int = 0
    cap: float = 0.0
    tokenizer: str = ""
    limit: int = 0
    licence: str = ""
    tokenizer_hash: str = ""
    clean: bool = False
    review: bool = False

    @classmethod
    def load(cls, options: dict[str, Any]) -> Self:
        """Read back what `options` wrote; what an older export did not know is left at rest."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in options.items() if name in known})

    @property
    def options(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        return asdict(self)

    @property
    def deals(self) -> bool:
        """Whether the samples have to be looked at together before any is written."""
        return bool(self.split or self.cap)

    @property
    def percents(self) -> tuple[int, ...]:
        """The share of train, validation and test, in percent."""
        return percents_of(self.split) if self.split else (100,)

    def key(self, format_name: str, statuses: tuple[str, ...], *, board: bool) -> str:
        """A name for everything that decides where a sample goes; a board knows near copies."""
        told = {**self.options, "format": format_name, "statuses": statuses, "licence": ""}
        told["board"] = board
        del told["review"]  # it decides about nothing
        written = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(written).hexdigest()


def percents_of(text: str) -> tuple[int, ...]:
    """The percents that a split names, or raise SplitError."""
    match = _SIZES.fullmatch(text.replace(" ", ""))
    if match is None:
        raise SplitError
    found = tuple(int(one) for one in match.groups(default="0"))
    if sum(found) != 100 or found[0] == 0:
        raise SplitError
    return found


def read(fields: Mapping[str, str]) -> Recipe:
    """The recipe of a form or an address; what is empty or absent is not wanted."""
    said = {name: value.strip() for name, value in fields.items()}
    return Recipe(
        split=said.get("parts", ""),
        by=said.get("by", "") or "random",
        seed=_number("seed", said, int),
        cap=_number("cap", said, float),
        tokenizer=said.get("tokenizer", ""),
        limit=_number("limit", said, int),
        licence=said.get("licence", ""),
        clean=bool(said.get("clean")),
        review=said.get("review", "") == "1",
    )


def write(recipe: Recipe) -> dict[str, str]:
    """The fields that `read` reads, those that say something."""
    fields = {
        "parts": recipe.split,
        "by": recipe.by if recipe.split and recipe.by != "random" else "",
        "seed": str(recipe.seed or ""),
        "cap": f"{recipe.cap:g}" if recipe.cap else "",
        "tokenizer": recipe.tokenizer,
        "limit": str(recipe.limit or ""),
        "licence": recipe.licence,
        "clean": "1" if recipe.clean else "",
        "review": "1" if recipe.review else "",
    }
    return {name: value for name, value in fields.items() if value}


def _number(name: str, fields: Mapping[str, str], kind: Callable[[str], Number]) -> Number:
    try:
        return kind(fields.get(name) or "0")
    except ValueError:
        raise RecipeError(f"The {name} {fields[name][:40]!r} is no number.") from None


def check(recipe: Recipe, tokenizers: Path) -> Recipe:
    """The recipe with its tokenizer's hash; raise InvalidError where a choice is out of range."""
    if recipe.split:
        percents_of(recipe.split)
    if recipe.cap and not 1 <= recipe.cap <= LARGEST_CAP:  # nan is no cap either
        raise CapError
    for holds, sentence in (
        (recipe.by in KINDS, f"A split is made by {', '.join(KINDS)}."),
        (0 <= recipe.seed <= LARGEST_SEED, f"A seed is from 0 to {LARGEST_SEED:,}."),
        (0 <= recipe.limit <= LARGEST_LIMIT, f"A limit is from 1 to {LARGEST_LIMIT:,} tokens."),
        (
            len(recipe.licence) <= LONGEST_LICENCE,
            f"A licence has at most {LONGEST_LICENCE} characters.",
        ),
    ):
        if not holds:
            raise RecipeError(sentence)
    return _with_tokenizer(recipe, tokenizers)


def _with_tokenizer(recipe: Recipe, tokenizers: Path) -> Recipe:
    # Whoever names a limit wants it held to.
    name = recipe.tokenizer or (tokenizer_files.BUNDLED if recipe.limit else "")
    if not name:
        return recipe
    file = tokenizer_files.find(name, tokenizers)
    return replace(recipe, tokenizer=name, tokenizer_hash=file.sha256)
