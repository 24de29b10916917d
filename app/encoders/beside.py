"""An encoder in a process beside this one: the model's memory is not that of the web server.

It is started when the first text comes, answers in the order in which texts come, and ends when
nobody has asked for a while. One line of JSON each way: a text, its vector.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import orjson
from numpy.typing import NDArray

from app import encoders
from app.encoders.hashing import HashingEncoder
from app.errors import ConflictError

IDLE_SECONDS = 600.0


class EncoderGoneError(ConflictError):
    """The model that turns texts into vectors could not be started; `dartboard doctor` says why."""

    code = "encoder_gone"


class EncoderBeside:
    """Encodes single texts; safe to be asked by several threads."""

    def __init__(self, name: str, *, cache: Path) -> None:
        self._command = [sys.executable, "-m", "app.encoders.beside", name, str(cache.resolve())]
        self._small = HashingEncoder() if name == "hashing" else None  # no model, no process
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None

    def encode(self, text: str) -> tuple[str, NDArray[np.float32]]:
        """The encoder's full name, and the text's unit vector (d,).

        Raises:
            EncoderGoneError: the model cannot be loaded.
        """
        if self._small is not None:
            return self._small.name, self._small.encode([text])[0]
        with self._lock:
            for _ in range(2):  # the second time with a fresh process
                if answer := self._ask(text):
                    told = orjson.loads(answer)
                    return told["encoder"], np.array(told["vector"], np.float32)
                self._end()
        raise EncoderGoneError

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _ask(self, text: str) -> bytes:
        process = self._process or self._start()
        self._rest()
        assert process.stdin is not None  # noqa: S101  both are pipes
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(orjson.dumps({"text": text}) + b"\n")
            process.stdin.flush()
            return process.stdout.readline()
        except OSError:
            return b""

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603  our own module
            self._command,
            cwd=Path(encoders.__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self._process

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(IDLE_SECONDS, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def answer(name: str, cache: Path, asked: IO[bytes], told: IO[bytes]) -> None:
    """Read texts until there are no more; each is answered at once."""
    encoder = encoders.load(name, cache=cache, threads=1)
    for line in asked:
        vector = encoder.encode([orjson.loads(line)["text"]])[0]
        told.write(orjson.dumps({"encoder": encoder.name, "vector": vector.tolist()}) + b"\n")
        told.flush()


def _main(arguments: Sequence[str]) -> None:
    # What libraries print must not run into the answers.
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answer(arguments[1], Path(arguments[2]), sys.stdin.buffer, told)


if __name__ == "__main__":
    _main(sys.argv)
