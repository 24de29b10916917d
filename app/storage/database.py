"""The engine, and the one place where a transaction begins and ends."""

import importlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError
from sqlmodel import Session, SQLModel, create_engine

from app.errors import InvalidError
from app.storage import moments

Sessions = Callable[[], AbstractContextManager[Session]]

# Versions before this can lose committed writes in WAL mode when several
# connections write and checkpoint (the WAL-reset bug).
SAFE_WAL = (3, 51, 3)

# So many connections stay open: one that is opened for a moment reads everything anew.
POOL = 20

# A prepared statement keeps the plan of its first runs: made while a table was nearly empty, it
# reads the whole table for each thousand rows of an import, ten times slower by a million.
PLANNED_ANEW = {"prepare_threshold": None}


# Which words the index of words knows: a view of it, nothing is kept.
WORDS_SAID = "CREATE VIRTUAL TABLE temp.words_said USING fts5vocab('main', 'sample_words', 'row')"


class UnknownDatabaseError(InvalidError):
    """The database address must begin with sqlite:/// or postgresql+psycopg://."""


class UnstorableError(InvalidError):
    """A text holds a character that no database can store, or a number is too large for it."""

    code = "unstorable"


def connect(url: str, **options: Any) -> Engine:
    """Open the database at url, SQLite or Postgres."""
    reader = {"json_deserializer": read_json}
    if url.startswith("sqlite"):
        # An error must not put sample text into the log: hide_parameters.
        engine = create_engine(
            url, module=sqlite_module(), pool_size=POOL, hide_parameters=True, **reader, **options
        )
        moments.tell_zones(engine)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.startswith("postgresql"):
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=POOL, hide_parameters=True,
            connect_args=PLANNED_ANEW, **reader, **options,
        )  # fmt: skip
        event.listen(engine, "connect", _prepare_postgres)
        event.listen(engine, "handle_error", _say_unstorable)
        return engine
    raise UnknownDatabaseError


def sqlite_module() -> ModuleType:
    """pysqlite3 with its own new SQLite where it is installed, else Python's."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use WAL with several connections."""
    return version >= SAFE_WAL


def reading(engine: Engine) -> Sessions:
    """`with read() as session:` sees one snapshot; whatever it changes is dropped."""
    reader = engine
    if engine.dialect.name == "postgresql":
        # Its default lets every statement see another moment: counts would not add up.
        reader = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @contextmanager
    def read() -> Iterator[Session]:
        with Session(reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    return read


def writing(engine: Engine) -> Sessions:
    """`with write() as session:` commits at the end, or rolls back if the block raises."""
    writer = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    @contextmanager
    def write() -> Iterator[Session]:
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session

    return write


def is_sqlite(session: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def insert_into(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT of this database's own kind, which knows ON CONFLICT."""
    dialect = sqlite if is_sqlite(session) else postgresql
    return dialect.insert(table)


def fetch(session: Session, query: Any) -> Sequence[Any]:
    """All rows of a query as the database's own driver gives them.

    Making SQLAlchemy's rows takes longer than reading their columns; but its types are not asked:
    a truth may come as a number, a word of an enum as the text that it is.
    """
    with session.connection().execute(query) as told:
        return told.cursor.fetchall()


def describe(engine: Engine) -> str:
    """The database's own name and version, for `dartboard doctor`."""
    question = (
        "select 'SQLite ' || sqlite_version()"
        if engine.dialect.name == "sqlite"
        else "select version()"
    )
    with engine.connect() as connection:
        return str(connection.exec_driver_sql(question).scalar())


def _say_unstorable(context: ExceptionContext) -> None:
    # The last net: what is known to come from outside is checked where it comes in.
    if isinstance(context.sqlalchemy_exception, DataError):
        raise UnstorableError from context.original_exception


def read_json(text: str | bytes) -> Any:
    """Read a JSON column: quickly, a board's facts are 100 kB; and half a surrogate pair too."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself: see _begin_sqlite
    cursor = connection.cursor()
    version = tuple(int(part) for part in sqlite_module().sqlite_version.split("."))
    journal = "WAL" if is_wal_safe(version) else "TRUNCATE"
    for pragma in (
        "busy_timeout = 30000",
        f"journal_mode = {journal}",
        "synchronous = FULL",  # a 2xx answer means it is on disk
        "foreign_keys = ON",
        "cache_size = -65536",
        "wal_autocheckpoint = 8000",  # 32 MB: an import would else copy its pages at each commit
        "trusted_schema = OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(WORDS_SAID)
    cursor.close()


def _prepare_postgres(connection: Any, _record: object) -> None:
    connection.autocommit = True
    # As disks are today. By default it takes pages in any order to cost four times as much, and
    # reads half a million texts for the 68 that say a rare word rather than ask the index.
    connection.execute("SET random_page_cost = 1.1")
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock up front. If it read first and locked later, a
    # commit in between would fail it at once, however long the busy timeout.
    begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    connection.exec_driver_sql(begin)
