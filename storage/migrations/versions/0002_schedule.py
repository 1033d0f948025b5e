"""The plan: schedules as last read, firings that are claimed and end, pauses; runs know their firing."""

import sqlalchemy as sa
from alembic import op

revision = "0002_schedule"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_next_at", "plans", ["next_at"])
    op.create_table(
        "pauses",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index("ix_pauses_site", "pauses", ["site"])
    op.add_column("firings", sa.Column("folded", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("firings", sa.Column("claim", sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("since", "started_at", "ended_at"):
        op.add_column("firings", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("firings", sa.Column("exit_code", sa.Integer(), nullable=True))
    for name in ("reason", "log"):
        op.add_column("firings", sa.Column(name, sa.Text(), nullable=True))
    op.create_index("ix_firings_state", "firings", ["state", "not_before"])
    started = sa.text("state = 'started'")
    op.create_index("uq_firings_started", "firings", ["site"], unique=True, sqlite_where=started, postgresql_where=started)
    op.add_column("runs", sa.Column("firing_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_runs_firing_id", "runs", ["firing_id"])
