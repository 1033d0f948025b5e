"""What people have been told of the sites."""

import sqlalchemy as sa
from alembic import op

revision = "0007_alerts"
down_revision = "0006_learned_lines"


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site", "check", name=op.f("pk_alerts")),
    )
