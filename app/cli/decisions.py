"""Decide about one sample or about all that match: what the API can, from a shell."""

from dataclasses import dataclass
from typing import Annotated

import typer

from app.cli import printing, working
from app.cli.instance import AsJson, DataDir, Instance, opened
from app.curation import access, changing, queries, review, telling
from app.curation.bulk import BatchReport
from app.curation.queries import Query
from app.curation.query_values import HIGHEST_ID
from app.curation.review import Change, Decision
from app.storage import datasets, samples
from app.storage.tables import Status
from app.web import formatting

commands = typer.Typer()

ACTOR = access.LOCAL_ADMIN
ONE = "With --query one thing is decided at a time: {}, and not several of them."
ACTS = "--status, --label, --mark, --unmark, --flag, --quality or --trash"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of which samples of a data set."""

    slug: str
    change: Change
    query: Query


@commands.command("decide")
def decide(
    name: Annotated[str, typer.Argument(help="The data set's name.")],
    query: Annotated[
        str | None,
        typer.Option(help='All that match, such as "status=pending&cell=3.2"; "" for every one.'),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, max=HIGHEST_ID, help="One sample, by its number.")
    ] = None,
    status: Annotated[Status | None, typer.Option(help="What they become.")] = None,
    label: Annotated[str | None, typer.Option(help='Their label; "" for none.')] = None,
    mark: Annotated[str, typer.Option(help="A label of which a sample may have several.")] = "",
    unmark: Annotated[str, typer.Option(help="A mark that goes.")] = "",
    flag: Annotated[bool | None, typer.Option("--flag/--no-flag", help="Flag them.")] = None,
    quality: Annotated[int | None, typer.Option(help="1 to 5; 0 for none.")] = None,
    trash: Annotated[
        bool | None,
        typer.Option("--trash/--restore", help="To restore: with trash=1 in the query."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Goes into the history of each.")] = "",
    note: Annotated[str, typer.Option(help="A remark about one --sample.")] = "",
    preview: Annotated[bool, typer.Option(help="Count what matches, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Decide about one sample, or about all that match as one act that can be undone.

    For all that match, the exact number is told first, and asked about unless --yes is given.
    """
    change = Change(
        status=status.value if status else None, label=label, mark=mark, unmark=unmark,
        flagged=flag, quality=quality, deleted=trash, reason=reason, note=note,
    )  # fmt: skip
    slug = datasets.slug_of(name)
    if sample is not None:
        _check_one(change, query=query, preview=preview)
        with opened(data_dir) as instance:
            _decide_one(instance, slug, sample, change, as_json=as_json)
        return
    wish = Wish(slug, change, _checked(change, query))
    with opened(data_dir) as instance:
        counted = _ask(instance, wish, preview=True)
        if preview:
            _tell(wish, counted, as_json=as_json, would=True)
            return
        _confirm(wish, counted, yes=yes)
        done = _ask(instance, wish, preview=False)
        if done.job is not None:
            working.finish(instance, done.job)
            done = BatchReport(done.matched, counted.changed, done.batch, done.job)
    _tell(wish, done, as_json=as_json)


def _check_one(change: Change, *, query: str | None, preview: bool) -> None:
    if query is not None:
        raise typer.BadParameter("Give --query or --sample, and not both.")
    if preview:
        raise typer.BadParameter("--preview counts what a --query finds.")
    if not changing.wish_of(change) and not change.note:
        raise typer.BadParameter(f"Give {ACTS}, or a --note.")


def _checked(change: Change, query: str | None) -> Query:
    if query is None:
        raise typer.BadParameter("Give --query or --sample.")
    if change.note:
        raise typer.BadParameter("A --note is about one --sample; --reason is about all.")
    if len(changing.wish_of(change)) != 1:
        raise typer.BadParameter(ONE.format(ACTS))
    return queries.parse_string(query)


def _decide_one(
    instance: Instance, slug: str, sample_id: int, change: Change, *, as_json: bool
) -> None:
    with instance.write() as session:
        row = samples.get(session, datasets.get(session, slug).id, sample_id)
        done = review.decide(session, slug, row.id, change, version=row.version, actor=ACTOR)
    if as_json:
        printing.tell(_told(done))
        return
    wish = changing.wish_of(change)
    said = telling.change(wish) if wish else "Noted"
    printing.say(f"{said}: sample {sample_id}." if done.changed else "It is so already.")


def _told(done: Decision) -> dict[str, object]:
    return {
        "id": done.sample_id, "version": done.version, "status": done.status,
        "labels": [done.label] if done.label else [], "batch": done.batch,
    }  # fmt: skip


def _ask(instance: Instance, wish: Wish, *, preview: bool) -> BatchReport:
    with instance.write() as session:
        return review.decide_many(
            session, wish.slug, wish.query, wish.change, actor=ACTOR, preview=preview
        )


def _confirm(wish: Wish, counted: BatchReport, *, yes: bool) -> None:
    """Ask before anything changes; an end of the input is a no."""
    if yes or not counted.changed:
        return
    asked = telling.question(
        changing.wish_of(wish.change), formatting.plural(counted.matched, "sample")
    )
    typer.confirm(f"{asked} {counted.changed:,} would change.", abort=True, err=True)


def _tell(wish: Wish, report: BatchReport, *, as_json: bool, would: bool = False) -> None:
    told = {"matched": report.matched, "changed": report.changed}
    if as_json:
        printing.tell({**told, "batch": report.batch, "job": report.job})
        return
    said = telling.change(changing.wish_of(wish.change))
    verb = "would change" if would else "changed"
    printing.say(
        f"{said}: {formatting.plural(report.matched, 'sample')} matched, {report.changed:,} {verb}."
    )
