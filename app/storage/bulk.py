"""Many rows into a table at once, past the ORM: as each database's driver takes them fastest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Dialect, Enum, Table
from sqlmodel import Session

from app.storage.database import is_sqlite

Rows = Sequence[Mapping[str, Any]]
Process = Callable[[Any], Any]


def insert(session: Session, table: Table, rows: Rows) -> None:
    """Insert rows that all have the same columns; the others get the table's defaults."""
    if not rows:
        return
    connection = session.connection()
    given = [column for column in table.columns if column.name in rows[0]]
    others = {name: value for name, value in _defaults(table) if name not in rows[0]}
    found = _tuples(given, rows, _fixed(table, others, connection.dialect), connection.dialect)
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in (*(column.name for column in given), *others))
    names = f"{quote(table.name)} ({columns})"
    if is_sqlite(session):
        marks = ", ".join("?" * (len(given) + len(others)))
        connection.exec_driver_sql(f"insert into {names} values ({marks})", list(found))  # noqa: S608  names of the schema
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"copy {names} from stdin") as copy:
        for row in found:
            copy.write_row(row)


def _defaults(table: Table) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        default: Any = column.default
        if default is not None:
            yield column.name, default.arg(None) if default.is_callable else default.arg


def _fixed(table: Table, values: Mapping[str, Any], dialect: Dialect) -> tuple[Any, ...]:
    """What is the same in every row, as the driver takes it."""
    processes = {name: _process(table.columns[name], dialect) for name in values}
    return tuple(
        process(values[name]) if process else values[name] for name, process in processes.items()
    )


def _tuples(
    columns: Sequence[Column[Any]], rows: Rows, fixed: tuple[Any, ...], dialect: Dialect
) -> Iterator[Sequence[Any]]:
    """Each row as the driver takes it: in the order of the columns, then what is fixed."""
    processes = ((at, _process(column, dialect)) for at, column in enumerate(columns))
    steps = [(at, process) for at, process in processes if process]
    pick = itemgetter(*(column.name for column in columns))
    for row in rows:
        cells = list(pick(row))
        for at, process in steps:
            cells[at] = process(cells[at])
        yield *cells, *fixed


def _process(column: Column[Any], dialect: Dialect) -> Process | None:
    if isinstance(column.type, Enum):
        return str  # as text: see tables.choice
    return column.type.dialect_impl(dialect).bind_processor(dialect)
