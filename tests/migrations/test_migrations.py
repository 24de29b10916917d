from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from app.settings import Settings
from app.storage import datasets, events
from app.storage.database import Sessions, connect, is_wal_safe
from app.storage.migration import configure, migrate

WORDS = ("sample_words", "ix_sample_words")


def test_the_migrations_make_exactly_the_tables_of_the_code(own_engine: Engine) -> None:
    check_tables(own_engine)


def test_a_database_that_had_families_before_their_migration_is_opened(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        config = configure(connection, Settings().migrations)
        command.downgrade(config, "0015")
        command.stamp(config, "0014")  # as when 0006 and 0013 made what 0015 makes
    assert migrate(own_engine, Settings().migrations)
    check_tables(own_engine)


def check_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        # The index of words is no table of the code: FTS5 has tables of its own behind it.
        opts = {
            "compare_type": True,
            "include_name": lambda name, _kind, _parents: not (name or "").startswith(WORDS),
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_second_run_changes_nothing(own_engine: Engine) -> None:
    assert not migrate(own_engine, Settings().migrations)


def test_no_migration_that_somebody_may_have_run_is_changed() -> None:
    """What is new comes in a migration of its own; landed.txt is `sha256sum` of all of them."""
    known = Path(__file__).with_name("landed.txt").read_text().split()
    digests = dict(zip(known[1::2], known[::2], strict=True))
    folder = Settings().migrations / "versions"
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("0*.py")}
    assert found == digests


def test_down_and_up_again(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        command.downgrade(configure(connection, Settings().migrations), "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    assert migrate(own_engine, Settings().migrations)


@pytest.mark.parametrize("change", ["update event set actor = 'x'", "delete from event"])
def test_events_can_be_neither_changed_nor_deleted(
    own_engine: Engine, own_write: Sessions, change: str
) -> None:
    with own_write() as session:
        dataset = datasets.add(session, "recipes")
        event = events.Event(None, "created", {})
        events.append(session, dataset.id, [event], actor="mia", batch="b1")
    with own_engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text(change))


def test_sqlite_is_backed_up_before_it_is_migrated(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table keepsake (word text)")
        connection.exec_driver_sql("insert into keepsake values ('here')")
    migrate(engine, Settings().migrations)
    engine.dispose()
    (backup,) = tmp_path.glob("old.db.before-migration-*")
    copy = connect(f"sqlite:///{backup}")
    with copy.connect() as connection:
        assert connection.exec_driver_sql("select word from keepsake").scalar() == "here"
    copy.dispose()


@pytest.mark.parametrize(
    ("version", "safe"), [((3, 51, 2), False), ((3, 51, 3), True), ((3, 40, 1), False)]
)
def test_an_affected_sqlite_does_not_get_wal(version: tuple[int, ...], safe: bool) -> None:
    assert is_wal_safe(version) is safe
