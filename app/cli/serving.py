"""Run Dartboard: the web server with its worker, or one more worker."""

import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Annotated

import typer

from app.cli import first_admin, locks, printing
from app.cli.instance import AsJson, DataDir, Instance, opened
from app.curation import access, demo
from app.errors import ConflictError
from app.settings import Settings
from app.storage import jobs

commands = typer.Typer()

GRACE_SECONDS = 3


class PortTakenError(ConflictError):
    """The port is in use."""


class ServedError(ConflictError):
    """Another `dartboard serve` runs on this data folder."""


@commands.command("serve")
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = None,
    demo_data: Annotated[
        bool, typer.Option("--demo", help="Bring in the sample set, once.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Let `dartboard worker` do the jobs.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Serve the web interface, with one worker, and print a one-time link to it."""
    from app.web import logs

    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as stack:
        instance = stack.enter_context(opened(data_dir, host=host, port=port))
        settings = instance.settings
        stack.enter_context(_served_alone(instance))
        listener = stack.enter_context(_listener(settings))
        logs.configure(settings.log_level)
        if demo_data:
            folder = settings.static / "demo"
            demo.load(instance.write, folder, spool=settings.spool, actor=access.LOCAL_ADMIN)
        if not no_worker:
            stack.enter_context(_worker(instance))
        link = first_admin.link_to(instance, listener.getsockname()[1])
        _announce(link, settings, as_json=as_json, browser=not no_browser)
        _run(instance, listener)


@commands.command("worker")
def work(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Run one more worker, until stopped."""
    from app.worker import main

    with opened(data_dir) as instance:
        settings = instance.settings
        if as_json:
            printing.tell({"worker": os.getpid(), "data_dir": str(settings.data_dir)})
        with locks.held(settings.data_dir / locks.WORKER, shared=True):
            main.main(settings)


@contextmanager
def _served_alone(instance: Instance) -> Iterator[None]:
    """Be the only server of this data folder; what a dead one left running is given back."""
    folder = instance.settings.data_dir
    try:
        with locks.held(folder / locks.SERVER):
            own_database = not instance.settings.database_url
            if own_database and not locks.is_held(folder / locks.WORKER):
                with instance.write() as session:
                    jobs.release_all(session)
            yield
    except locks.LockedError:
        raise ServedError(f"Another `dartboard serve` runs on {folder}.") from None


@contextmanager
def _listener(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        sentence = f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."
        raise PortTakenError(f"{sentence} Try another with --port.") from None
    with listener:
        yield listener


@contextmanager
def _worker(instance: Instance) -> Iterator[None]:
    """One worker process beside this one, ended with it."""
    from app.worker.main import new_name
    from app.worker.supervision import Supervisor

    def release(name: str) -> None:
        with instance.write() as session:
            jobs.release_of(session, name)

    environment = {"DARTBOARD_DATA_DIR": str(instance.settings.data_dir)}
    supervisor = Supervisor(environment, release, new_name)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


def _announce(link: str, settings: Settings, *, as_json: bool, browser: bool) -> None:
    if as_json:
        printing.tell({"url": link})
    else:
        printing.say(f"Open {link}")
    for sentence in settings.exposure:
        printing.remark(sentence)
    if browser:
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()


def _run(instance: Instance, listener: socket.socket) -> None:
    import uvicorn

    from app.web import connections
    from app.web.app import create_app, make_ready

    app = create_app(instance.settings, instance.read, instance.write)
    make_ready(app)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # Nobody but a proxy that is named may say where a request came from.
        proxy_headers=bool(instance.settings.trusted_proxies),
        forwarded_allow_ips=instance.settings.trusted_proxies,
        http=connections.prompt(
            header_seconds=instance.settings.header_seconds,
            reading_seconds=instance.settings.idle_seconds,
        ),
        limit_concurrency=instance.settings.connections,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return  # how a person stops it


def _leave(_signal: int, _frame: FrameType | None) -> None:
    # Raised where the program is, so that the worker is stopped on the way out.
    raise SystemExit(0)
