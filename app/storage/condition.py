"""How a database is: what `dartboard doctor` asks it."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from app.storage import datasets, events

SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}


def durability(engine: Engine) -> tuple[bool, str]:
    """Whether a commit is on disk when it returns, and by which settings."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            journal = str(_ask(connection, "pragma journal_mode"))
            level = int(str(_ask(connection, "pragma synchronous")))
            told = f"journal {journal}, synchronous {SYNCHRONOUS[level]}"
            return level >= 2 and journal in ("wal", "truncate", "delete"), told
        commit = str(_ask(connection, "show synchronous_commit"))
        return commit not in ("off", "local"), f"synchronous_commit {commit}"


def schema(engine: Engine, scripts: Path) -> tuple[bool, str]:
    """Whether the schema is one that this Dartboard can bring to its newest, and where it is."""
    directory = ScriptDirectory(str(scripts))
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    newest = directory.get_current_head()
    if found is None or found == newest:
        return True, f"schema {found}" if found else "empty"
    known = found in {script.revision for script in directory.walk_revisions()}
    return known, f"schema {found}, {'to be migrated to' if known else 'newer than'} {newest}"


def integrity(engine: Engine) -> tuple[bool, str]:
    """Whether SQLite finds its file in order; Postgres looks after itself."""
    if engine.dialect.name != "sqlite":
        return True, "not asked"
    with engine.connect() as connection:
        found = str(_ask(connection, "pragma quick_check(1)"))
    return found == "ok", found


def history(engine: Engine) -> tuple[bool, str]:
    """Whether every event of every data set still carries the hash of its content."""
    with Session(engine) as session:
        rows = datasets.all_of(session)
        broken = {row.slug: events.broken_link(session, row.id) for row in rows}
    torn = [f"{slug} at event {seq}" for slug, seq in broken.items() if seq is not None]
    return not torn, f"torn: {', '.join(torn)}" if torn else "every link holds"


def _ask(connection: Connection, question: str) -> object:
    return connection.exec_driver_sql(question).scalar_one()
