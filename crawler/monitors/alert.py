"""Telling people: one message, to whatever `ALERT_TO` names.

An address is an Apprise URL (``mailtos://``, ``slack://``, ``tgram://``, ``json://`` for a webhook, ``wecombot://``,
``dingtalk://``, ``feishu://`` …, https://github.com/caronc/apprise lists them), or ``file:PATH``: a line of JSON each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from storage.health import News

FILE = "file:"


class NotTold(RuntimeError):
    """A message did not reach all its addresses; says which, without their passwords."""


def words_of(news: News) -> tuple[str, str]:
    """(title, text) of a message."""
    lines = [f"{one.check}: {one.words}" for one in news.found] + [f"{name}: well again" for name in news.over]
    title = f"{news.site}: {len(news.found)} wrong" if news.found else f"{news.site}: well again"
    return title, "\n".join(lines)


def send(news: News, addresses: Iterable[str]) -> None:
    """Tell the news to every address. Raises `NotTold` after all have been tried."""
    failed = [shown for address in addresses if (shown := _send(news, address))]
    if failed:
        raise NotTold(f"{news.site}: no alert reached {', '.join(failed)}; see `scrapy sites --health`, and check ALERT_TO")


def _send(news: News, address: str) -> str | None:
    if address.startswith(FILE):
        return _append(news, Path(address.removeprefix(FILE)))
    try:
        import apprise
    except ModuleNotFoundError:
        return f"{address.partition(':')[0]} (pip install 'fangzhi[monitor]')"
    target = apprise.Apprise()
    if not target.add(address):
        return f"{address.partition(':')[0]} (not an Apprise URL)"
    title, text = words_of(news)
    kind = apprise.NotifyType.FAILURE if news.found else apprise.NotifyType.SUCCESS
    if target.notify(title=title, body=text, notify_type=kind):
        return None
    shown: str = target[0].url(privacy=True)  # type: ignore[no-untyped-call]
    return shown


def _append(news: News, path: Path) -> str | None:
    title, text = words_of(news)
    line = json.dumps({"site": news.site, "title": title, "text": text}, ensure_ascii=False) + "\n"
    try:
        with path.open("ab") as out:
            out.write(line.encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        return f"{path} ({error.strerror})"
    return None
