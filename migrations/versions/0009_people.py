"""People, their passwords and sessions, invitations and grants."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SCOPES = {
    "viewer": "read",
    "reviewer": "read review",
    "curator": "read review upload",
    "admin": "read review upload admin",
}


def upgrade() -> None:
    op.add_column("person", _text("password", 200))
    op.add_column("person", _text("email", 320))
    op.add_column("person", sa.Column("issuer", sa.String(300), nullable=True))
    op.add_column("person", sa.Column("subject", sa.String(300), nullable=True))
    op.add_column("person", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_person_issuer_subject", "person", ["issuer", "subject"], unique=True)
    op.add_column("session", _text("agent", 200))
    op.add_column("session", _text("address", 60))
    op.add_column("token", _text("scopes", 60))
    for role, scopes in SCOPES.items():
        op.execute(f"UPDATE token SET scopes = '{scopes}' WHERE role = '{role}'")
    # SQLite adds no foreign key to a table; nothing refers to a token, so it is made anew.
    with op.batch_alter_table("token") as token:
        token.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        token.create_foreign_key(
            "token_user_id_fkey", "person", ["user_id"], ["id"], ondelete="CASCADE"
        )
    op.create_table(
        "member",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "user_id"),
    )
    op.create_index("ix_member_user_id", "member", ["user_id"])
    op.create_table(
        "invitation",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("dataset_id", sa.Integer(), nullable=True),
        sa.Column("dataset_role", sa.String(20), nullable=False),
        sa.Column("made_by", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash"),
    )


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_table("member")
    with op.batch_alter_table("token") as token:
        token.drop_column("user_id")
        token.drop_column("scopes")
    op.drop_column("session", "address")
    op.drop_column("session", "agent")
    op.drop_index("uq_person_issuer_subject", "person")
    for name in ("left_at", "subject", "issuer", "email", "password"):
        op.drop_column("person", name)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")
