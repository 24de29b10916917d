"""A frozen version -> files on disk. Runs in the worker.

The rows are read in order of sample id, a chunk at a time and each chunk in a
snapshot of its own: a version never changes, so no snapshot need be held. A
chunk's lines are in the files before the cursor says so; a killed job copies
what the files' marks vouch for and goes on. The export's row is written last.

Where samples are capped or split they are all checked first, and what becomes
of each is kept: a repeat, or a job that is taken up again, finds it there. Their
lines are made meanwhile and wait in a spool; they are made anew where they do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.curation import export_check, export_outcome, export_papers, export_reviews, rendering
from app.curation.export_check import Checked, Findings
from app.curation.export_files import GrowingFile, publish
from app.curation.export_outcome import OutcomeView
from app.curation.export_papers import File, Written
from app.curation.export_recipe import SPLITS, Recipe
from app.curation.export_reviews import Reviews
from app.curation.export_spool import Chunk, Spool
from app.curation.rendering import Press, Tally
from app.encoders import tokenizer_files
from app.errors import ConflictError
from app.formats.exporters import EXPORTERS
from app.storage import datasets, dealings, exports, frames, jobs, measurements, traits, versions
from app.storage.database import Sessions
from app.storage.exports import Content
from app.storage.jobs import CancelledError
from app.storage.release_tables import DealingRow, VersionRow
from app.storage.tables import DatasetRow, JobRow, JobState, Status

CHUNK = 10_000


class OtherTokenizerError(ConflictError):
    """The tokenizer's file is not the one that the export was asked for with; export anew."""

    code = "other_tokenizer"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one export is: everything that its bytes depend on."""

    export_id: int
    dataset: DatasetRow
    version: VersionRow
    press: Press
    statuses: tuple[Status, ...]
    recipe: Recipe
    total: int
    dry_run: bool

    def key(self, *, board: bool) -> str:
        return self.recipe.key(self.press.exporter.name, self.statuses, board=board)


def run(
    read: Sessions, write: Sessions, job: JobRow, folder: Path, tokenizers: Path | None = None
) -> None:
    """Write the files of an export; run again after a kill, it goes on where it stopped."""
    with read() as session:
        plan = _plan(session, job, tokenizers or folder.parent / "tokenizers")
    with ExitStack() as opened:
        spool = opened.enter_context(closing(Spool(path_of(folder, plan.export_id, ""))))
        work = _Work(read, write, job, plan, spool)
        checked = work.check() if plan.recipe.deals else None
        if checked is not None and plan.dry_run:
            work.note(checked.tally, checked.outcome, size=0, files=[])
            return
        names = list(checked.outcome.rows) if checked else [SPLITS[0]]
        files = {
            name: opened.enter_context(closing(GrowingFile(
                path_of(folder, plan.export_id, name + plan.press.exporter.suffix),
                attempt=job.attempt,
            )))
            for name in names
        }  # fmt: skip
        try:
            work.finish(checked, files)
        except CancelledError:
            _discard(files)
            raise


def path_of(folder: Path, export_id: int, name: str) -> Path:
    """Where a file of an export lies; `name` comes from the export's row, never from outside."""
    return folder / str(export_id) / name


def _discard(files: Mapping[str, GrowingFile]) -> None:
    for file in files.values():
        file.discard()


def _plan(session: Session, job: JobRow, tokenizers: Path) -> _Plan:
    dataset = datasets.get_by_id(session, int(job.dataset_id or 0))
    row = exports.get(session, dataset.id, int(job.params["export"]))
    recipe = Recipe.load(row.options)
    return _Plan(
        export_id=row.id,
        dataset=dataset,
        version=versions.get_by_id(session, row.version_id),
        press=Press(
            EXPORTERS[row.format], _tokenizer(recipe, tokenizers), recipe.limit, recipe.clean
        ),
        statuses=tuple(Status(status) for status in row.options["statuses"]),
        recipe=recipe,
        total=row.total,
        dry_run=bool(row.options["dry_run"]),
    )


def _tokenizer(recipe: Recipe, folder: Path) -> Any:
    if not recipe.tokenizer:
        return None
    file = tokenizer_files.find(recipe.tokenizer, folder)
    if file.sha256 != recipe.tokenizer_hash:
        raise OtherTokenizerError
    return tokenizer_files.load(file)


@dataclass(frozen=True, slots=True)
class _Work:
    """One attempt of one export's job."""

    read: Sessions
    write: Sessions
    job: JobRow
    plan: _Plan
    spool: Spool

    def check(self) -> Checked:
        """Check, cap and split all samples; what was found before is used again."""
        plan = self.plan
        kept = self._kept()
        if kept is not None:
            return export_check.load(dealings.parts_of(kept), kept.told)
        found = Findings([], [], [], Tally())
        for part in self._parts(0):
            if plan.dry_run:
                found.add(plan.press, part)
            else:
                lines = found.add_lines(plan.press, part, self._reviews(part))
                self.spool.add(part[-1].sample_id, lines)
            self._checkpoint("check", len(found.passing), None)
        with self.read() as session:
            checked = export_check.deal(
                session,
                plan.dataset.id,
                found,
                plan.recipe,
                lambda frame: traits.of_version(session, plan.version.id, plan.statuses, frame),
            )
        with self.write() as session:
            key = plan.key(board=checked.outcome.frame is not None)
            dealings.save(session, plan.version.id, key, checked.places, checked.dump())
            jobs.checkpoint(session, self.job, phase="split")
        return checked

    def _kept(self) -> DealingRow | None:
        """How the same was dealt before: with a board if it ever was, else only without one.

        What was dealt before there was a board is not good enough once there is one.
        """
        plan = self.plan
        with self.read() as session:
            kept = dealings.find(session, plan.version.id, plan.key(board=True))
            if kept is None and frames.newest(session, plan.dataset.id) is None:
                kept = dealings.find(session, plan.version.id, plan.key(board=False))
        return kept

    def finish(self, checked: Checked | None, files: Mapping[str, GrowingFile]) -> None:
        """Write all lines, then what stands beside them, then the export's row."""
        tally = self._write_lines(checked, files)
        outcome = checked.outcome if checked else export_outcome.of_one_file(tally)
        size = files[SPLITS[0]].bytes
        if self.plan.dry_run:
            _discard(files)
            self.note(tally, outcome, size=size, files=[])
            return
        papers = export_papers.write(self._written(tally, outcome, files))
        self.note(tally, outcome, size=size, files=publish(files, papers))

    def note(
        self, tally: Tally, outcome: OutcomeView, *, size: int, files: list[dict[str, Any]]
    ) -> None:
        """Write down that the export is done."""
        exporter, rows = self.plan.press.exporter, outcome.rows.get(SPLITS[0], 0)
        failures = rendering.explain(exporter, tally, rows=rows, size=size)
        with self.write() as session:
            row = exports.get(session, self.plan.dataset.id, self.plan.export_id)
            row.state, row.rows, row.files = JobState.DONE, sum(outcome.rows.values()), files
            row.failures = [asdict(failure) for failure in failures]
            left = [asdict(one) for one in rendering.left_in(tally)]
            row.told = {**outcome.dump(), "failed": tally.failed, "left": left}
            jobs.checkpoint(session, self.job)

    def _write_lines(self, checked: Checked | None, files: Mapping[str, GrowingFile]) -> Tally:
        after, seen, tally = self._take_up(files)
        for file in files.values():
            if not file.bytes:
                file.write([self.plan.press.exporter.prefix])
        for chunk in self._chunks(checked, after, seen, tally):
            for name, lines in chunk.lines.items():
                files[name].write(lines)
            seen += chunk.samples
            marks = {name: file.mark() for name, file in files.items()}
            told = {"after": chunk.last, "seen": seen, "tally": tally.dump()}
            phase = "check" if self.plan.dry_run else "write"
            self._checkpoint(phase, seen, {**told, "files": marks})
        return checked.tally if checked else tally

    def _chunks(
        self, checked: Checked | None, after: int, seen: int, tally: Tally
    ) -> Iterator[Chunk]:
        """The lines that are not in their files yet: those that wait, or else made now."""
        if checked is not None and self.spool.is_filled:
            yield from self.spool.sort(checked.places)
            return
        for part in self._parts(after):
            press, reviews = self.plan.press, self._reviews(part)
            if checked is None:
                found = {SPLITS[0]: rendering.render(press, part, tally, reviews)[0]}
            else:
                places = checked.places[seen : seen + len(part)]
                found = rendering.sort(rendering.write(press, part, places, reviews), places)
            yield Chunk(part[-1].sample_id, len(part), found)
            seen += len(part)

    def _reviews(self, part: Sequence[Content]) -> Reviews:
        if not self.plan.recipe.review:
            return rendering.NONE
        with self.read() as session:
            ids = [content.sample_id for content in part]
            return export_reviews.frozen(session, self.plan.version.id, ids)

    def _take_up(self, files: Mapping[str, GrowingFile]) -> tuple[int, int, Tally]:
        """Where to go on: behind the last checkpoint, or at the start if its files are gone."""
        # What was checked just now may be dealt otherwise than before: there may be a board now.
        cursor = None if self.spool.is_filled else self.job.cursor
        marks = cursor["files"] if cursor else {}
        # Not all(...): every file is asked, so that none keeps half of what another lost.
        taken = [name in marks and file.take_up(marks[name]) for name, file in files.items()]
        if cursor and all(taken):
            return int(cursor["after"]), int(cursor["seen"]), Tally.load(cursor["tally"])
        for file in files.values():
            file.begin_again()
        return 0, 0, Tally()

    def _parts(self, after: int) -> Iterator[Sequence[Content]]:
        plan = self.plan
        while True:
            with self.read() as session:
                part = exports.frozen(
                    session, plan.version.id, plan.statuses, after=after, limit=CHUNK
                )
            if not part:
                return
            yield part
            after = part[-1].sample_id

    def _checkpoint(self, phase: str, done: int, cursor: dict[str, Any] | None) -> None:
        with self.write() as session:
            jobs.checkpoint(
                session, self.job, cursor=cursor, phase=phase, done=done, total=self.plan.total
            )

    def _written(
        self, tally: Tally, outcome: OutcomeView, files: Mapping[str, GrowingFile]
    ) -> Written:
        plan = self.plan
        with self.read() as session:
            gauges = measurements.of_version(session, plan.version.id)
        return Written(
            dataset=plan.dataset,
            version=plan.version,
            exporter=plan.press.exporter,
            statuses=plan.statuses,
            recipe=plan.recipe,
            tally=tally,
            outcome=outcome,
            files={name: File(it.path.name, it.bytes, it.sha256) for name, it in files.items()},
            gauges=gauges,
        )
