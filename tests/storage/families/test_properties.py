"""Whatever arrives: the same families on both databases, in one database however it is cut, and books that balance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.archive import Archive
from storage.families import Newcomer, assign, place, place_all
from storage.families.assign import families, store
from storage.families.fingerprint import fingerprint
from storage.families.reading import normalise, read
from storage.families.relate import relate
from tests.conftest import empty_database
from tests.storage.families.conftest import TEXTS

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TABLES = ("articles", "signatures", "fingerprints", "families", "family_links", "family_merges")
SENTENCES = sorted({part + "。" for text in TEXTS.values() for line in text.strip().split("\n") for part in line.split("。") if len(part) > 12})
TITLES = ("枯了三十年的泉眼又出水了", "停水通知", "东关街停水通知", "柳河面食节开幕", "第三届柳河面食节开幕", "枯了三十年的泉眼又出水了(2)", None)

documents = st.lists(
    st.fixed_dictionaries({"title": st.sampled_from(TITLES), "text": st.lists(st.sampled_from(SENTENCES), max_size=9).map("\n".join) | st.text(max_size=60)}),
    max_size=12,
)


@pytest.fixture(scope="module", params=["postgresql"])
def postgres_archive(request, tmp_path_factory):
    with empty_database(request, tmp_path_factory.mktemp("families")) as url, Archive(url) as made:
        yield made


def placed(archive, wanted):
    """Families of documents in an archive that is emptied before."""
    with archive.transaction() as connection:
        for table in TABLES:
            connection.execute(text(f"DELETE FROM {table}"))
        numbered = list(enumerate(wanted, 1))
        store(connection, numbered, NOW)
        for number, one in numbered:
            place(connection, number, one["title"], one["text"], NOW)
        return families(connection)


def clean_text(value):
    """As the writer leaves it: no NUL, no lone surrogate."""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()


def grouped(found):
    return sorted(sorted(n for n, family in enumerate(found) if family == one) for one in set(found))


@settings(max_examples=25, deadline=None)
@given(documents)
def test_the_same_families_on_both_databases(postgres_archive, wanted):
    clean = [{**one, "text": clean_text(one["text"])} for one in wanted]
    assert grouped(placed(postgres_archive, clean)) == grouped(assign(clean))


@settings(max_examples=20, deadline=None)
@given(documents)
def test_every_document_has_a_family_and_equal_ones_share_it(wanted):
    clean = [{**one, "title": "停水通知", "text": clean_text(one["text"])} for one in wanted]
    found = assign(clean)
    assert len(found) == len(clean)
    for one, family in zip(clean, found, strict=True):
        same = {other for document, other in zip(clean, found, strict=True) if document["text"] == one["text"] and read(None, one["text"]).text}
        assert same <= {family}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_normalising_twice_is_normalising_once(value):
    once = normalise(value)
    assert normalise(once) == once


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), max_size=8).map("\n".join), st.lists(st.sampled_from(SENTENCES), max_size=8).map("\n".join))
def test_a_copy_is_a_copy_from_both_ends(one, other):
    there, back = (relate(read("甲", a), read("甲", b)) for a, b in ((one, other), (other, one)))
    assert (there.kind if there else None) == (back.kind if back else None)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600))
def test_what_is_stored_is_asked_for(value):
    prints = fingerprint(read("柳河面食节在县文化广场开幕", value))
    assert set(prints.stored) <= set(prints.asked)
    assert all(0 <= hash_ < 1 << 48 for hash_ in prints.asked)


@settings(max_examples=25, deadline=None)
@given(documents, st.integers(1, 7))
def test_articles_placed_together_get_the_families_that_they_get_one_by_one(wanted, size):
    with Archive("sqlite://") as one, Archive("sqlite://") as other:
        expected = placed(one, wanted)
        with other.transaction() as connection:
            store(connection, list(enumerate(wanted, 1)), NOW)
            newcomers = [Newcomer(n, document["title"], document["text"], NOW) for n, document in enumerate(wanted, 1)]
            for n in range(0, len(newcomers), size):
                place_all(connection, newcomers[n : n + size])
            assert grouped(families(connection)) == grouped(expected)
            told = [kept_of(connection), None]
        with one.read() as connection:
            told[1] = kept_of(connection)
    assert told[0] == told[1]


def kept_of(connection):
    """What the index and the links hold."""
    queries = ("hash, article_id FROM fingerprints", "article_id, size FROM signatures", "article_id, other_id, relation FROM family_links")
    return [sorted(map(tuple, connection.execute(text(f"SELECT {query}")))) for query in queries]
