"""Which column of an upload holds what, where its sender said so; the family of a sample."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("upload", sa.Column("mapping", sa.Text(), nullable=False, server_default=""))
    op.add_column("sample", sa.Column("family", sa.String(200), nullable=False, server_default=""))
    op.create_index(
        "ix_sample_family",
        "sample",
        ["dataset_id", "family"],
        sqlite_where=sa.text("family <> ''"),
        postgresql_where=sa.text("family <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_sample_family", table_name="sample")
    op.drop_column("sample", "family")
    op.drop_column("upload", "mapping")
