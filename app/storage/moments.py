"""Times on SQLite as Postgres has them: always UTC, and saying so."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.engine import Engine
from sqlalchemy.types import DateTime


class UtcDateTime(DATETIME):
    """SQLite keeps a time as text without a zone: written as UTC, read as UTC."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        """From any zone to the text."""
        write = super().bind_processor(dialect)

        def process(value: datetime | None) -> str | None:
            aware = value.astimezone(UTC) if value is not None and value.tzinfo else value
            written: str | None = write(aware) if write else None
            return written

        return process

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], datetime | None]:
        """From the text to UTC."""
        read = super().result_processor(dialect, coltype)

        def process(value: str | None) -> datetime | None:
            moment: datetime | None = read(value) if read else None
            return None if moment is None else moment.replace(tzinfo=UTC)

        return process


def tell_zones(engine: Engine) -> None:
    """Give this engine's times their zone."""
    dialect = engine.dialect
    dialect.colspecs = {**dialect.colspecs, DateTime: UtcDateTime}
