"""What stands beside the lines of an export: its manifest, its data set card, the trainer's own.

No times and no machine names are in them, so that a repeat gives the same bytes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson

from app.curation import export_card
from app.curation.export_outcome import OutcomeView
from app.curation.export_recipe import Recipe
from app.curation.rendering import Tally
from app.formats.exporters import Exporter
from app.storage.measurement_tables import MeasurementRow
from app.storage.release_tables import VersionRow
from app.storage.tables import DatasetRow, Status

MANIFEST, CARD = "manifest.json", "README.md"
SCHEMA = "dartboard.manifest/2"


@dataclass(frozen=True, slots=True)
class File:
    """A file of lines, as it will be published."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """An export whose lines are written; `files` by split, train first."""

    dataset: DatasetRow
    version: VersionRow
    exporter: Exporter
    statuses: tuple[Status, ...]
    recipe: Recipe
    tally: Tally
    outcome: OutcomeView
    files: Mapping[str, File]
    gauges: Sequence[MeasurementRow]


def write(done: Written) -> dict[str, bytes]:
    """Every file beside the lines, by name; the manifest tells of all others, so it is last."""
    names = {split: file.name for split, file in done.files.items()}
    beside = {
        **done.exporter.config_files(done.outcome.rows, names),
        CARD: export_card.write(_card(done)),
    }
    return {**beside, MANIFEST: _manifest(done, beside)}


def _card(done: Written) -> export_card.Card:
    gauges = {row.name: row for row in done.gauges}
    return export_card.Card(
        name=done.dataset.name,
        task=done.dataset.task,
        exporter=done.exporter,
        licence=done.recipe.licence,
        version=done.version.number,
        version_name=done.version.name,
        version_hash=done.version.hash,
        query=done.version.query,
        statuses=tuple(status.value for status in done.statuses),
        recipe=done.recipe,
        outcome=done.outcome,
        left_out=done.tally.failed,
        files={split: file.name for split, file in done.files.items()},
        facts=facts_of(done.version, done.statuses),
        coverage=gauges["coverage"].value if "coverage" in gauges else None,
        code=code_version(),
    )


def facts_of(row: VersionRow, statuses: Sequence[Status]) -> dict[str, dict[str, int]]:
    """How many samples of these statuses had each origin, label and language when frozen."""
    found: dict[str, Counter[str]] = {}
    for status in statuses:
        for column, counts in row.facts.get(status.value, {}).items():
            found.setdefault(column, Counter()).update(counts)
    return {
        column: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        for column, counts in found.items()
    }


def _manifest(done: Written, beside: Mapping[str, bytes]) -> bytes:
    outcome, recipe = done.outcome, done.recipe
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "format": done.exporter.name,
        "dataset": done.dataset.slug,
        "files": [
            {
                "name": file.name,
                "split": split,
                "rows": outcome.rows.get(split, 0),
                "bytes": file.bytes,
                "sha256": file.sha256,
            }
            for split, file in done.files.items()
        ],
        "rows": sum(outcome.rows.values()),
        "beside": [_told(name, content) for name, content in beside.items()],
        "version": {
            "number": done.version.number,
            "hash": done.version.hash,
            "rows": done.version.rows,
        },
        "filter": {
            "query": done.version.query,
            "statuses": [status.value for status in done.statuses],
        },
        "split": _split(recipe, outcome),
        "cap": _cap(recipe, outcome),
        "tokens": _tokens(recipe, outcome),
        "licence": recipe.licence,
        "board": outcome.frame,
        "left_out": {
            "samples": done.tally.failed,
            "rules": {rule: one["count"] for rule, one in sorted(done.tally.failures.items())},
        },
        "leftovers": {rule: one["count"] for rule, one in sorted(done.tally.left.items())},
        "code": code_version(),
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"


def _split(recipe: Recipe, outcome: OutcomeView) -> dict[str, Any] | None:
    if not recipe.split:
        return None
    return {
        "sizes": recipe.split,
        "by": recipe.by,
        "seed": recipe.seed,
        "held_out_cells": {name: list(cells) for name, cells in outcome.held_out},
        "kept_whole": {"groups": outcome.groups, "samples": outcome.grouped},
        "near_copies_known": outcome.near,
    }


def _cap(recipe: Recipe, outcome: OutcomeView) -> dict[str, Any] | None:
    if not recipe.cap:
        return None
    cells = {one.cell: {"before": one.before, "after": one.after} for one in outcome.cells}
    return {"ratio": recipe.cap, "samples": outcome.capped, "cells": cells}


def _tokens(recipe: Recipe, outcome: OutcomeView) -> dict[str, Any] | None:
    if not recipe.tokenizer:
        return None
    return {
        "tokenizer": recipe.tokenizer,
        "tokenizer_sha256": recipe.tokenizer_hash,
        "limit": recipe.limit or None,
        "longest": outcome.longest,
        "over_limit": outcome.over,
        "splits": {
            one.name: {"total": one.tokens, "trained": one.trained} for one in outcome.splits
        },
    }


def _told(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}


def code_version() -> str:
    """The version of Dartboard that wrote the files."""
    try:
        return version("dartboard")
    except PackageNotFoundError:  # a checkout that was never installed
        return "unknown"
