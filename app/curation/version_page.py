"""A frozen version as a page shows it: what it holds, in the words it had then."""

from dataclasses import dataclass

from sqlmodel import Session

from app.curation import board, progress, rendering, versions
from app.curation.board_views import DatasetHead, JobView
from app.curation.versions import VersionView
from app.formats.sample import Kind, dump_messages
from app.storage import exports, samples
from app.storage import versions as version_rows
from app.storage.tables import Status

SHOWN = 50
PREVIEW = 300


@dataclass(frozen=True, slots=True)
class FrozenView:
    """One sample as it was frozen.

    Attributes:
        status: what it had then; `status_now` what it has.
        edited: whether its text is another one now.
        in_trash: whether it lies in the trash now.
        messages: the text of then, as JSON.
        rejected: of a pair the other answer, as JSON; `answer_turns` messages at the end of
            `messages` are the better one.
        desirable: of an answer with a verdict, whether it is a good one.
    """

    id: int
    preview: str
    status: str
    status_now: str
    edited: bool
    in_trash: bool
    kind: Kind
    messages: bytes
    rejected: bytes
    answer_turns: int
    desirable: bool | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Everything that templates/versions/show.html may show."""

    head: DatasetHead
    version: VersionView
    newest: int
    samples: tuple[FrozenView, ...]
    next: int | None  # go on behind this sample
    job: JobView | None  # what is being done for the data set now


def page(session: Session, slug: str, number: int, *, after: int = 0) -> VersionPage:
    """The version, and the next of its samples."""
    row = versions.find_row(session, slug, number)
    job = progress.running_of(session, row.dataset_id)
    found, more = frozen(session, slug, number, after=after, limit=SHOWN)
    return VersionPage(
        head=board.head(session, slug),
        version=versions.view(session, slug, row),
        newest=versions.newest_number(session, slug) or number,
        samples=found,
        next=more,
        job=job if job and job.kind in ("restore", "decide") else None,
    )


def frozen(
    session: Session, slug: str, number: int, *, after: int = 0, limit: int = SHOWN
) -> tuple[tuple[FrozenView, ...], int | None]:
    """The next samples of a version as they were, and where to go on."""
    row = versions.find_row(session, slug, number)
    items = version_rows.items(session, row.id, after=after, limit=limit)
    contents = exports.frozen(session, row.id, tuple(Status), after=after, limit=limit)
    now = samples.movable(session, [item.sample_id for item in items])
    shown = []
    for item, content in zip(items, contents, strict=True):
        sample, state = rendering.sample_of(content), now[item.sample_id]
        shown.append(
            FrozenView(
                id=item.sample_id,
                preview=sample.input_text[:PREVIEW],
                status=item.status.value,
                status_now=str(state["status"]),
                edited=state["revision"] != item.revision,
                in_trash=bool(state["deleted"]),
                kind=sample.kind,
                messages=dump_messages(sample.messages),
                rejected=dump_messages(sample.rejected),
                answer_turns=sample.answer_turns,
                desirable=sample.desirable,
            )
        )
    return tuple(shown), items[-1].sample_id if len(items) == limit else None
