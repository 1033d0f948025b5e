"""Characters that most articles have are no tokens; the search table is made anew, on SQLite without an index of first characters."""

import sqlalchemy as sa
from alembic import op

revision = "0008_common_characters"
down_revision = "0007_alerts"


def upgrade() -> None:
    op.add_column("search_state", sa.Column("sampled", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("search_state", sa.Column("counts", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("search_state", sa.Column("common", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE article_grams")
        op.execute("CREATE VIRTUAL TABLE article_grams USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii')")
        return
    # While autovacuum, slowed by its cost delay, cleans the pending list, nobody else may: the list fills pages that are never given
    # back (measured: an index of 5.4 times the text instead of 2). Nothing here needs the statistics, or the visibility map.
    op.execute("ALTER TABLE article_grams SET (autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1)")
    op.execute("ALTER TABLE article_grams ALTER COLUMN grams SET STATISTICS 0")
