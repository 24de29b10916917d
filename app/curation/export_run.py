"""A frozen version -> files on disk. Runs in the worker.

The rows are read in order of sample id, a chunk at a time and each chunk in a
snapshot of its own: a version never changes, so no snapshot need be held. A
chunk's lines are in the file before the cursor says so; a killed job copies
what the file's mark vouches for and goes on. The export's row is written last.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson
from sqlmodel import Session

from app.curation import rendering
from app.curation.export_files import GrowingFile, sync_folder
from app.curation.rendering import Tally
from app.formats.exporters import EXPORTERS, Exporter
from app.storage import datasets, exports, jobs, versions
from app.storage.database import Sessions
from app.storage.exports import Content
from app.storage.release_tables import VersionRow
from app.storage.tables import JobRow, JobState, Status

CHUNK = 4_000
DATA, MANIFEST = "train", "manifest.json"
SCHEMA = "dartboard.manifest/1"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one export is: everything that its bytes depend on."""

    export_id: int
    slug: str
    version: VersionRow
    exporter: Exporter
    statuses: tuple[Status, ...]
    total: int
    dry_run: bool


def run(read: Sessions, write: Sessions, job: JobRow, folder: Path) -> None:
    """Write the files of an export; run again after a kill, it goes on where it stopped."""
    with read() as session:
        plan = _plan(session, job)
    path = path_of(folder, plan.export_id, DATA + plan.exporter.suffix)
    with closing(GrowingFile(path, attempt=job.attempt)) as file:
        tally = _write_lines(read, write, job, plan, file)
        if plan.dry_run:
            file.discard()
            files = []
        else:
            files = _publish(plan, file, tally)
        _note(write, job, plan, tally, size=file.bytes, files=files)


def path_of(folder: Path, export_id: int, name: str) -> Path:
    """Where a file of an export lies; `name` comes from the export's row, never from outside."""
    return folder / str(export_id) / name


def _plan(session: Session, job: JobRow) -> _Plan:
    dataset = datasets.get_by_id(session, int(job.dataset_id or 0))
    row = exports.get(session, dataset.id, int(job.params["export"]))
    return _Plan(
        export_id=row.id,
        slug=dataset.slug,
        version=versions.get_by_id(session, row.version_id),
        exporter=EXPORTERS[row.format],
        statuses=tuple(Status(status) for status in row.options["statuses"]),
        total=row.total,
        dry_run=bool(row.options["dry_run"]),
    )


def _write_lines(
    read: Sessions, write: Sessions, job: JobRow, plan: _Plan, file: GrowingFile
) -> Tally:
    after, tally = _take_up(job, file)
    if not file.bytes:
        file.write([plan.exporter.prefix])
    for part in _parts(read, plan, after):
        file.write(rendering.render(plan.exporter, part, tally))
        cursor = {"after": part[-1].sample_id, "tally": tally.dump(), "file": file.mark()}
        with write() as session:
            jobs.checkpoint(
                session, job, cursor=cursor, phase="check" if plan.dry_run else "write",
                done=tally.passed + tally.failed, total=plan.total,
            )  # fmt: skip
    return tally


def _take_up(job: JobRow, file: GrowingFile) -> tuple[int, Tally]:
    """Where to go on: behind the last checkpoint, or at the beginning if its file is gone."""
    cursor = job.cursor
    if cursor and file.take_up(cursor["file"]):
        return int(cursor["after"]), Tally.load(cursor["tally"])
    return 0, Tally()


def _parts(read: Sessions, plan: _Plan, after: int) -> Iterator[Sequence[Content]]:
    while True:
        with read() as session:
            part = exports.frozen(session, plan.version.id, plan.statuses, after=after, limit=CHUNK)
        if not part:
            return
        yield part
        after = part[-1].sample_id


def _publish(plan: _Plan, file: GrowingFile, tally: Tally) -> list[dict[str, Any]]:
    """Bring all files to disk under their names; return what the export's row says of them."""
    name, folder = file.path.name, file.path.parent
    configured = plan.exporter.config_files({DATA: tally.passed}, {DATA: name})
    beside = {**configured, MANIFEST: _manifest(plan, file, tally, configured)}
    file.sync()
    file.publish()
    for other, content in beside.items():
        with closing(GrowingFile(folder / other, attempt=file.attempt)) as small:
            small.write([content])
            small.sync()
            small.publish()
    sync_folder(folder)
    sync_folder(folder.parent)
    return [
        {"name": name, "bytes": file.bytes, "sha256": file.sha256},
        *(_told(other, content) for other, content in beside.items()),
    ]


def _told(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}


def _manifest(
    plan: _Plan, file: GrowingFile, tally: Tally, configured: Mapping[str, bytes]
) -> bytes:
    """What the file holds and where it came from; no times, so that repeats are identical."""
    told = {
        "schema": SCHEMA,
        "file": file.path.name,
        "sha256": file.sha256,
        "rows": tally.passed,
        "bytes": file.bytes,
        "beside": [_told(name, content) for name, content in configured.items()],
        "format": plan.exporter.name,
        "dataset": plan.slug,
        "version": {
            "number": plan.version.number,
            "hash": plan.version.hash,
            "rows": plan.version.rows,
        },
        "filter": {
            "query": plan.version.query,
            "statuses": [status.value for status in plan.statuses],
        },
        "left_out": {
            "samples": tally.failed,
            "rules": {rule: found["count"] for rule, found in sorted(tally.failures.items())},
        },
        "code": _code_version(),
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"


def _note(
    write: Sessions,
    job: JobRow,
    plan: _Plan,
    tally: Tally,
    *,
    size: int,
    files: list[dict[str, Any]],
) -> None:
    failures = rendering.explain(plan.exporter, tally, rows=tally.passed, size=size)
    with write() as session:
        row = exports.get(session, int(job.dataset_id or 0), plan.export_id)
        row.state, row.rows, row.files = JobState.DONE, tally.passed, files
        row.failures = [asdict(failure) for failure in failures]
        jobs.checkpoint(session, job)


def _code_version() -> str:
    try:
        return version("dartboard")
    except PackageNotFoundError:  # a checkout that was never installed
        return "unknown"
