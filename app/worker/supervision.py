"""Keeps one worker process alive, and gives its jobs back at once when it dies."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 3.0
"""A job may be killed at any instant and goes on later: nobody waits long for one."""


class Supervisor:
    """Starts `python -m app.worker.main`, restarts it with back-off, stops it.

    Args:
        environment: what the worker's settings are read from.
        release: called with the dead worker's name before it is started again.
        name_of: makes the name of each new worker.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        release: Callable[[str], object],
        name_of: Callable[[], str],
    ) -> None:
        self._environment, self._release, self._name_of = environment, release, name_of
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to end, and end it if it does not."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._thread.join(STOP_SECONDS)

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker that runs now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            name = self._name_of()
            self._process = self._launch(name)
            started = time.monotonic()
            code = self._process.wait()
            was_steady = time.monotonic() - started > STEADY_SECONDS
            pause = FIRST_PAUSE if was_steady else min(pause * 2, LONGEST_PAUSE)
            self._release(name)  # what it left is free at once, for whoever works next
            if self._stopping.is_set():
                return
            logger.warning("the worker ended with %s; it is started again", code)
            self._stopping.wait(pause if code else 0)

    def _launch(self, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "app.worker.main"]
        environment = {**os.environ, **self._environment, "DARTBOARD_WORKER_NAME": name}
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603
