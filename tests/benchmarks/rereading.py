"""WARC files read again by one worker process and by two, in one run: articles a second, and their ratio.

    python -m tests.benchmarks.rereading WARC.gz … --archive URL [--site PROFILE_FOLDER]

The files must be captures of that archive. Each round reads all files: with one `scrapy replay --apply` process at a time,
then with two. Measured on a machine with two cores or more that does nothing else; the load is printed beside the result.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor


def read(file: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "scrapy", "replay", "--apply", file], env=environment, check=True, capture_output=True)


def seconds(files: list[str], processes: int, environment: dict[str, str]) -> float:
    """Wall time of all files by so many processes at once."""
    started = time.monotonic()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda file: read(file, environment), files))
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--archive", required=True)
    parser.add_argument("--sites", default="")
    parser.add_argument("--rounds", type=int, default=3)
    opts = parser.parse_args()
    environment = {**os.environ, "ARCHIVE_URL": opts.archive, "SITES_DIR": opts.sites, "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    for number in range(opts.rounds):
        one, two = (seconds(opts.files, processes, environment) for processes in (1, 2))
        load = os.getloadavg()[0]
        print(f"round {number + 1}: one {one:.1f} s, two {two:.1f} s, ratio {one / two:.2f} (load {load:.1f}, {os.cpu_count()} cores)")  # noqa: T201 - a benchmark speaks


if __name__ == "__main__":
    main()
