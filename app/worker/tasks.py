"""Which function runs under which kind in the queue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from threading import Thread

from app import encoders
from app.curation import (
    checking,
    copying,
    drawing,
    embedding,
    export,
    export_sweep,
    file_limits,
    gauges,
    gauging,
    mapping,
    nearness,
    parsing,
    probing,
    restoring,
    review,
)
from app.encoders import Encoder
from app.encoders.remote_model import Writer
from app.storage.database import Sessions
from app.storage.tables import JobRow
from app.worker import memory
from app.worker.loop import Task


class Tools:
    """What tasks work with. The encoder is loaded when the first task needs it."""

    def __init__(self, read: Sessions, write: Sessions, *, spool: Path, exports: Path) -> None:
        self.read, self.write, self.spool, self.exports = read, write, spool, exports
        self.encoder_name, self.models, self.threads = "default", spool.parent / "models", 2
        self.vectors = spool.parent / "vectors"
        self.model: Writer | None = None  # the language model, when one is configured
        self.warming: Thread | None = None  # loads the encoder

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read a file in here; not while the encoder is loaded, which takes what it takes."""
        if self.warming is not None:
            self.warming.join()
        with memory.at_most(file_limits.memory()):
            yield

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the settings name."""
        return encoders.load(self.encoder_name, cache=self.models, threads=self.threads)


def make_tasks(tools: Tools) -> Mapping[str, Task]:
    """Every task that a job may name."""
    read, write = tools.read, tools.write

    def parse(job: JobRow) -> None:
        with tools.reading():
            parsing.parse_upload(read, write, job, tools.spool)

    def check(job: JobRow) -> None:
        with tools.reading():
            checking.run(read, write, job, tools.spool)

    def embed(job: JobRow) -> None:
        embedding.embed_missing(read, write, job, tools.encoder)
        with read() as session:
            nearness.keep(session, tools.vectors, int(job.dataset_id or 0), job.id)
        mapping.ask_after_embedding(write, job)

    def draw(job: JobRow) -> None:
        drawing.draw_board(read, write, job, tools.encoder.name)

    def probe(job: JobRow) -> None:
        probing.propose(read, write, job, tools.model)

    def write_export(job: JobRow) -> None:
        with read() as session:
            export_sweep.sweep(session, tools.exports)
        export.run(read, write, job, tools.exports)

    def decide(job: JobRow) -> None:
        review.run_batch(write, job)
        gauges.ask_after_deciding(write, job)

    return {
        "parse": parse,
        "check": check,
        "embed": embed,
        "draw": draw,
        "copy": partial(copying.copy_texts, read, write),
        "probe": probe,
        "map": partial(mapping.draw_map, read, write),
        "gauge": partial(gauging.read_gauges, read, write),
        "export": write_export,
        "decide": decide,
        "restore": partial(restoring.run, write),
    }
