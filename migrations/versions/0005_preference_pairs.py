"""What a sample is beside its messages: the other answer of a pair, a verdict."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("sample", "revision")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("rest", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "rest")
