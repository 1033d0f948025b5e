"""What must be true of an archive after a crawl, whatever happened on the way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from harness import SmallSite, paragraphs
from sqlalchemy import func, select

from storage import captures, warc
from storage.archive import Archive
from storage.keys import url_key
from storage.tables import ArticleRow, CaptureRow, FrontierRow, OutcomeRow, RunRow, VersionRow


def archive_faults(url: str, folder: Path, site: SmallSite) -> list[str]:
    """Everything that is lost, doubled or corrupt, in words."""
    with Archive(url) as archive, archive.read() as connection:
        return [*_articles(connection, site), *_captures(connection, folder), *_frontier(connection), *_books(connection), *_files(folder)]


def _articles(connection, site: SmallSite) -> list[str]:
    found = []
    rows = {row.url_key: row for row in connection.execute(select(ArticleRow.__table__))}
    wanted = {url_key(site.url + site.article_path(n)): n for n in site.numbers}
    found += [f"lost: article {n}" for key, n in wanted.items() if key not in rows]
    found += [f"doubled or strange: {row.url}" for key, row in rows.items() if key not in wanted]
    for key, row in rows.items():
        if key in wanted and row.text.split("\n") != paragraphs(wanted[key]):
            found.append(f"corrupt: {row.url}")
    versions = connection.scalar(select(func.count()).select_from(VersionRow))
    if versions != len(rows):
        found.append(f"{versions} versions of {len(rows)} articles")
    return found


def _captures(connection, folder: Path) -> list[str]:
    found = []
    for row in connection.execute(select(CaptureRow.__table__)):
        try:
            reply = captures.reply(folder, row.file, row.offset, row.length)
        except warc.BadRecord as error:
            found.append(f"capture {row.id}: {error}")
        else:
            if reply.url != row.url or reply.status != row.status:
                found.append(f"capture {row.id} is of {reply.url}, not {row.url}")
    stored = connection.execute(select(ArticleRow.url).where(ArticleRow.capture_id.not_in(select(CaptureRow.id))))
    return found + [f"no capture of {row.url}" for row in stored]


def _frontier(connection) -> list[str]:
    held = connection.execute(select(FrontierRow.url, FrontierRow.state, FrontierRow.reason).where(FrontierRow.state.in_(("leased", "failed"))))
    return [f"{row.url} is left {row.state}: {row.reason}" for row in held]


def _books(connection) -> list[str]:
    found = []
    for run in connection.execute(select(RunRow.__table__)):
        outcomes = connection.scalar(select(func.count()).select_from(OutcomeRow).where(OutcomeRow.run_id == run.id))
        if run.state == "running" or (run.state == "finished" and run.counts["fetched"] != outcomes):
            found.append(f"run {run.id} is {run.state}, {run.counts} of {outcomes} outcomes")
    stored = connection.execute(select(OutcomeRow.url_key).where(OutcomeRow.outcome == "stored"))
    found += [f"stored {n} times: {key.hex()}" for (key,), n in Counter(map(tuple, stored)).items() if n > 1]
    return found


def _files(folder: Path) -> list[str]:
    found = [f"{path.name} was not closed" for path in folder.glob("*" + captures.OPEN)]
    for path in folder.glob("*.warc.gz"):
        try:
            for record in warc.scan(path):
                record.check()
        except warc.BadRecord as error:
            found.append(f"{path.name}: {error}")
    return found


def undisturbed(answer: dict) -> bool:
    """A further run stores nothing and ends well."""
    return answer["result"]["exit_code"] == 0 and not {"stored", "revised", "failed"} & set(answer["result"]["counts"])
