"""Tokens, links, and whether all is well."""

import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.cli import first_admin, locks, printing
from app.cli.instance import PRIVATE, AsJson, DataDir, opened, settings_of
from app.curation import access, audit, reindexing
from app.encoders import weights
from app.errors import DartboardError
from app.settings import Settings
from app.storage import condition, datasets
from app.storage.database import connect, describe

commands = typer.Typer()

COMMAND_LINE = "command line"
LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


@commands.command("token")
def make_token(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    role: Annotated[str, typer.Option(help="viewer, reviewer, curator or admin.")],
    dataset: Annotated[str | None, typer.Option(help="The only data set it may reach.")] = None,
    days: Annotated[float | None, typer.Option(min=0.01, help="How long it is good for.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token; it is shown this once."""
    with opened(data_dir) as instance, instance.write() as session:
        slug = None if dataset is None else datasets.slug_of(dataset)
        dataset_id = None if slug is None else datasets.get(session, slug).id
        token = access.new_token(session, name, role, dataset_id=dataset_id, days=days)
        token_id = token.split("_")[1]
        kind = audit.Kind.TOKEN_CREATED
        audit.record(session, actor=COMMAND_LINE, kind=kind, subject=token_id, name=name, role=role)
    if as_json:
        printing.tell({"token": token, "name": name, "role": role, "dataset": slug})
    else:
        printing.say(token)
        printing.remark("Keep it: it is not shown again.")


@commands.command("login")
def make_link(
    port: Annotated[int | None, typer.Option(help="Where the server listens.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print a fresh one-time link to a server that runs; it is good for 15 minutes."""
    with opened(data_dir, port=port) as instance, instance.write() as session:
        link = first_admin.login_link(session, instance.settings, instance.settings.port)
    if as_json:
        printing.tell({"url": link})
    else:
        printing.say(f"Open {link}")


@commands.command("reindex")
def reindex(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make the index of words, the counts and the vector files anew; nothing else is touched."""
    with opened(data_dir) as instance:
        done = reindexing.rebuild(
            instance.write,
            instance.settings.vectors,
            lambda count: printing.remark(f"{count:,} samples indexed"),
        )
    if as_json:
        printing.tell({"samples": done})


@commands.command("doctor")
def examine(
    port: Annotated[int | None, typer.Option(help="Where the server is to listen.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Look at everything that Dartboard stands on; exit 1 on a fault."""
    settings = settings_of(data_dir, port=port)
    found = [*_database(settings), _weights(settings), _disk(settings), *_modes(settings)]
    found += [_port(settings), _doors(settings)]
    faults = sum(not finding.ok for finding in found)
    if as_json:
        printing.tell({"ok": not faults, "findings": [asdict(finding) for finding in found]})
    else:
        rows = [("ok" if one.ok else "FAULT", one.name, one.detail) for one in found]
        printing.show_table(("", "what", "how it is"), rows)
    if faults:
        raise typer.Exit(1)


def _database(settings: Settings) -> Iterator[Finding]:
    """Nothing is made or migrated here: what is not there yet is no fault."""
    if not settings.database_url and not (settings.data_dir / "dartboard.db").exists():
        yield Finding("database", True, "not made yet: `dartboard serve` makes it")
        return
    engine = connect(settings.database)
    try:
        yield Finding("database", True, describe(engine))
        yield Finding("durability", *condition.durability(engine))
        yield Finding("schema", *condition.schema(engine, settings.migrations))
        yield Finding("integrity", *condition.integrity(engine))
        yield Finding("history", *condition.history(engine))
    except SQLAlchemyError as error:
        yield Finding("database", False, str(error.__cause__ or error).splitlines()[0])
    finally:
        engine.dispose()


def _weights(settings: Settings) -> Finding:
    if not settings.encoder.startswith("default"):
        return Finding("encoder", True, f"{settings.encoder}, not one that comes with Dartboard")
    try:
        weights.verified(weights.folder())
        return Finding("encoder", True, f"{settings.encoder}: its files have the published digests")
    except DartboardError as error:
        return Finding("encoder", False, str(error))


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Finding("free disk", free >= LEAST_FREE_BYTES, f"{free / 1e9:,.1f} GB at {folder}")


def _modes(settings: Settings) -> Iterator[Finding]:
    """T32: what lies in the data folder is its owner's alone."""
    if not settings.data_dir.exists():
        yield Finding("data folder", True, f"not made yet: {settings.data_dir}")
        return
    mode = stat.S_IMODE(settings.data_dir.stat().st_mode)
    detail = f"{settings.data_dir} ({mode:04o})"
    yield Finding("data folder", not mode & PRIVATE, detail)
    loose = [path.name for path in settings.data_dir.iterdir() if _is_open(path)]
    detail = f"open to others: {', '.join(loose[:5])}" if loose else "private"
    yield Finding("files in it", not loose, detail)


def _doors(settings: Settings) -> Finding:
    """T19: how others come in, if they are meant to."""
    faults = settings.exposure
    if faults:
        return Finding("doors", False, " ".join(faults))
    if not settings.is_reachable:
        return Finding("doors", True, "this machine alone, by one-time links")
    waiting = ", waiting for its first admin" if settings.setup_file.exists() else ""
    return Finding("doors", True, f"{settings.public_url}{waiting}")


def _is_open(path: Path) -> bool:
    return not path.is_symlink() and bool(stat.S_IMODE(path.stat().st_mode) & PRIVATE)


def _port(settings: Settings) -> Finding:
    where = f"{settings.host}:{settings.port}"
    if locks.is_held(settings.data_dir / locks.SERVER):
        return Finding("server", True, "runs on this data folder")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        return Finding("port", False, f"{where}: {error.strerror}")
    return Finding("port", True, f"{where} is free")
