"""Run the migrations on the connection that app.storage.migration hands over."""

from alembic import context
from sqlmodel import SQLModel

import app.storage.access_tables
import app.storage.audit_tables
import app.storage.board_tables
import app.storage.dart_tables
import app.storage.import_tables
import app.storage.measurement_tables
import app.storage.release_tables
import app.storage.search_tables
import app.storage.team_tables  # noqa: F401  all are imported for the tables they define

connection = context.config.attributes["connection"]


def render(kind: str, thing: object, _context: object) -> str | bool:
    """Write our own types in a short, importable form."""
    if kind == "type" and type(thing).__name__ == "AutoString":
        return f"sa.String(length={thing.length})"  # type: ignore[attr-defined]
    if kind == "type" and type(thing).__name__ == "VectorType":
        return "VectorType()"
    return False


context.configure(
    render_item=render,
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=False,  # batch mode deleted children silently: see app/storage/migration.py
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
