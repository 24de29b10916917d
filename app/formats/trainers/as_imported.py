"""Every sample in the dialect that it came in: what was not touched comes out as it went in."""

from app.formats import dialects
from app.formats.exporter import Exporter
from app.formats.sample import KINDS, Sample


def record(sample: Sample) -> dict[str, object]:
    """The sample in its own dialect, unknown columns included."""
    name = sample.dialect if sample.dialect in dialects.DIALECTS else dialects.SPELLED[sample.kind]
    return dialects.DIALECTS[name].write(sample)


AS_IMPORTED = Exporter(
    "as-imported",
    "As it was imported",
    (),
    record,
    native=record,
    kinds=KINDS,
    dialect="*",
    note="No trainer's rules are checked.",
)
