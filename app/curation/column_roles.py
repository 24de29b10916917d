"""Which column of a file holds what, as its sender says it."""

from app.formats import mapping
from app.formats.mapping import Mapping, MappingError


def read(text: str) -> Mapping | None:
    """The roles of the columns; None where nothing is said.

    Raises:
        MappingError: this is no mapping, or no sample could be made by it.
    """
    if not text:
        return None
    roles = mapping.from_json(text)
    if roles.lack:
        raise MappingError(roles.lack)
    return roles
