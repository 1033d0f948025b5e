"""Archives to test on."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from storage.archive import Archive
from tests.conftest import empty_database


@pytest.fixture
def archive(archive_url):
    with Archive(archive_url) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_archive(request, tmp_path_factory):
    """Makes archives that the tests of a module share."""

    @contextmanager
    def make():
        with empty_database(request, tmp_path_factory.mktemp("archive")) as url, Archive(url) as made:
            yield made

    return make
