"""Search in a large archive: newest 20 for queries of 1, 2, 4 and 8 characters, beside LIKE; size of the index.

    python tests/benchmarks/search_at_scale.py --number 100000
    python tests/benchmarks/search_at_scale.py --number 1000000 --url postgresql+psycopg://…/empty_database

CPU is that of this process: all of it on SQLite, without the server's on PostgreSQL.
Without --url a SQLite file is made in a temporary folder. An archive that holds the articles already is only asked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from made_news import articles
from sqlalchemy import text

from crawler.items import Article
from storage.archive import Archive
from storage.search.tokens import RUN
from storage.writer import Visit, save_articles

BATCH = 500


def batches(made: Iterator[Article]) -> Iterator[list[Article]]:
    while batch := list(islice(made, BATCH)):
        yield batch


def build(archive: Archive, number: int) -> None:
    began, cpu, done = time.perf_counter(), time.process_time(), 0
    for batch in batches(articles(number)):
        with archive.transaction() as connection:
            save_articles(connection, [(article, Visit(now=article.published, rules="1")) for article in batch])
        done += len(batch)
        if done % 50_000 == 0:
            print(f"  {done} stored, {done / (time.perf_counter() - began):.0f}/s", file=sys.stderr, flush=True)  # noqa: T201 - a benchmark prints
    wall = time.perf_counter() - began
    spent = (time.process_time() - cpu) / number * 1000
    print(f"stored {number} articles in {wall:.0f} s ({number / wall:.0f}/s; {spent:.2f} ms of CPU here an article, making them included)")  # noqa: T201 - a benchmark prints


SIZES = {
    "sqlite": "SELECT (SELECT sum(length(block)) FROM article_grams_data), (SELECT sum(length(CAST(text AS BLOB)) + length(CAST(coalesce(title, '') AS BLOB))) FROM articles)",
    "postgresql": "SELECT pg_total_relation_size('article_grams'), (SELECT sum(octet_length(text) + octet_length(coalesce(title, ''))) FROM articles)",
}


def sizes(archive: Archive) -> None:
    with archive.read() as connection:
        index, body = connection.execute(text(SIZES[connection.dialect.name])).one()
    print(f"index {index / 1e6:.0f} MB, text {body / 1e6:.0f} MB of UTF-8: {index / float(body):.2f} x text")  # noqa: T201 - a benchmark prints


def queries(number: int, length: int, wanted: int, seed: int) -> list[str]:
    """Pieces of runs of articles that are in the archive: half of them drawn as they occur, half as they differ."""
    random = np.random.default_rng(seed)
    found: list[str] = []
    for article in islice(articles(number), 4000):
        runs = [run for run in RUN.findall(article.text) if len(run) >= length]
        if runs:
            run = runs[int(random.integers(len(runs)))]
            start = int(random.integers(len(run) - length + 1))
            found.append(run[start : start + length])
    different = sorted(set(found))
    random.shuffle(different)
    random.shuffle(found)
    return found[: wanted // 2] + different[: wanted - wanted // 2]


def measure(archive: Archive, number: int, wanted: int, like: int) -> None:
    head = ("characters", "queries", "hits", "p50 ms", "p95 ms", "max ms", "CPU p50", "CPU p95", "LIKE p50", "ratio")
    print(" ".join(f"{name:>10}" for name in head))  # noqa: T201 - a benchmark prints
    for length in (1, 2, 4, 8):
        asked = queries(number, length, wanted, length)
        times, spent, found = [], [], {}
        for query in asked:
            began, cpu = time.perf_counter(), time.process_time()
            found[query] = [hit.id for hit in archive.search(f'"{query}"')]
            times.append((time.perf_counter() - began) * 1000)
            spent.append((time.process_time() - cpu) * 1000)
        hits = sum(len(found[query]) for query in asked)
        # Afterwards: reading every text turns the index out of the machine's cache.
        plain = [_like(archive, query, found[query]) for query in asked[:: max(1, wanted // like)][:like]]
        slow = float(np.median(plain))
        row = [*np.percentile(times, [50, 95]), max(times), *np.percentile(spent, [50, 95]), slow, slow / np.median(times)]
        print(f"{length:>10} {len(asked):>10} {hits:>10} " + " ".join(f"{value:>10.1f}" for value in row), flush=True)  # noqa: T201 - a benchmark prints


def _like(archive: Archive, query: str, expected: list[int]) -> float:
    """Milliseconds of the same question by LIKE; the answers must be the same."""
    sql = text("SELECT id FROM articles WHERE title LIKE :like OR text LIKE :like ORDER BY sort_at DESC, id DESC LIMIT 20")
    began = time.perf_counter()
    with archive.read() as connection:
        found = list(connection.scalars(sql, {"like": f"%{query}%"}))
    if found != expected:
        raise SystemExit(f"{query}: search gives {expected}, LIKE {found}")
    return (time.perf_counter() - began) * 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--number", type=int, default=100_000)
    options.add_argument("--url", help="an archive to fill and ask (default: a SQLite file that is thrown away)")
    options.add_argument("--queries", type=int, default=100, help="of each length")
    options.add_argument("--like", type=int, default=5, help="of them also by LIKE")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Archive(asked.url or f"sqlite:///{Path(folder) / 'archive.db'}") as archive:
        if archive.count() == 0:
            build(archive, asked.number)
        sizes(archive)
        measure(archive, asked.number, asked.queries, asked.like)


if __name__ == "__main__":
    main()
