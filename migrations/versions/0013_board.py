"""What the gauges read of the samples that a query finds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
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
