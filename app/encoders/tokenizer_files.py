"""Tokenizers that an operator puts into a folder: NAME.json, or NAME/tokenizer.json.

A name chooses among the files that are there; it never becomes a path.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.encoders import weights
from app.errors import InvalidError

BUNDLED = "estimate"
"""The tokenizer of the default encoder: an estimate for every other model."""


class UnknownTokenizerError(InvalidError):
    """There is no tokenizer of that name."""

    code = "unknown_tokenizer"


class BrokenTokenizerError(InvalidError):
    """This file is no tokenizer.json."""

    code = "broken_tokenizer"


@dataclass(frozen=True, slots=True)
class TokenizerFile:
    """A tokenizer.json under the name that people choose it by."""

    name: str
    path: Path
    sha256: str


def names(folder: Path) -> tuple[str, ...]:
    """What can be chosen: the files of the folder, then the bundled one."""
    return (*sorted(_paths(folder)), BUNDLED)


def find(name: str, folder: Path) -> TokenizerFile:
    """The tokenizer of this name, or raise UnknownTokenizerError."""
    if name == BUNDLED:
        path = weights.verified(weights.folder()) / "tokenizer.json"
        return TokenizerFile(name, path, weights.SHA256["tokenizer.json"])
    path = _paths(folder).get(name, Path())
    if not path.is_file():
        known = ", ".join(names(folder))
        raise UnknownTokenizerError(f"There is no tokenizer {name[:60]!r}; there is {known}.")
    with path.open("rb") as file:
        return TokenizerFile(name, path, hashlib.file_digest(file, "sha256").hexdigest())


@lru_cache(maxsize=2)
def load(file: TokenizerFile) -> Any:
    """A tokenizers.Tokenizer that neither cuts texts nor fills them up."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file.path))
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise BrokenTokenizerError(f"{file.name} is no tokenizer.json: {error}") from None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _paths(folder: Path) -> Mapping[str, Path]:
    files = {path.stem: path for path in sorted(folder.glob("*.json"))}
    inside = {path.parent.name: path for path in sorted(folder.glob("*/tokenizer.json"))}
    return {**files, **inside}
