"""What an upload would do, without storing anything of it."""

from dataclasses import dataclass, field
from pathlib import Path

from app.curation import beside, reading, remembering, repeats, spooling
from app.curation.chunks import Chunk, Tally
from app.curation.column_roles import Told
from app.curation.compact import Named, Prints
from app.curation.intake import RejectView, UploadView
from app.curation.repeats import Known
from app.curation.spooling import Spooled
from app.formats.sample import Rejected, Sample
from app.storage import brought, datasets
from app.storage.database import Sessions

SHOWN_REJECTS = 50
NO_DATASET = 0
"""Of which nothing is known."""
NO_RECORD = "0"


@dataclass(slots=True)
class Rehearsal:
    """Counts chunk by chunk, as if each had been stored before the next.

    Fingerprints and names are held as numbers of 64 bits: what is counted needs no more, and
    the most records that a file may have, 20 million, fit into one and a half gigabytes.
    """

    read: Sessions
    dataset_id: int
    prints: Prints = field(default_factory=Prints)
    named: Named = field(default_factory=Named)
    gone: Prints = field(default_factory=Prints)

    def count(self, chunk: Chunk) -> Tally:
        """What would become of the chunk."""
        told = [_told(sample) for _, sample, _ in chunk.samples]
        self._look_up(chunk)
        names = {name for _, name, _ in told if name}
        before = {name: old.said for name in names if (old := self.named.get(name))}
        tally = Tally(rejected=len(chunk.rejects), blank=chunk.blank)
        for verdict in repeats.judge(told, self.prints, self.named):
            tally.add(verdict)
        for name, said in before.items():
            now = self.named.get(name)
            if now is None or now.said != said:
                self.gone.add(said)
        return tally

    def _look_up(self, chunk: Chunk) -> None:
        """Learn what the data set holds of these, but for what was changed since."""
        found = [sample for _, sample, _ in chunk.samples]
        names = self.named.unknown({sample.external_id for sample in found} - {""})
        with self.read() as session:
            prints = brought.fingerprints(
                session, self.dataset_id, [sample.fingerprint for sample in found]
            )
            held = beside.brought_last(session, self.dataset_id, sorted(names))
        for one in map(_short, prints):
            if one not in self.gone:
                self.prints.add(one)
        for name, columns in held.items():
            self.named[name] = Known(*map(_short, beside.known(columns)))


def rehearse(
    read: Sessions,
    slug: str,
    spooled: Spooled,
    told: Told,
    *,
    spool: Path,
    may_be_new: bool = False,
) -> UploadView:
    """Read the whole file and count; the spooled bytes are removed again.

    Raises:
        DatasetNotFoundError: no such data set, where it may not be one that is not made yet.
        UnreadableFileError: the file is no data at all.
        MappingError: no sample could be read by this mapping.
    """
    try:
        with read() as session:
            new = may_be_new and datasets.find(session, slug) is None
            dataset_id = NO_DATASET if new else datasets.get(session, slug).id
            told = remembering.resolve(session, dataset_id, told)
        return _count(Rehearsal(read, dataset_id), slug, spooled, spool / spooled.name, told)
    finally:
        spooling.remove(spool, spooled.name)


def _count(rehearsal: Rehearsal, slug: str, spooled: Spooled, path: Path, told: Told) -> UploadView:
    total, lines = Tally(), 0
    rejects: list[Rejected] = []
    found = reading.read_file(path, told)
    for chunk in found.chunks:
        total += rehearsal.count(chunk)
        lines += chunk.entries
        rejects += [reject for _, reject in chunk.rejects[: SHOWN_REJECTS - len(rejects)]]
    shown = tuple(RejectView(r.line, r.code, r.reason, r.text) for r in rejects)
    return UploadView(
        id=0, dataset=slug, filename="", purpose="samples", state="rehearsed", error="",
        bytes=spooled.bytes, container=found.container, dialect=found.dialect,
        job=None, rejects=shown, lines=lines, **total.counts,
    )  # fmt: skip


def _told(sample: Sample) -> tuple[int, str, int]:
    """What is judged of a record; one without an id of its source is told by its text alone."""
    whole = beside.whole_of(sample) if sample.external_id else NO_RECORD
    return _short(sample.fingerprint), sample.external_id, _short(whole)


def _short(fingerprint: str) -> int:
    return int(fingerprint[:16], 16)
