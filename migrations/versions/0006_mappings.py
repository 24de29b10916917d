"""Which column of an upload holds what, where its sender said so."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("upload", sa.Column("mapping", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("upload", "mapping")
