"""Cloudflare's hidden addresses."""

from __future__ import annotations

from crawler.items import Article, Page
from pipelines.repair.cloudflare import addresses, revealed
from pipelines.repair_text import repair_article


def hidden(address: str, key: int = 0x5A) -> str:
    return bytes([key, *(byte ^ key for byte in address.encode())]).hex()


def page(*names: str) -> bytes:
    return "".join(f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{hidden(name)}">[email&#160;protected]</a>' for name in names).encode()


def article(text: str, body: bytes) -> Article:
    return Article(url="http://news.example/1.html", text=text, page=Page("http://news.example/1.html", body))


def test_an_address_that_fits_no_place_is_not_guessed():
    assert revealed("寄到[email protected]，或[email protected]。", page("a@news.example", "b@news.example", "c@news.example")) == []


def test_what_is_no_address_is_not_taken():
    assert addresses(b'<a data-cfemail="5a5b5c5d">') == []


def test_text_without_the_place_stays():
    assert repair_article(article("没有邮箱。", page("a@news.example"))).text == "没有邮箱。"


def test_addresses_return_in_the_order_of_the_page():
    found = repair_article(article("投稿[email protected]，纠错[email\u00a0protected]。", page("in@news.example", "fix@news.example")))
    assert found.text == "投稿in@news.example，纠错fix@news.example。"
    assert [edit.rule for edit in found.edits] == ["cloudflare_email"] * 2


def test_one_address_fills_every_place():
    assert repair_article(article("[email protected]或[email protected]", page("a@news.example"))).text == "a@news.example或a@news.example"


def test_without_the_page_the_place_is_flagged():
    found = repair_article(Article(url="http://news.example/1.html", text="寄到[email protected]即可"))
    assert found.text == "寄到[email protected]即可"
    assert [edit.kind for edit in found.edits] == ["lost"]
