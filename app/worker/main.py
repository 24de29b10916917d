"""`python -m app.worker.main`: run jobs until stopped."""

import gc
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from app.curation import answer_sweep, file_limits, upload_sweep
from app.encoders.remote_model import Endpoint, RemoteModel
from app.settings import Settings
from app.storage import jobs
from app.storage.database import Sessions, connect, reading, writing
from app.storage.migration import migrate
from app.worker.loop import Task, run_next
from app.worker.tasks import Tools, make_tasks

logger = logging.getLogger(__name__)

REST_SECONDS = 0.2
PARENT_SECONDS = 2.0
TIDY_SECONDS = 3_600.0
NICENESS = 5
"""Pages come before batches: the web process gets the processor first."""


def main(settings: Settings | None = None) -> None:
    """Work through the queue, resting a little when it is empty, until told to stop."""
    settings = settings or Settings()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s %(message)s")
    os.umask(0o077)
    os.nice(NICENESS)
    # What is loaded by now stays: an import makes a million small objects, and looking
    # through all of it each time costs a fifth of the pace.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    engine = connect(settings.database)
    migrate(engine, settings.migrations)
    read, write = reading(engine), writing(engine)
    tools = make_tools(settings, read, write)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tools.warming = threading.Thread(target=_warm, args=(tools,), daemon=True)
    tools.warming.start()
    threading.Thread(target=_tidy, args=(tools, stop), daemon=True).start()
    if settings.worker_name:
        threading.Thread(target=_follow, args=(os.getppid(), stop), daemon=True).start()
    work(read, write, make_tasks(tools), settings.worker_name or new_name(), stop)
    engine.dispose()


def work(
    read: Sessions, write: Sessions, tasks: Mapping[str, Task], name: str, stop: threading.Event
) -> None:
    """Run jobs one by one until `stop` is set; a job that runs is finished first."""
    while not stop.is_set():
        with read() as session:
            waiting = jobs.is_any_free(session, list(tasks))
        if not (waiting and run_next(write, name, tasks)):
            stop.wait(REST_SECONDS)


def make_tools(settings: Settings, read: Sessions, write: Sessions) -> Tools:
    """What the tasks work with, by the settings."""
    tools = Tools(read, write, spool=settings.spool, exports=settings.exports)
    tools.encoder_name, tools.models = settings.encoder, settings.models
    tools.threads = settings.encoder_threads
    file_limits.allow(settings.file_limits, memory=settings.file_memory_bytes)
    tools.model = _model(settings)
    return tools


def _model(settings: Settings) -> RemoteModel | None:
    """The language model that is configured; a key that cannot be read stops nothing else."""
    if not settings.model_url:
        return None
    try:
        key = settings.model_key
    except OSError:
        logger.error("DARTBOARD_MODEL_KEY_FILE cannot be read: no model is used")  # noqa: TRY400
        return None
    allowed = tuple(settings.model_allow_private)
    return RemoteModel(Endpoint(settings.model_url, settings.model_name, key, allowed))


def new_name() -> str:
    """A name for this worker that no other has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def _follow(parent: int, stop: threading.Event) -> None:
    """Stop when the supervisor is gone: nobody would start or stop this worker any more."""
    while os.getppid() == parent:
        if stop.wait(PARENT_SECONDS):
            return
    stop.set()


def _tidy(tools: Tools, stop: threading.Event) -> None:
    """Clear what was begun and left, now and then."""
    while not stop.is_set():
        try:
            gone = upload_sweep.sweep(tools.write, tools.spool, now=datetime.now(UTC))
            logger.info("%d abandoned uploads cleared", gone)
            gone = answer_sweep.sweep(tools.write, now=datetime.now(UTC))
            logger.info("%d old answers forgotten", gone)
        except Exception:  # a busy database; there is time
            logger.exception("what was left could not be cleared")
        stop.wait(TIDY_SECONDS)


def _warm(tools: Tools) -> None:
    # The first upload should not wait for the model to load.
    try:
        tools.encoder.encode(["ready"])
    except Exception:  # the first job that needs it will say what is wrong
        logger.exception("the encoder could not be loaded")


if __name__ == "__main__":
    main()
