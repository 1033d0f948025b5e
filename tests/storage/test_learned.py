"""Recurring lines counted in SQL, and `scrapy learn` on both databases."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from crawler.commands.learn import write
from crawler.items import Article
from crawler.sites import BadSite, load
from pipelines.strip_disclaimers import strip
from storage import learned
from storage.archive import Archive
from storage.tables import ArticleRow
from storage.writer import Visit, save_article

VISIT = Visit(now=datetime(2026, 3, 18, 4, tzinfo=UTC), rules="1")
WEATHER = "据县气象台预报，未来三天我县以晴到多云天气为主。"
FOLLOW = "扫码关注青石发布"
NUMBER = 30
PROFILE = """# our town
name = "town"
start = ["http://town.example/"]  # the home page

[selectors]
body = ".text"
"""


def texts():
    for n in range(NUMBER):
        middle = [f"第{n}条消息说的是东沟村修路的事，全长{n}公里。", f"养护由村民分段负责，第{n}段已经开工，年底完工。", f"县里还要补{n}盏路灯。"]
        yield "\n".join(([WEATHER] if n % 2 else []) + middle + [FOLLOW])


def fill(archive):
    with archive.transaction() as connection:
        for n, text in enumerate(texts()):
            save_article(connection, Article(url=f"http://town.example/{n}.html", title=f"消息{n}", text=text, site="town"), VISIT)
        save_article(connection, Article(url="http://other.example/1.html", title="别处", text=f"别处的事。\n{FOLLOW}", site="other"), VISIT)


def counted(archive):
    with archive.read() as connection:
        return {found.line: found for found in learned.recurring(connection, "town", 2)}


def test_lines_are_counted_by_site_and_place(archive):
    fill(archive)
    assert learned.count(archive, "town") == NUMBER
    found = counted(archive)
    assert set(found) == {WEATHER, FOLLOW}
    assert (found[FOLLOW].articles, found[FOLLOW].head, found[FOLLOW].tail) == (NUMBER, 0, NUMBER)
    assert (found[WEATHER].articles, found[WEATHER].head, found[WEATHER].first_article) == (NUMBER // 2, NUMBER // 2, 2)


def test_counting_again_gives_the_same(archive):
    fill(archive)
    learned.count(archive, "town")
    before = counted(archive)
    assert learned.count(archive, "town") == NUMBER
    assert counted(archive) == before


def test_counts_go_on_over_batches(archive, monkeypatch):
    fill(archive)
    monkeypatch.setattr(learned, "BATCH", 7)
    learned.count(archive, "town")
    assert counted(archive)[FOLLOW].articles == NUMBER


def test_copies_of_a_story_count_once(archive):
    fill(archive)
    with archive.transaction() as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id <= 10).values(family_id=1))
        connection.execute(update(ArticleRow).where(ArticleRow.id > 10).values(family_id=ArticleRow.id))
    assert learned.count(archive, "town") == NUMBER - 9
    assert counted(archive)[FOLLOW].articles == NUMBER - 9


def test_examples_hold_the_whole_line(archive):
    fill(archive)
    with archive.read() as connection:
        assert learned.examples(connection, "town", FOLLOW, 3) == [1, 2, 3]
        assert learned.examples(connection, "town", "扫码关注", 3) == []


@pytest.fixture
def town(tmp_path, archive_url):
    with Archive(archive_url) as archive:
        fill(archive)
    (tmp_path / "sites").mkdir()
    profile = tmp_path / "sites/town.toml"
    profile.write_text(PROFILE, "utf-8")
    return profile, {"ARCHIVE_URL": archive_url, "SITES_DIR": str(tmp_path / "sites")}


def test_the_dry_run_shows_what_would_go_and_changes_nothing(scrapy, town):
    profile, environment = town
    done = scrapy("learn", "town", **environment)
    assert done.returncode == 0, done.stderr
    goes, _, stays = done.stdout.partition("left alone (")
    assert f"30 (100%)  at the end of texts; articles 1, 2, 3: {FOLLOW}" in goes
    assert WEATHER in stays
    assert "a sentence at the beginning of texts" in stays
    assert profile.read_text("utf-8") == PROFILE


def test_apply_writes_the_profile_and_the_strip_step_obeys_it(scrapy, town):
    profile, environment = town
    assert scrapy("learn", "town", "--apply", **environment).returncode == 0
    site = load(str(profile))
    assert site.boilerplate == (FOLLOW,)
    assert site.selectors.body == ".text"
    kept = profile.read_text("utf-8")
    assert "# our town" in kept
    assert "# the home page" in kept
    text = next(texts())
    assert strip(text, site.boilerplate)[0] == text.removesuffix("\n" + FOLLOW)
    again = scrapy("learn", "town", "--apply", **environment)
    assert "nothing to write" in again.stdout
    assert tomllib.loads(profile.read_text("utf-8"))["boilerplate"] == [FOLLOW]


def test_few_articles_and_unknown_sites_are_said_plainly(scrapy, tmp_path):
    few = scrapy("learn", "sxrb", "--apply", ARCHIVE_URL=f"sqlite:///{tmp_path / 'a.db'}")
    assert few.returncode == 0
    assert "too few" in few.stdout
    unknown = scrapy("learn", "nosuch", ARCHIVE_URL=f"sqlite:///{tmp_path / 'a.db'}")
    assert unknown.returncode == 2
    assert "no site 'nosuch'" in unknown.stderr


def test_a_profile_of_ours_is_not_written_to():
    with pytest.raises(BadSite, match="copy it into the folder that SITES_DIR names"):
        write(load("sxrb"), [FOLLOW])
