"""What a gauge's number means, in plain words: title, number, sentence, flag, and what to open.

A gauge is flagged by the rule of its fault; a null band alone flags only what has no other rule.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.storage.measurement_tables import MeasurementRow

MOST_REPEATS = 0.05
MOST_OPENING = 0.10
MOST_TEMPLATED = 0.02


@dataclass(frozen=True, slots=True)
class Said:
    """One gauge in words. `asked` is a query for the samples behind it, `cell` one of the board."""

    shown: str
    sentence: str
    flagged: bool = False
    asked: str = ""
    cell: str = ""
    link: str = ""


TITLES = {
    "repeats": "Repeats",
    "evenness": "Balance",
    "coverage": "Coverage",
    "novelty": "Novelty",
    "vendi": "Variety",
    "templates": "Templates",
    "openings": "Openings",
    "lengths": "Answer lengths",
    "phrases": "Phrases",
    "answers": "Answers",
    "facets": "Kinds of input",
}
LIMITS: Mapping[str, float] = {
    "repeats": MOST_REPEATS, "openings": MOST_OPENING, "templates": MOST_TEMPLATED,
}  # fmt: skip
"""Above these a gauge is flagged, band or not."""
ENDS: Mapping[str, float] = {
    "repeats": 2 * MOST_REPEATS, "openings": 2 * MOST_OPENING,
    "templates": 2 * MOST_TEMPLATED, "coverage": 1.0, "novelty": 1.0,
    "phrases": 1.0, "answers": 1.0,
}  # fmt: skip
"""Where a bar ends at the least."""
WHOLE = ("coverage", "novelty", "phrases", "answers")
"""Gauges whose number cannot pass the end of its bar."""


def percent(share: float) -> str:
    """0.0712 -> "7.1 %"; whole percents from 10 on."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.1f} %"


FORMATS: Mapping[str, Callable[[float], str]] = {
    "repeats": percent,
    "evenness": percent,
    "coverage": percent,
    "novelty": lambda value: f"{value:.3f}",
    "vendi": lambda value: f"{value:.0f}",
    "templates": percent,
    "openings": percent,
    "lengths": lambda value: f"\u00d7{value:.1f}",
    "phrases": percent,
    "answers": percent,
    "facets": lambda value: f"{value:.0f} thin",
}


def describe(row: MeasurementRow) -> Said:
    """The row of a measurement in words."""
    return _SAYERS[row.name](row)


def listing(ids: Sequence[int]) -> str:
    """The query for exactly these samples."""
    return "ids=" + ",".join(map(str, ids)) if ids else ""


def _repeats(row: MeasurementRow) -> Said:
    body, shown = row.body, percent(row.value)
    exact = body.get("exact", 0)
    told = f"{shown} of the samples nearly repeat another one"
    told += f", {_number(exact)} word for word" if exact else ""
    flagged = row.value > max(MOST_REPEATS, row.high or 0)
    usual = _usual(row, percent) or f"; up to {percent(MOST_REPEATS)} is fine"
    # Beyond so many ids the board's own flag stands in: it knows what was rejected since less well.
    few = body["count"] == len(body["ids"])
    asked = listing(body["ids"]) if few else "flag=near_duplicate"
    return Said(shown, f"{told}{usual}.", flagged, asked, link="Show them")


def _evenness(row: MeasurementRow) -> Said:
    body, shown = row.body, percent(row.value)
    told = f"The samples fill {body['filled']:.0f} sub-topics' worth of room evenly"
    told += f"; the target fills {body['wanted']:.0f}"
    if body["over"]:
        told += f". The largest crowd holds {percent(body['largest'])} of all samples"
    else:
        told += _usual(row, percent)
    asked = "cell=" + ",".join(body["cells"]) if body["cells"] else ""
    flagged = bool(body["over"] or body["gaps"])
    return Said(shown, f"{told}.", flagged, asked, link="Show the crowd")


def _coverage(row: MeasurementRow) -> Said:
    body, shown = row.body, percent(row.value)
    told = (
        f"{_number(body['missing'])} of {_number(body['size'])} wanted inputs have no sample near"
    )
    flagged = row.value < (row.low or 0)
    cell = body["worst"]
    return Said(shown, f"{told}{_usual(row, percent)}.", flagged, cell=cell, link="Show where")


def _novelty(row: MeasurementRow) -> Said:
    told = f"Mean distance of a sample from the others, near ones first, among {_size(row)}"
    return _against_band(row, told, FORMATS["novelty"])


def _vendi(row: MeasurementRow) -> Said:
    shown = FORMATS["vendi"](row.value)
    told = f"{_size(row)} are as varied as {shown} wholly unlike ones"
    return _against_band(row, told[0].upper() + told[1:], FORMATS["vendi"])


def _against_band(row: MeasurementRow, told: str, write: Callable[[float], str]) -> Said:
    flagged = row.value < (row.low or 0)
    return Said(write(row.value), f"{told}{_usual(row, write)}.", flagged)


def _templates(row: MeasurementRow) -> Said:
    body, shown = row.body, percent(row.value)
    if not body["templates"]:
        return Said("none", "No twenty samples fill one template.")
    held, most = _number(body["count"]), body["groups"][0]["size"]
    some = "one template" if body["templates"] == 1 else f"{body['templates']} templates"
    told = f"{held} of {_size(row)} only fill {some} anew; the largest holds {_number(most)}."
    flagged = row.value > MOST_TEMPLATED
    return Said(shown, told, flagged, listing(body["groups"][0]["ids"]), link="Show the largest")


def _openings(row: MeasurementRow) -> Said:
    body, shown = row.body, percent(row.value)
    if body["labels"]:
        return Said(shown, "The answers are labels or a few words: openings say nothing here.")
    told = f"The commonest opening is \u201c{body['phrase'][:60]}\u201d, in {shown} of the answers."
    flagged = row.value > MOST_OPENING
    return Said(shown, told, flagged, listing(body["ids"]), link="Show them")


def _lengths(row: MeasurementRow) -> Said:
    body = row.body
    told = (
        f"Most answers have {body['short']} to {body['long']} words; {body['middle']} is typical."
    )
    return Said(FORMATS["lengths"](row.value), told)


def _phrases(row: MeasurementRow) -> Said:
    told = f"Of 100 pairs of words in the answers {100 * row.value:.0f} were not said before."
    return Said(percent(row.value), told)


def _answers(row: MeasurementRow) -> Said:
    body = row.body
    number = _number(round(body["different"]))
    if body["labels"]:
        return Said(percent(row.value), f"As varied as {number} equally frequent labels.")
    told = f"As varied as {number} answers that all differ, of {_number(body['size'])}."
    return Said(percent(row.value), told)


def _facets(row: MeasurementRow) -> Said:
    thin = [f"{value} ({facet})" for facet, value in row.body["thin"]]
    if not thin:
        return Said("none thin", "Every kind of input that is asked for has three samples or more.")
    who = "The target has them, or every model meets them" if row.body["asked"] else (
        "Every model meets them"
    )  # fmt: skip
    told = f"Fewer than three samples: {', '.join(thin[:6])}. {who}."
    return Said(FORMATS["facets"](row.value), told, flagged=True)


def _usual(row: MeasurementRow, write: Callable[[float], str]) -> str:
    usual = row.body.get("usual")
    return "" if usual is None else f"; {write(usual)} is usual"


def _size(row: MeasurementRow) -> str:
    return f"{_number(row.body['size'])} samples"


def _number(value: float) -> str:
    return f"{value:,.0f}"


_SAYERS: Mapping[str, Callable[[MeasurementRow], Said]] = {
    "repeats": _repeats,
    "evenness": _evenness,
    "coverage": _coverage,
    "novelty": _novelty,
    "vendi": _vendi,
    "templates": _templates,
    "openings": _openings,
    "lengths": _lengths,
    "phrases": _phrases,
    "answers": _answers,
    "facets": _facets,
}
KNOWN: frozenset[str] = frozenset(_SAYERS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where numbers are opened: a data set, and the query that they were read of."""

    slug: str
    query: str


def address(place: Place, said: Said) -> str:
    """The address behind a gauge, or "" when there is nothing to open."""
    more = f"&{place.query}" if place.query else ""
    if said.cell:
        return f"/d/{place.slug}/board?cell={said.cell}{more}"
    if not said.asked:
        return ""
    # Ids are those of the query already; anything else has to be narrowed.
    return f"/d/{place.slug}/samples?{said.asked}{'' if said.asked.startswith('ids=') else more}"


def body_of(rows: Sequence[MeasurementRow], name: str) -> dict[str, Any] | None:
    """What a gauge's number rests on, or None when it was not read."""
    return next((row.body for row in rows if row.name == name), None)
