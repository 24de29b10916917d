"""Stored texts -> vectors. Runs in the worker.

Each batch commits by itself, so a job that is killed and run again goes on
where it stopped. Nothing is locked while the model works.
"""

from collections.abc import Callable
from functools import partial

from app.encoders import Encoder
from app.formats.sample import Sample, load_messages
from app.storage import datasets, embeddings, jobs, targets
from app.storage.database import Sessions
from app.storage.embeddings import Side
from app.storage.tables import JobRow

BATCH = 1_024

Fetch = Callable[[], list[tuple[str, str]]]


def embed_missing(read: Sessions, write: Sessions, job: JobRow, encoder: Encoder) -> None:
    """Give every text of one side of a data set its vector; then ask for the board.

    The texts of its targets come first. Outputs are asked
    for last: the first board does not wait for them.
    """
    dataset_id, side = int(job.dataset_id or 0), _side(job)
    with read() as session:
        wanted = [targets.find(session, dataset_id, of_side) for of_side in ("input", "output")]
        total = embeddings.count_missing(session, dataset_id, side, encoder.name)
    work = _Work(read, write, job, encoder, total)
    for target in wanted:
        if target is not None and target.holds_texts:
            fetch = partial(_of_target, read, target.id, encoder.name)
            work.run("target", fetch, _as_they_are)
    work.run(
        f"{side}s",
        _walk(read, dataset_id, side, encoder.name),
        lambda found: [_text(messages, side) for messages in found],
    )
    with write() as session:
        jobs.checkpoint(session, job)
        dataset = datasets.get_by_id(session, dataset_id)
        if side == dataset.side or side == "input":
            jobs.enqueue(session, "draw", dataset_id, title=f"Draw the board of {dataset.name}")
        if side == "input":
            title = f"Embed the answers of {dataset.name}"
            jobs.enqueue(session, "embed", dataset_id, title=title, side="output")


class _Work:
    """The loop over batches, with its progress."""

    def __init__(
        self, read: Sessions, write: Sessions, job: JobRow, encoder: Encoder, total: int
    ) -> None:
        self._read, self._write, self._job, self._encoder = read, write, job, encoder
        self._done, self._total = 0, total

    def run(self, phase: str, fetch: Fetch, texts_of: Callable[[list[str]], list[str]]) -> None:
        """Fetch, encode and save until nothing is missing."""
        while batch := fetch():
            vectors = self._encoder.encode(texts_of([text for _, text in batch]))
            self._done += len(batch)
            with self._write() as session:
                hashes = [text_hash for text_hash, _ in batch]
                embeddings.add_many(session, self._encoder.name, hashes, vectors)
                jobs.checkpoint(
                    session, self._job, phase=f"embed {phase}",
                    done=self._done, total=max(self._total, self._done),
                )  # fmt: skip


def _walk(read: Sessions, dataset_id: int, side: Side, encoder: str) -> Fetch:
    """What fetches by id, and at the end from the start again: texts may change behind it."""
    place = 0

    def fetch() -> list[tuple[str, str]]:
        nonlocal place
        with read() as session:
            look = partial(embeddings.missing, session, dataset_id, side, encoder, limit=BATCH)
            found = look(after=place) or (look(after=0) if place else [])
        place = found[-1][0] if found else 0
        return list({text_hash: messages for _, text_hash, messages in found}.items())

    return fetch


def _of_target(read: Sessions, target_id: int, encoder: str) -> list[tuple[str, str]]:
    with read() as session:
        return embeddings.missing_of_target(session, target_id, encoder, limit=BATCH)


def _as_they_are(texts: list[str]) -> list[str]:
    return texts


def _text(messages: str, side: Side) -> str:
    sample = Sample(load_messages(messages))
    return sample.input_text if side == "input" else sample.output_text


def _side(job: JobRow) -> Side:
    return "output" if job.params.get("side") == "output" else "input"
