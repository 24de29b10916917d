"""No index of the hashes of texts: nothing looks a sample up by them, and they were half of the
pages that an import writes."""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_sample_output", table_name="sample")
    op.drop_index("ix_sample_input", table_name="sample")


def downgrade() -> None:
    op.create_index("ix_sample_input", "sample", ["input_hash"], unique=False)
    op.create_index("ix_sample_output", "sample", ["output_hash"], unique=False)
