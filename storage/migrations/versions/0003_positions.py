"""Search in order of time: articles get a position, the search table is keyed by it and made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0003_positions"
down_revision = "0002_schedule"


def upgrade() -> None:
    # SQLite cannot add a column that must be filled without giving it a value.
    op.add_column("articles", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("modified_offset", sa.Integer(), nullable=True))
    # Below every real position; `storage.search.index.rebuild` gives the right ones, in the same transaction.
    op.execute("UPDATE articles SET position = -1000000000000 - id")
    op.create_index("ix_articles_position", "articles", ["position"], unique=True)
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Integer(), nullable=False),
        sa.Column("spill", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    op.execute("INSERT INTO search_state(id, scheme, spill) VALUES (1, 0, 0)")
    op.execute("DROP TABLE article_grams")
    if op.get_bind().dialect.name == "sqlite":
        # The tokenizer named ascii takes every other character for part of a word; unicode61's table is too old for rare ones.
        op.execute("CREATE VIRTUAL TABLE article_grams USING fts5(grams, content='', detail=none, columnsize=0, prefix='1', tokenize='ascii')")
        return
    op.execute("CREATE TABLE article_grams (position BIGINT PRIMARY KEY, grams INTEGER[] NOT NULL)")
    # Out of line, so that a scan for positions reads short rows.
    op.execute("ALTER TABLE article_grams ALTER COLUMN grams SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE article_grams SET (toast_tuple_target = 128)")
    op.execute("CREATE INDEX ix_article_grams_grams ON article_grams USING gin (grams) WITH (fastupdate = on, gin_pending_list_limit = 1024)")
