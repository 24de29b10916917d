"""Many rows into a table at once, past the ORM: as each database's driver takes them fastest."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Enum, Table
from sqlmodel import Session

from app.storage.database import is_sqlite

Rows = Sequence[Mapping[str, Any]]
Process = Callable[[Any], Any]


def insert(session: Session, table: Table, rows: Rows) -> None:
    """Insert rows that all have the same columns; the others get the table's defaults."""
    if not rows:
        return
    connection = session.connection()
    fixed = {name: value for name, value in _defaults(table) if name not in rows[0]}
    columns = [column for column in table.columns if column.name in rows[0].keys() | fixed.keys()]
    found = _tuples(connection, columns, fixed, rows)
    quote = connection.dialect.identifier_preparer.quote
    names = f"{quote(table.name)} ({', '.join(quote(column.name) for column in columns)})"
    if is_sqlite(session):
        marks = ", ".join("?" * len(columns))
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


def _tuples(
    connection: Connection, columns: Sequence[Column[Any]], fixed: Mapping[str, Any], rows: Rows
) -> Iterable[Sequence[Any]]:
    """The rows in the order of the columns, each cell as the driver takes it."""
    dialect = connection.dialect
    processes = {column.name: _process(column, dialect) for column in columns}
    ready = {name: _processed(processes[name], value) for name, value in fixed.items()}
    varying = [(name, it) for name, it in processes.items() if it and name not in fixed]
    pick = itemgetter(*(column.name for column in columns))
    for row in rows:
        cells = {**ready, **row}
        for name, process in varying:
            cells[name] = process(cells[name])
        yield pick(cells)


def _process(column: Column[Any], dialect: Dialect) -> Process | None:
    if isinstance(column.type, Enum):
        return str  # as text: see tables.choice
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _processed(process: Process | None, value: Any) -> Any:
    return process(value) if process else value
