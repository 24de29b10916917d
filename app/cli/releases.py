"""Freeze, compare, export."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli import printing, working
from app.cli.data import ACTOR, Name, Strict
from app.cli.instance import AsJson, DataDir, Instance, opened
from app.curation import export, restoring, versions
from app.curation.export import ExportView, Order
from app.curation.export_recipe import Recipe
from app.curation.versions import VersionView
from app.errors import InvalidError
from app.storage import datasets

commands = typer.Typer()


class NoFolderError(InvalidError):
    """Say with -o DIR where the files are to go."""


@commands.command("version")
def freeze(
    name: Name,
    query: Annotated[str, typer.Option(help="Only what it finds; all samples without it.")] = "",
    title: Annotated[str, typer.Option("--name", help="What to call the version.")] = "",
    note: Annotated[str, typer.Option(help="What is worth knowing of it.")] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the samples as they are now."""
    with opened(data_dir) as instance, instance.write() as session:
        slug = datasets.slug_of(name)
        view = versions.freeze(session, slug, query=query, name=title, note=note, actor=ACTOR)
    _show_version(view, as_json=as_json)


@commands.command("versions")
def list_versions(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the frozen versions, newest first."""
    with opened(data_dir) as instance, instance.read() as session:
        found = versions.history(session, datasets.slug_of(name), limit=1_000).versions
    if as_json:
        for view in found:
            _show_version(view, as_json=True)
        return
    rows = [
        (view.number, view.name, f"{view.rows:,}", view.query or "all", view.hash[:12], view.actor)
        for view in found
    ]
    printing.show_table(("version", "name", "samples", "what", "hash", "by"), rows)


@commands.command("diff")
def compare(
    name: Name,
    old: Annotated[str, typer.Argument(metavar="A", help="The older version: 6 or v6.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The newer one: 7, v7 or latest.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tell what changed from one version to another."""
    with opened(data_dir) as instance, instance.read() as session:
        slug = datasets.slug_of(name)
        pair = versions.read_pair(session, slug, f"{old}...{new}")
        found = versions.compare(session, slug, *pair)
    if as_json:
        from app.web.api import versions as api

        printing.tell(api.tell_difference(found))
        return
    changes = (
        ("added", found.added),
        ("edited", found.edited),
        ("removed", found.removed),
        ("status changed", found.status_changed),
    )
    rows = [
        (words, f"{change.count:,}", " ".join(map(str, change.samples[:10])))
        for words, change in changes
    ]
    names = f"v{found.old.number} to v{found.new.number}"
    printing.show_table((names, "samples", "the first"), rows)
    moved = [(one.title, one.old_shown, one.new_shown) for one in found.gauges]
    if moved:
        printing.show_table(("gauge", f"v{found.old.number}", f"v{found.new.number}"), moved)


@commands.command("restore-version")
def restore(
    name: Name,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="7, v7 or latest.")],
    exactly: Annotated[
        bool, typer.Option("--exactly", help="What it does not hold goes to the trash.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Make a frozen version the new state: one act, which can be undone."""
    slug = datasets.slug_of(name)
    with opened(data_dir) as instance:
        with instance.write() as session:
            number = versions.read_number(session, slug, version)
            report = restoring.restore(session, slug, number, exactly=exactly, actor=ACTOR)
        working.finish(instance, report.job)
    printing.say(f"Version {number} is the new state; undo the act {report.batch} to go back.")


@commands.command("use-version")
def note_use(
    name: Name,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="7, v7 or latest.")],
    used_by: Annotated[str, typer.Argument(metavar="JOB", help="A name, or an address.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Note which fine-tuning job a version was used for."""
    slug = datasets.slug_of(name)
    with opened(data_dir) as instance, instance.write() as session:
        number = versions.read_number(session, slug, version)
        view = versions.add_use(session, slug, number, used_by, actor=ACTOR)
    _show_version(view, as_json=as_json)


@commands.command("export")
def export_files(
    name: Name,
    format_name: Annotated[str, typer.Option("--format", help="Such as openai-chat, alpaca.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", file_okay=False, help="Where the files go.")
    ] = None,
    query: Annotated[
        str,
        typer.Option(
            help="Only what it finds, and of it what is approved unless it names a status."
        ),
    ] = "",
    version: Annotated[str, typer.Option(help="A frozen version: 7, v7 or latest.")] = "",
    split: Annotated[str, typer.Option(help="Train, validation, test in percent: 90/5/5.")] = "",
    split_by: Annotated[str, typer.Option(help="random, topic, label or region.")] = "random",
    seed: Annotated[int, typer.Option(help="Another one deals otherwise.")] = 0,
    cap: Annotated[float, typer.Option(help="Times its expectation a cell may hold.")] = 0.0,
    tokenizer: Annotated[str, typer.Option(help="Of the tokenizers folder, or estimate.")] = "",
    token_limit: Annotated[int, typer.Option(help="Most tokens that the model reads.")] = 0,
    licence: Annotated[str, typer.Option(help="Of the data, for its card.")] = "",
    only_clean: Annotated[
        bool, typer.Option("--only-clean", help="No placeholders, boilerplate, personal data.")
    ] = False,
    review: Annotated[
        bool, typer.Option(help="With what reviewers said, in a column of that name.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Check every sample and write nothing.")] = False,
    strict: Strict = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Freeze, check by the trainer's rules, write files and manifest."""
    if output is None and not dry_run:
        raise NoFolderError
    if version and query:
        raise typer.BadParameter("give --version or --query, not both")
    recipe = Recipe(
        split, split_by, seed, cap, tokenizer, token_limit, licence, clean=only_clean, review=review
    )
    order = Order(format_name, query=query, dry_run=dry_run, recipe=recipe)
    with opened(data_dir) as instance:
        slug = datasets.slug_of(name)
        order = replace(order, version=_number(instance, slug, version))
        view = _export(instance, slug, order)
        if output is not None and not dry_run:
            _save(instance, view, output)
    _show_export(view, output, as_json=as_json)
    if strict and view.failures:
        raise typer.Exit(1)


def _number(instance: Instance, slug: str, version: str) -> int | None:
    if not version:
        return None
    with instance.read() as session:
        return versions.read_number(session, slug, version)


def _export(instance: Instance, slug: str, order: Order) -> ExportView:
    with instance.write() as session:
        folder = instance.settings.tokenizers
        started = export.start(session, slug, order, actor=ACTOR, tokenizers=folder)
    if started.job is not None:
        working.finish(instance, started.job.id)
    with instance.read() as session:
        return export.view(session, slug, started.id)


def _save(instance: Instance, view: ExportView, output: Path) -> None:
    """Copy the finished files; each appears under its name only when it is complete."""
    output.mkdir(parents=True, exist_ok=True)
    for file in view.files:
        with instance.read() as session:
            source = export.open_file(
                session, view.dataset, view.id, file.name, folder=instance.settings.exports
            )
        partial = output / f".{file.name}.{os.getpid()}.partial"
        try:
            shutil.copyfile(source, partial)
            partial.replace(output / file.name)
        finally:
            partial.unlink(missing_ok=True)


def _show_version(view: VersionView, *, as_json: bool) -> None:
    if as_json:
        from app.web.api import versions as api

        printing.tell(api.describe(view))
        return
    name = f" ({view.name})" if view.name else ""
    statuses = ", ".join(f"{number:,} {status}" for status, number in view.statuses)
    printing.say(f"Version {view.number}{name}: {view.rows:,} samples: {statuses}.")
    printing.say(f"sha256 {view.hash}")
    for use in view.uses:
        printing.say(f"Used by {use.used_by}")


def _show_export(view: ExportView, output: Path | None, *, as_json: bool) -> None:
    if as_json:
        from app.web.api import exports as api

        printing.tell(api.describe(view))
        return
    printing.say(
        f"Version {view.version}: {view.rows:,} of {view.total:,} samples pass the rules of"
        f" {view.title}."
    )
    for split in view.outcome.splits if view.recipe.deals or view.recipe.tokenizer else ():
        counted = f", {split.tokens:,} tokens ({split.trained:,} learned)" if split.tokens else ""
        printing.say(f"  {split.name}: {split.rows:,} lines{counted}")
    if view.outcome.capped:
        printing.say(f"  {view.outcome.capped:,} capped in {len(view.outcome.cells)} cells")
    for failure in view.failures:
        first = f" {failure.count:,}: samples {', '.join(map(str, failure.samples[:10]))}"
        printing.say(f"  {failure.rule}: {failure.sentence}{first if failure.count else ''}")
    for one in view.left:
        told = f"in {one.count:,} of the samples written: {', '.join(map(str, one.samples[:10]))}"
        printing.say(f"  look at {one.rule}: {told}")
    for file in view.files:
        printing.say(f"{(output or Path()) / file.name}  {file.bytes:,} bytes  {file.sha256}")
