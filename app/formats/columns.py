"""The columns beside the conversation: what a sample is called, and where it comes from."""

from collections.abc import Collection, Mapping

from app.formats.sample import Facets

LABELS = ("label", "category", "intent", "class")
LANGUAGES = ("lang", "language")
NAMES = ("id", "uid", "external_id")


def facets_of(value: Mapping[str, object]) -> Facets:
    """The facets that the columns of a record give; the columns themselves stay where they are."""
    return Facets(
        label=_first(value, LABELS),
        source=_first(value, ("source",)),
        split=_first(value, ("split",)),
        language=_first(value, LANGUAGES),
        origin=_first(value, ("origin",)),
    )


def external_id_of(value: Mapping[str, object]) -> str:
    """What the source calls this record, or nothing."""
    return _first(value, NAMES)


def others(value: Mapping[str, object], known: Collection[str]) -> dict[str, object]:
    """The columns that are not known, in their order."""
    return {name: cell for name, cell in value.items() if name not in known}


def _first(value: Mapping[str, object], names: Collection[str]) -> str:
    for name in names:
        cell = value.get(name)
        if isinstance(cell, str) and cell:
            return cell
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, int):
            return str(cell)
    return ""
