"""The log of a run is bounded, whatever the run writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.schedule.logs import RunLog, path_of, prune


def written(path, limit, chunks):
    log = RunLog(path, limit)
    for chunk in chunks:
        log.write(chunk)
    log.close()
    return path.read_bytes()


@pytest.mark.parametrize("chunks", [[b"a" * 30], [b"a"] * 30, [b"a" * 7] * 4 + [b"a" * 2], []])
def test_a_short_log_is_kept_whole(tmp_path, chunks):
    assert written(tmp_path / "x.log", 40, chunks) == b"".join(chunks)


@pytest.mark.parametrize("size", [1, 7, 10, 64, 5000])
def test_a_long_log_keeps_its_beginning_and_its_end(tmp_path, size):
    whole = bytes(range(256)) * 40
    chunks = [whole[n : n + size] for n in range(0, len(whole), size)]
    found = written(tmp_path / "x.log", 100, chunks)
    assert found.startswith(whole[:50])
    assert found.endswith(whole[-50:])
    assert f"{len(whole) - 100} bytes left out".encode() in found


def test_the_newest_logs_of_a_site_are_kept(tmp_path):
    started = [datetime(2026, 6, day, tzinfo=UTC) for day in range(1, 6)]
    paths = [path_of(tmp_path, "a/../b", datetime(2026, 7 - n, 1, tzinfo=UTC), start) for n, start in enumerate(started)]
    for path in paths:
        RunLog(path, 10).close()
    assert paths[0].parent.parent == tmp_path
    prune(paths[0].parent, 2)
    assert sorted(paths[0].parent.iterdir()) == sorted(paths[-2:])
