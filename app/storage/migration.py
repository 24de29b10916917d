"""Bring a database to the newest schema, safely.

SQLite migrates on a connection of its own with foreign keys off (dropping a
parent table would delete its children without a word), after a backup, and is
checked afterwards: no table may lose a row, no foreign key may dangle.
"""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from app.errors import DartboardError

LOCK = 7_423_901  # any number; the same in every Dartboard


class MigrationLostRowsError(DartboardError):
    """A migration would have lost rows and was rolled back."""


def migrate(engine: Engine, scripts: Path, *, revision: str = "head") -> bool:
    """Upgrade to revision; False when the database was there already."""
    with engine.connect() as connection:
        if _current(connection) == _wanted(scripts, revision):
            return False
    if engine.dialect.name == "sqlite":
        _migrate_sqlite(engine, scripts, revision)
    else:
        _migrate_postgres(engine, scripts, revision)
    return True


def configure(connection: Connection, scripts: Path) -> Config:
    """Alembic's configuration for this connection."""
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.attributes["connection"] = connection
    return config


def _migrate_sqlite(engine: Engine, scripts: Path, revision: str) -> None:
    _back_up(engine)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                before = _counts(connection)
                command.upgrade(configure(connection, scripts), revision)
                _check(connection, before)
        finally:
            raw.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def _migrate_postgres(engine: Engine, scripts: Path, revision: str) -> None:
    with engine.begin() as connection:
        # Two processes that start together migrate one after the other.
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.exec_driver_sql("create extension if not exists vector")
        before = _counts(connection)
        command.upgrade(configure(connection, scripts), revision)
        _check(connection, before)


def _back_up(engine: Engine) -> None:
    path = engine.url.database
    if not path or path == ":memory:" or not Path(path).exists():
        return
    with engine.connect() as connection:
        if not inspect(connection).get_table_names():
            return
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        raw = connection.connection.driver_connection
        raw.execute("ROLLBACK") if raw.in_transaction else None  # type: ignore[union-attr]
        raw.execute("VACUUM INTO ?", (f"{path}.before-migration-{stamp}",))  # type: ignore[union-attr]


def _counts(connection: Connection) -> dict[str, int]:
    tables = inspect(connection).get_table_names()
    return {table: _count(connection, table) for table in tables if table != "alembic_version"}


def _count(connection: Connection, table: str) -> int:
    quoted = connection.dialect.identifier_preparer.quote(table)
    statement = f"select count(*) from {quoted}"  # noqa: S608  a name from the catalogue
    return int(connection.exec_driver_sql(statement).scalar_one())


def _check(connection: Connection, before: dict[str, int]) -> None:
    after = _counts(connection)
    lost = [table for table, rows in before.items() if after.get(table, rows) != rows]
    if lost:
        raise MigrationLostRowsError(f"A migration would change the rows of {', '.join(lost)}.")
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise MigrationLostRowsError(f"Foreign keys would dangle: {dangling[:3]}")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _wanted(scripts: Path, revision: str) -> str | None:
    directory = ScriptDirectory(str(scripts))
    return directory.get_current_head() if revision == "head" else revision
