"""Leases of the review queue, label schemes and their suggestions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "sample", sa.Column("flagged", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sample", sa.Column("quality", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "sample", sa.Column("marks", sa.String(length=1000), nullable=False, server_default="")
    )
    op.add_column("person", sa.Column("keys", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "lease",
        sa.Column("sample_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sample_id"),
    )
    op.create_index("ix_lease_dataset", "lease", ["dataset_id", "until"], unique=False)
    op.create_table(
        "label_scheme",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("guideline", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id"),
    )
    # "most similar first" walks along this one.
    op.create_index("ix_placement_similarity", "placement", ["frame_id", "similarity", "sample_id"])


def downgrade() -> None:
    op.drop_index("ix_placement_similarity", table_name="placement")
    op.drop_table("label_scheme")
    op.drop_index("ix_lease_dataset", table_name="lease")
    op.drop_table("lease")
    op.drop_column("person", "keys")
    op.drop_column("sample", "marks")
    op.drop_column("sample", "quality")
    op.drop_column("sample", "flagged")
