"""Learned lines know where in the text they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0006_learned_lines"
down_revision = "0005_frontier_by_site"


def upgrade() -> None:
    # The table is counted anew by every `scrapy learn`: what it holds says nothing of places.
    op.execute("DELETE FROM learned_lines")
    op.add_column("learned_lines", sa.Column("head", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("learned_lines", sa.Column("tail", sa.Integer(), nullable=False, server_default="0"))
