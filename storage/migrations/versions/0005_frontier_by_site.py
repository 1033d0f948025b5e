"""The frontier's key is (site, address): two sites may list one address. Hosts, revisits and broken captures noted."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0005_frontier_by_site"
down_revision = "0004_families"

OLD = (
    "site", "url_key", "url", "kind", "state", "token", "priority", "next_at", "attempts", "visits", "depth", "found_on", "etag",
    "last_modified", "body_hash", "outcome", "reason", "context", "yield_count", "interval", "first_seen_at", "checked_at", "run_id",
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_frontier_due", table_name="frontier")
    op.rename_table("frontier", "frontier_old")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_frontier RENAME TO pk_frontier_old")
    create_frontier()
    names = ", ".join(OLD)
    op.execute(f"INSERT INTO frontier ({names}, host) SELECT {names}, '' FROM frontier_old")
    op.drop_table("frontier_old")
    fill_hosts()
    op.add_column("captures", sa.Column("refers_to", sa.BigInteger(), nullable=True))
    op.add_column("captures", sa.Column("broken", sa.Text(), nullable=True))


def create_frontier() -> None:
    op.create_table(
        "frontier",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("url_key", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.LargeBinary(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column("capture_id", sa.BigInteger(), nullable=True),
        sa.Column("capture_digest", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("context", sa.JSON(), nullable=True),
        sa.Column("yield_count", sa.Integer(), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "url_key", name=op.f("pk_frontier")),
    )
    op.create_index("ix_frontier_due", "frontier", ["site", "state", "next_at", "priority"], unique=False)


def fill_hosts() -> None:
    frontier = sa.table("frontier", sa.column("site", sa.Text()), sa.column("url_key", sa.LargeBinary()), sa.column("url", sa.Text()), sa.column("host", sa.Text()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(frontier.c.site, frontier.c.url_key, frontier.c.url)).all():
        where = (frontier.c.site == row.site, frontier.c.url_key == row.url_key)
        connection.execute(sa.update(frontier).where(*where).values(host=urlsplit(row.url).hostname or ""))
