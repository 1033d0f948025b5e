"""A reader that does to its worker what the page says; put in the place of ReadPage by `test_crawl`."""

from __future__ import annotations

import ctypes

from pipelines.read_page import ReadPage, read_page


def read_or_die(page, site=None):
    if b"LOOP" in page.body:
        while True:
            pass
    if b"CRASH" in page.body:
        ctypes.string_at(0)
    if b"EAT" in page.body:
        return [bytes(1 << 24) for _ in range(1000)]
    return read_page(page, site)


class Reader(ReadPage):
    read = staticmethod(read_or_die)
