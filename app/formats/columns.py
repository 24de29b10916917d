"""The columns beside the conversation: what a sample is called, and where it comes from."""

from collections.abc import Collection, Mapping

from app.formats.sample import Facets

LABELS = ("label", "category", "intent", "class")
LANGUAGES = ("lang", "language")
NAMES = ("id", "uid", "external_id")
TAGS = ("tags", "tag")
"""Columns of short words, one text or a list of them; the first is the label of what has none."""
FAMILIES = ("parent_id", "parent", "seed_id", "source_id", "derived_from", "family", "family_id")
"""Columns that say what a record was made from, by its id, or of what family it is."""
NAME_CHARACTERS = 200
"""What is longer is no id that anybody gave; it stays in its column."""

_FACETS = frozenset((*LABELS, *LANGUAGES, *TAGS, *FAMILIES, "source", "split", "origin"))
_NO_FACETS = Facets()


def facets_of(value: Mapping[str, object]) -> Facets:
    """The facets that the columns of a record give; the columns themselves stay where they are."""
    if _FACETS.isdisjoint(value):
        return _NO_FACETS
    return Facets(
        label=_first(value, LABELS) or _tag(value),
        source=_first(value, ("source",)),
        split=_first(value, ("split",)),
        language=_first(value, LANGUAGES),
        origin=_first(value, ("origin",)),
        family=as_name(_first(value, FAMILIES)),
    )


def external_id_of(value: Mapping[str, object]) -> str:
    """What the source calls this record, or nothing."""
    return as_name(_first(value, NAMES))


def as_name(text: str) -> str:
    """The text as an id, or nothing where it is too long for one."""
    return text if len(text) <= NAME_CHARACTERS else ""


def others(value: Mapping[str, object], known: Collection[str]) -> dict[str, object]:
    """The columns that are not known, in their order."""
    return {name: cell for name, cell in value.items() if name not in known}


def _first(value: Mapping[str, object], names: Collection[str]) -> str:
    for name in names:
        if name in value and (text := _text(value[name])):
            return text
    return ""


def _tag(value: Mapping[str, object]) -> str:
    cells = (value[name] for name in TAGS if name in value)
    firsts = (cell[0] if isinstance(cell, list) and cell else cell for cell in cells)
    return next((cell for cell in firsts if isinstance(cell, str) and cell), "")


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, int) else ""
