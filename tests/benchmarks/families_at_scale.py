"""The family index at scale, on either database, with fingerprints made from a seed.

    python tests/benchmarks/families_at_scale.py [--articles 1000000] [--url postgresql+psycopg://…]

Made articles: lengths as in regional news (median about 450 compared characters), one in three a copy, one run of
characters in three a common phrase (Zipf). Most are written in bulk as `storage.families` would have written them; the
first and the last thousands go through the code that a crawl uses and are timed: CPU, since that is ours, and wall.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from storage.archive import Archive
from storage.families import index
from storage.families.fingerprint import BITS, DENSE, SPARSE, STORED_START, Fingerprint
from storage.families.ledger import found as found_family
from storage.families.ledger import stamp

TIMED, BATCH = 5000, 20_000
PHRASES, COPIES, COMMON = 200_000, 1 / 3, 1 / 3
TABLES = ("fingerprints", "signatures", "families")


def prints(number: int, seed: int, weights: list[float]) -> Fingerprint:
    """A fingerprint as a text would give it; the same seed is the same story."""
    rng = random.Random(seed)
    length = max(60, int(rng.lognormvariate(6.1, 0.7)))
    count = min(length, STORED_START) // DENSE + max(0, length - STORED_START) // SPARSE
    phrases = rng.choices(range(PHRASES), cum_weights=weights, k=round(count * COMMON))
    hashes = {(phrase * 0x9E3779B97F4A7C15) % (1 << BITS) for phrase in phrases} | {rng.getrandbits(BITS) for _ in range(count - len(phrases))}
    own = random.Random(-number)
    if number != seed:  # what a copy leaves out, and brings along
        hashes = {hash_ for hash_ in hashes if own.random() < 0.85} | {own.getrandbits(BITS) for _ in range(own.randrange(8))}
    whole, names = own.getrandbits(BITS), frozenset(rng.getrandbits(32) for _ in range(3)) | {own.getrandbits(32)}
    stored = sorted(hashes | names | {whole})
    asked = sorted({*stored, *(own.getrandbits(BITS) for _ in range(max(0, min(length, 512) - STORED_START) // DENSE))})
    return Fingerprint(stored, asked, whole, [], names)


def stories(first: int, last: int) -> Iterator[tuple[int, int]]:
    """(article, the article whose story it tells)."""
    rng = random.Random(first)
    for number in range(first, last):
        copied = rng.randrange(max(1, number - 20_000), number) if number > 1 and rng.random() < COPIES else number
        yield number, copied


class Made:
    """What has been written, as far as the next writes depend on it."""

    def __init__(self) -> None:
        self.weights = []
        total = 0.0
        for rank in range(PHRASES):
            total += 1 / (rank + 1) ** 0.8
            self.weights.append(total)
        self.family: dict[int, int] = {}
        self.crowd: Counter[int] = Counter()
        self.phrases = {(phrase * 0x9E3779B97F4A7C15) % (1 << BITS) for phrase in range(PHRASES)}

    def bulk(self, connection: Connection, first: int, last: int) -> None:
        """Write articles as `keep` would have, without asking the database."""
        rows, signatures, families, common = [], [], [], []
        at = stamp(connection, datetime.now(UTC))
        for number, seed in stories(first, last):
            own = prints(number, seed, self.weights)
            known = set(prints(seed, seed, self.weights).stored) if seed != number else set()
            for hash_ in own.stored:
                if hash_ in self.phrases:
                    self.crowd[hash_] += 1
                    if self.crowd[hash_] > index.HOT:
                        common += [hash_] if self.crowd[hash_] == index.HOT + 1 else []
                        continue
                if hash_ not in known:
                    rows.append((hash_, number))
            family = self.family.get(seed, number)
            self.family[number] = family
            signatures.append((number, family, len(own.stored)))
            if family == number:
                families.append((number, number, at))
        self._write(connection, rows, signatures, families)
        index.run_many(connection, index.FORGET, [(hash_,) for hash_ in common])
        index.run_many(connection, index.KEEP, [(hash_, index.EVERYBODY) for hash_ in common])

    def _write(self, connection: Connection, rows: list, signatures: list, families: list) -> None:  # type: ignore[type-arg]
        if connection.dialect.name == "sqlite":
            index.run_many(connection, index.KEEP, rows)
            index.run_many(connection, index.SIGN, signatures)
            index.run_many(connection, "INSERT INTO families (id, head_id, size, created_at) VALUES (?, ?, 1, ?)", families)
            return
        with connection.connection.driver_connection.cursor() as cursor:
            for sql, values in (
                ("COPY fingerprints (hash, article_id) FROM STDIN", rows),
                ("COPY signatures (article_id, family_id, size, scheme) FROM STDIN", [(*row, index.SCHEME) for row in signatures]),
                ("COPY families (id, head_id, created_at, size) FROM STDIN", [(*row, 1) for row in families]),
            ):
                with cursor.copy(sql) as copy:
                    for row in values:
                        copy.write_row(row)

    def timed(self, archive: Archive, first: int, last: int) -> dict[str, float]:
        """Look up and enter articles as a crawl does; milliseconds."""
        asking, wall, entering = [], [], []
        with archive.transaction() as connection:
            for number, seed in stories(first, last):
                own = prints(number, seed, self.weights)
                start, clock = time.process_time(), time.perf_counter()
                known = index.look_up(connection, own)
                asking.append(1000 * (time.process_time() - start))
                wall.append(1000 * (time.perf_counter() - clock))
                start = time.process_time()
                family = known.family_of[known.ranked[0]] if known.ranked else found_family(connection, number, datetime.now(UTC))
                index.keep(connection, number, family, own, known)
                entering.append(1000 * (time.process_time() - start))
                self.family[number] = family
        return {
            "query CPU, mean": statistics.mean(asking), "query CPU, p95": statistics.quantiles(asking, n=20)[-1],
            "query wall, p50": statistics.median(wall), "query wall, p95": statistics.quantiles(wall, n=20)[-1],
            "insert CPU, mean": statistics.mean(entering), "both CPU, mean": statistics.mean(asking) + statistics.mean(entering),
        }  # fmt: skip


def size(archive: Archive) -> int:
    """Bytes of the family tables and their indexes."""
    with archive.read() as connection:
        if connection.dialect.name == "sqlite":
            names = [row[0] for row in connection.exec_driver_sql(f"SELECT name FROM sqlite_master WHERE tbl_name IN {TABLES}")]
            return sum(connection.exec_driver_sql("SELECT sum(pgsize) FROM dbstat WHERE name = ?", (name,)).scalar() or 0 for name in names)
        return sum(connection.exec_driver_sql(f"SELECT pg_total_relation_size('{name}')").scalar() or 0 for name in TABLES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--url", help="an empty PostgreSQL database; without it a SQLite file that is deleted afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Archive(options.url or f"sqlite:///{Path(folder) / 'families.db'}") as archive:
        made = Made()
        empty = made.timed(archive, 1, TIMED)
        start = time.process_time()
        for first in range(TIMED, options.articles, BATCH):
            with archive.transaction() as connection:
                made.bulk(connection, first, min(first + BATCH, options.articles))
        print(f"{options.articles} articles written in {time.process_time() - start:.0f} s of CPU")  # noqa: T201 - a benchmark prints
        with archive.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT count(*) FROM fingerprints").scalar() or 0
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT setval('families_id_seq', {options.articles})")
        print(f"{rows / options.articles:.1f} hashes, {size(archive) / options.articles:.0f} bytes an article")  # noqa: T201
        full = made.timed(archive, options.articles, options.articles + TIMED)
        for name, value in full.items():
            print(f"{name:18} {empty[name]:7.3f} ms empty {value:7.3f} ms full   x {value / empty[name]:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
