"""Bring data in and look at the board."""

import sys
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer
from sqlmodel import Session

from app.cli import printing, working
from app.cli.instance import AsJson, DataDir, Instance, opened
from app.curation import (
    access,
    board,
    catalogue,
    gauges,
    intake,
    progress,
    rehearsing,
    target_page,
    targeting,
)
from app.curation.board_views import BoardView, JobView
from app.curation.column_roles import Told
from app.curation.gauge_views import GaugesView
from app.curation.intake import Arrival, UploadView
from app.curation.spooling import Spooled, SpoolWriter
from app.storage import datasets, jobs

commands = typer.Typer()

ACTOR = access.LOCAL_ADMIN
CHUNK_BYTES = 1 << 20
BOARD_KINDS = ("parse", "copy", "embed", "draw")


def _check_files(files: list[Path]) -> list[Path]:
    for file in files:
        if str(file) != "-" and not file.is_file():
            raise typer.BadParameter(f"There is no file {file}.")
    return files


Files = Annotated[list[Path], typer.Argument(callback=_check_files, help="- is standard input.")]
Name = Annotated[str, typer.Argument(help="The data set's name.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 when anything was left out.")]


@commands.command("import")
def import_files(
    files: Files,
    dataset: Annotated[str, typer.Option(help="The data set; it is made if it is not there.")],
    mapping: Annotated[
        str,
        typer.Option(help='Roles of columns, {"frage": "input"}, or the name of a kept mapping.'),
    ] = "",
    read_as: Annotated[str, typer.Option(help="The format, where its content misleads.")] = "",
    all_or_nothing: Annotated[
        bool, typer.Option(help="Keep nothing of a file in which a record is broken.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Report without storing.")] = False,
    strict: Strict = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Read files into a data set, and report what became of each line."""
    rejected, told = 0, Told(mapping, read_as)
    with opened(data_dir) as instance:
        slug = datasets.slug_of(dataset) if dry_run else _find_or_create(instance, dataset)
        for file in files:
            if dry_run:
                view = _rehearse(instance, slug, file, told)
            else:
                view = _import(instance, slug, file, told, all_or_nothing=all_or_nothing)
            rejected += view.rejected
            _report(view, file, as_json=as_json)
    if strict and rejected:
        raise typer.Exit(1)


@commands.command("board")
def show_board(
    name: Name,
    target: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file of reference inputs.")
    ] = None,
    target_dataset: Annotated[
        str, typer.Option(help="A data set that is the target, or a version of one: name@3.")
    ] = "",
    quotas: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help='Shares in JSON: {"shares": {"refund": 1}}.'
        ),
    ] = None,
    itself: Annotated[bool, typer.Option(help="Compare the data with themselves.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Embed, place and flag what is new, and show the board."""
    with opened(data_dir) as instance:
        slug = datasets.slug_of(name)
        if target is not None:
            _send(instance, slug, target, Told(purpose="target"))
        with instance.write() as session:
            if itself:
                targeting.use_itself(session, slug, actor=ACTOR)
            elif quotas is not None:
                targeting.use_quotas(session, slug, _shares(quotas), actor=ACTOR)
            elif target_dataset:
                other, version = target_page.read_source(target_dataset)
                targeting.use_dataset(session, slug, datasets.slug_of(other), version, actor=ACTOR)
            else:
                targeting.redraw(session, slug)
        working.work_off(instance, BOARD_KINDS, lambda session: _board_job(session, slug))
        with instance.read() as session:
            view, measured = board.view(session, slug), gauges.view(session, slug)
    _show(view, measured, as_json=as_json)


def _shares(file: Path) -> dict[str, Any]:
    try:
        told = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise typer.BadParameter(f"{file} is not a JSON object.")
    return told


def _find_or_create(instance: Instance, name: str) -> str:
    slug = datasets.slug_of(name)
    with instance.write() as session:
        if datasets.find(session, slug) is None:
            slug = catalogue.create(session, name, actor=ACTOR).slug
            printing.remark(f"Made the data set {name}.")
    return slug


def _import(
    instance: Instance, slug: str, file: Path, told: Told, *, all_or_nothing: bool
) -> UploadView:
    view = _send(instance, slug, file, told, all_or_nothing=all_or_nothing)
    if view.job is not None:
        working.finish(instance, view.job)
    with instance.read() as session:
        return intake.view(session, slug, view.id)


def _rehearse(instance: Instance, slug: str, file: Path, told: Told) -> UploadView:
    spooled = _spool(instance, file)
    spool = instance.settings.spool
    return rehearsing.rehearse(instance.read, slug, spooled, told, spool=spool, may_be_new=True)


def _send(
    instance: Instance, slug: str, file: Path, told: Told, *, all_or_nothing: bool = False
) -> UploadView:
    spooled = _spool(instance, file)
    arrival = Arrival(
        ACTOR, "" if str(file) == "-" else file.name, told=told, all_or_nothing=all_or_nothing
    )
    with instance.write() as session:
        return intake.accept(session, slug, spooled, arrival, spool=instance.settings.spool)


def _spool(instance: Instance, file: Path) -> Spooled:
    settings = instance.settings
    with SpoolWriter(settings.spool, limit=settings.upload_bytes) as writer:
        if str(file) == "-":
            _copy(sys.stdin.buffer, writer)
        else:
            with file.open("rb") as stream:
                _copy(stream, writer)
        return writer.finish()


def _copy(stream: BinaryIO, writer: SpoolWriter) -> None:
    while chunk := stream.read(CHUNK_BYTES):
        writer.write(chunk)


def _report(view: UploadView, file: Path, *, as_json: bool) -> None:
    if as_json:
        from app.web.api import uploads

        printing.tell(uploads.describe(view))
        return
    parts = ("accepted", "updated", "duplicate", "rejected", "blank")
    counts = ", ".join(f"{getattr(view, part):,} {part}" for part in parts)
    read_as = f" ({view.container}, {view.dialect})" if view.dialect else ""
    printing.say(f"{file}{read_as}: {view.lines:,} lines: {counts}.")
    for reject in view.rejects[:10]:
        printing.say(f"  line {reject.line:,}: {reject.reason}")


def _board_job(session: Session, slug: str) -> JobView | None:
    """The next job that the board waits for; the answers' vectors are not among them."""
    dataset = datasets.get(session, slug)
    for row in jobs.open_of(session, dataset.id):
        if row.kind in BOARD_KINDS and row.params.get("side") != "output":
            return progress.view(session, row.id)
    return None


def _show(view: BoardView, measured: GaugesView, *, as_json: bool) -> None:
    if as_json:
        from app.web.api import boards

        printing.tell(boards.describe(view, measured))
        return
    printing.say(view.target_sentence)
    printing.say(f"{view.score_label} {view.score}: {view.placed:,} samples placed.")
    for line in view.quotas:
        if line.state == "missing":
            printing.say(f"{line.value}: 0 of {line.want:,.0f} wanted, so not on the board.")
    for title, regions in (("Cut first", view.cut_first), ("Write next", view.write_next)):
        if regions:
            printing.say("")
            rows = [
                (f"{r.topic} / {r.name}", f"{r.have:,}", f"{r.expected:,.0f}", f"{r.act:,}")
                for r in regions
            ]
            printing.show_table((title, "have", "expected", title.split()[0].lower()), rows)
