"""One data folder, opened for one command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import locks
from app.curation import file_limits
from app.settings import Settings
from app.storage.database import Sessions, connect, reading, writing
from app.storage.migration import migrate

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="The data folder (default: DARTBOARD_DATA_DIR)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's objects.")]

PRIVATE = 0o077
"""What nobody else may do with a file: anything at all."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A migrated database and the folders beside it."""

    settings: Settings
    read: Sessions
    write: Sessions

    @property
    def is_served(self) -> bool:
        """Whether another process works through the queue of this data folder."""
        folder = self.settings.data_dir
        return locks.is_held(folder / locks.SERVER) or locks.is_held(folder / locks.WORKER)


def settings_of(data_dir: Path | None, **given: Any) -> Settings:
    """The settings of the environment, with what the command line says on top."""
    said = {name: value for name, value in given.items() if value is not None}
    if data_dir is not None:
        said["data_dir"] = data_dir
    settings = Settings(**said)
    return settings.model_copy(update={"data_dir": settings.data_dir.absolute()})


@contextmanager
def opened(data_dir: Path | None, **given: Any) -> Iterator[Instance]:
    """Make the data folder if need be, bring its database up to date, close it in the end."""
    settings = settings_of(data_dir, **given)
    file_limits.allow(settings.file_limits, memory=settings.file_memory_bytes)
    os.umask(PRIVATE)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = connect(settings.database)
    try:
        migrate(engine, settings.migrations)
        yield Instance(settings, reading(engine), writing(engine))
    finally:
        engine.dispose()
