"""Another data set, or a version of one, -> the texts of a target. Runs in the worker.

The target is not in force before all its texts are there. A copy that is killed begins anew.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlmodel import Session

from app.curation.targeting import TargetError
from app.formats.sample import Sample, load_messages, text_hash
from app.storage import datasets, exports, jobs, samples, targets, versions
from app.storage.board_tables import TargetRow
from app.storage.database import Sessions
from app.storage.exports import Content
from app.storage.filters import Filter
from app.storage.placements import COUNTED
from app.storage.tables import JobRow

CHUNK = 2_000
MOST_COPIED = 100_000
"""Samples of a larger data set are drawn at random: enough for any board."""


def copy_texts(read: Sessions, write: Sessions, job: JobRow) -> None:
    """Give a target the texts of the samples it was made from; then ask for their vectors."""
    with write() as session:
        target = targets.get_by_id(session, int(job.params["target"]))
        targets.remove_texts(session, target.id)
        source = _Source(session, target)
        jobs.checkpoint(session, job, phase="copy", done=0, total=source.total)
    position = passed = 0
    for part in source.parts(read):
        told = _texts(part, target.side, source.chosen(passed, len(part)))
        rows = [(at, text_hash(text), text) for at, text in enumerate(told, position)]
        position, passed = position + len(rows), passed + len(part)
        with write() as session:
            targets.add_texts(session, target.id, rows)
            jobs.checkpoint(session, job, done=passed, total=max(source.total, passed))
    if not position:
        raise TargetError("None of these samples has a text on this side.")
    with write() as session:
        _close(session, job, target.id, position)


def _close(session: Session, job: JobRow, target_id: int, count: int) -> None:
    target = targets.get_by_id(session, target_id)
    target.ready, target.definition = True, {**target.definition, "texts": count}
    jobs.checkpoint(session, job)
    name = datasets.get_by_id(session, target.dataset_id).name
    jobs.enqueue(session, "embed", target.dataset_id, title=f"Embed {name}", side="input")


class _Source:
    """The samples that are copied, in parts, ascending by id."""

    def __init__(self, session: Session, target: TargetRow) -> None:
        dataset = datasets.get(session, str(target.definition["dataset"]))
        number = target.definition.get("version")
        self._dataset_id, self._version_id = dataset.id, 0
        if number is None:
            self.total = samples.count(session, dataset.id, Filter(statuses=COUNTED))
        else:
            self._version_id = versions.get(session, dataset.id, int(number)).id
            self.total = exports.count_frozen(session, self._version_id, COUNTED)
        self._chosen = np.ones(self.total, bool)
        if self.total > MOST_COPIED:
            random = np.random.default_rng(0)
            self._chosen[:] = False
            self._chosen[random.choice(self.total, MOST_COPIED, replace=False)] = True

    def parts(self, read: Sessions) -> Iterator[Sequence[Content]]:
        after = 0
        while part := self._next(read, after):
            yield part
            after = part[-1].sample_id

    def chosen(self, start: int, count: int) -> list[bool]:
        """Which of the next samples are taken; what came meanwhile is not."""
        kept = list(map(bool, self._chosen[start : start + count]))
        return kept + [False] * (count - len(kept))

    def _next(self, read: Sessions, after: int) -> Sequence[Content]:
        with read() as session:
            if self._version_id:
                wanted = {"after": after, "limit": CHUNK}
                return exports.frozen(session, self._version_id, COUNTED, **wanted)
            everything = Filter(statuses=COUNTED)
            return exports.live(session, self._dataset_id, everything, after=after, limit=CHUNK)


def _texts(part: Sequence[Content], side: str, chosen: Sequence[bool]) -> list[str]:
    read = (
        Sample(load_messages(content.messages))
        for content, taken in zip(part, chosen, strict=True)
        if taken
    )
    told = (sample.output_text if side == "output" else sample.input_text for sample in read)
    return [text for text in told if text.strip()]
