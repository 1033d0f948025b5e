"""The index's statements go to the driver as they are; its errors come as SQLAlchemy's."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.archive import Archive
from storage.families import index


@pytest.mark.parametrize("execute", [lambda one: index.run(one, "SELECT 1"), lambda one: index.run_many(one, index.UNSIGN, [(1,)])], ids=["one", "many"])
def test_a_database_that_went_away_is_told_as_sqlalchemy_does(postgres, execute):
    """The crawl waits such an error out; any other would be the article's own fault."""
    with Archive(postgres) as archive, archive.engine.connect() as connection, archive.engine.connect() as other:
        number = connection.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
        with pytest.raises(OperationalError) as told:
            execute(connection)
        assert told.value.connection_invalidated
        connection.invalidate()


def test_a_statement_that_cannot_be_is_told_too(archive):
    with archive.engine.connect() as connection, pytest.raises(DBAPIError):
        index.run(connection, "SELECT nothing FROM nowhere")
