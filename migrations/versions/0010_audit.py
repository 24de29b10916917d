"""The audit log: a table that refuses changes; and for whom each job runs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APPEND_ONLY = {
    "sqlite": (
        "create trigger audit_no_update before update on audit"
        " begin select raise(abort, 'the audit log is append-only'); end",
        "create trigger audit_no_delete before delete on audit"
        " begin select raise(abort, 'the audit log is append-only'); end",
    ),
    "postgresql": (
        "create function refuse_audit_change() returns trigger language plpgsql as"
        " $$ begin raise exception 'the audit log is append-only'; end $$",
        "create trigger audit_no_change before update or delete or truncate on audit"
        " for each statement execute function refuse_audit_change()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("ip", sa.String(length=60), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_actor", "audit", ["actor", "id"], unique=False)
    op.create_index("ix_audit_kind", "audit", ["kind", "id"], unique=False)
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    op.add_column(
        "job", sa.Column("actor", sa.String(length=200), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("job", "actor")
    op.drop_index("ix_audit_kind", table_name="audit")
    op.drop_index("ix_audit_actor", table_name="audit")
    op.drop_table("audit")  # and its triggers
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function refuse_audit_change()")
