"""The search table: overlapping bigrams made here, so that both databases hold the same tokens.

Every run of letters and digits of n characters yields n tokens: n-1 bigrams and the last single character, each written
as hexadecimal code points, since neither database's own tokenizer knows all of Unicode. A one-character query is a
prefix query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import Connection, text

from storage.simplify import simplify

RUN = re.compile(r"[^\W_]+")


def normalise(value: str) -> str:
    """What is compared in a search: NFKC, case folded, simplified characters.

    >>> normalise("ＡＢ經濟")
    'ab经济'
    """
    return simplify(unicodedata.normalize("NFKC", value).casefold())


def token(chars: str) -> str:
    """One or two characters as ASCII; the token of one is a prefix of every bigram that it starts.

    >>> token("中"), token("中国")
    ('x4e2dx', 'x4e2dx56fdx')
    """
    return "x" + "".join(f"{ord(char):x}x" for char in chars)


def grams(normalised: str) -> set[str]:
    """The tokens of a text."""
    found: set[str] = set()
    for run in RUN.findall(normalised):
        found.update(token(run[i : i + 2]) for i in range(len(run) - 1))
        found.add(token(run[-1]))
    return found


def put(connection: Connection, article_id: int, old: str | None, new: str) -> None:
    """Index the searchable text of an article; ``old`` is what is indexed now (None: nothing)."""
    if connection.dialect.name == "sqlite":
        if old is not None:
            # A contentless FTS5 table needs the old tokens to delete a row.
            connection.execute(
                text("INSERT INTO article_grams(article_grams, rowid, grams) VALUES ('delete', :id, :grams)"),
                {"id": article_id, "grams": _line(grams(old))},
            )
        connection.execute(
            text("INSERT INTO article_grams(rowid, grams) VALUES (:id, :grams)"),
            {"id": article_id, "grams": _line(grams(new))},
        )
        return
    literal = " ".join(f"'{gram}'" for gram in sorted(grams(new)))
    connection.execute(
        text("INSERT INTO article_grams(article_id, grams) VALUES (:id, CAST(:grams AS tsvector)) ON CONFLICT (article_id) DO UPDATE SET grams = excluded.grams"),
        {"id": article_id, "grams": literal},
    )


def remove(connection: Connection, article_id: int, old: str) -> None:
    """Take an article out of the index."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("INSERT INTO article_grams(article_grams, rowid, grams) VALUES ('delete', :id, :grams)"),
            {"id": article_id, "grams": _line(grams(old))},
        )
    else:
        connection.execute(text("DELETE FROM article_grams WHERE article_id = :id"), {"id": article_id})


def _line(tokens: Iterable[str]) -> str:
    return " ".join(sorted(tokens))
