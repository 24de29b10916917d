"""A data set for the tests of versions and exports: read from bytes, without an encoder."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from app.curation import export, intake, parsing, review
from app.curation.changing import Change
from app.curation.export import ExportView, Order
from app.curation.intake import Arrival
from app.curation.spooling import SpoolWriter
from app.storage import datasets, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import Status
from app.worker.loop import Task, run_next

SLUG = "recipes"


def chat(asked: str, answered: str, **more: object) -> dict[str, object]:
    turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return {"messages": turns, **more}


def lines_of(records: Iterable[Mapping[str, object]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


class Release:
    """Loads, decides, exports; the jobs run here."""

    def __init__(self, read: Sessions, write: Sessions, folder: Path) -> None:
        self.read, self.write, self.folder = read, write, folder
        self.files = folder / "exports"
        self.tasks: Mapping[str, Task] = {
            "parse": lambda job: parsing.parse_upload(read, write, job, folder / "spool"),
            "export": lambda job: export.run(read, write, job, self.files),
        }

    def load(self, data: bytes, *, status: Status = Status.APPROVED) -> list[int]:
        """Read a file into the data set; return the ids of all its samples."""
        self.send(data)
        self.run()
        ids = self.ids()
        self.decide(ids, status)
        return ids

    def send(self, data: bytes) -> None:
        """Take a file; the job that reads it waits."""
        with SpoolWriter(self.folder / "spool", limit=1 << 32) as writer:
            writer.write(data)
            spooled = writer.finish()
        with self.write() as session:
            intake.accept(session, SLUG, spooled, Arrival("mia"), spool=self.folder / "spool")

    def ids(self) -> list[int]:
        with self.write() as session:
            dataset = datasets.get(session, SLUG)
            return [row.id for row in samples.page(session, dataset.id, Filter(), limit=10**6)]

    def decide(self, ids: Sequence[int], status: Status) -> None:
        with self.write() as session:
            samples.change(session, ids, status=status)

    def edit(self, sample_id: int, asked: str, answered: str) -> None:
        """Give a sample another text, as a person would."""
        with self.write() as session:
            row = samples.get(session, datasets.get(session, SLUG).id, sample_id)
            turns = chat(asked, answered)["messages"]
            change = Change(messages=cast(Sequence[Mapping[str, object]], turns))
            review.decide(session, SLUG, row.id, change, version=row.version, actor="mia")

    def start(self, order: Order, *, actor: str = "mia") -> ExportView:
        with self.write() as session:
            return export.start(session, SLUG, order, actor=actor)

    def view(self, export_id: int) -> ExportView:
        with self.read() as session:
            return export.view(session, SLUG, export_id)

    def export(self, order: Order) -> ExportView:
        """Start an export, run it, and return how it ended."""
        started = self.start(order)
        self.run()
        return self.view(started.id)

    def content(self, done: ExportView, name: str = "train.jsonl") -> bytes:
        with self.read() as session:
            path = export.open_file(session, SLUG, done.id, name, folder=self.files)
        return path.read_bytes()

    def run(self, worker: str = "test") -> None:
        while run_next(self.write, worker, self.tasks):
            pass
