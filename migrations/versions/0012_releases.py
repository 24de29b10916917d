"""What a version was used for, and how an export was split."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("version", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "version", sa.Column("facts", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column(
        "export", sa.Column("told", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_table(
        "version_use",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "version_id",
            sa.Integer(),
            sa.ForeignKey("version.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("used_by", sa.String(500), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "dealing",
        sa.Column(
            "version_id",
            sa.Integer(),
            sa.ForeignKey("version.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("dealing")
    op.drop_table("version_use")
    op.drop_column("export", "told")
    op.drop_column("version", "facts")
    op.drop_column("version", "note")
