"""The family of a sample; what the gauges read of the samples that a query finds.

For a day 0006 and 0013 made these themselves: a database of that day is at 0014 and has them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    there = sa.inspect(op.get_bind())
    if not there.has_table("measured_query"):
        _add_measured_queries()
    if "family" not in {column["name"] for column in there.get_columns("sample")}:
        _add_families()


def _add_families() -> None:
    op.add_column("sample", sa.Column("family", sa.String(200), nullable=False, server_default=""))
    op.create_index(
        "ix_sample_family",
        "sample",
        ["dataset_id", "family"],
        sqlite_where=sa.text("family <> ''"),
        postgresql_where=sa.text("family <> ''"),
    )


def _add_measured_queries() -> None:
    op.create_table(
        "measured_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_measured_query_dataset_id", "measured_query", ["dataset_id"], unique=False)
    op.add_column("measurement", sa.Column("query_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("measurement", "query_id")
    op.drop_table("measured_query")
    op.drop_index("ix_sample_family", table_name="sample")
    op.drop_column("sample", "family")
