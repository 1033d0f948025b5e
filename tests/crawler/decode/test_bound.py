"""Documents that no parser survives: bounded first, then text or a named drop."""

from __future__ import annotations

import json
import time

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.decode.bound import MAX_DEPTH, bound
from crawler.items import Dropped, Page, TooLarge
from pipelines import process
from tests.conftest import shared
from tests.crawler.decode.hostile import BODY, DOCUMENTS, DROPPED_OR_READ, MARK, PAGE

SIZES = {"small": 300, "large": 12_000}
NORMAL = {
    "a table page": "<table><tr><td>" * 8 + PAGE + "</table>" * 8,
    "a conditional comment": "<!--[if lt IE 9]><script src=a></script><![endif]-->" + PAGE,
    "a comment of two dashes": "<!--><p>a</p>" + PAGE,
    "a data address": f'<img src="data:image/png;base64,{"A" * 60_000}">{PAGE}',
    "an attribute of JSON": '<div data-props="' + "{&quot;a&quot;: 1}" * 9000 + f'">{PAGE}</div>',
    "a script that writes tags": "<script>document.write('<div><div><div>')</script>" * 300 + PAGE,
    "li and p left open": "<ul>" + "<li><p>一条" * 2000 + "</ul>" + PAGE,
    "a comparison in a script": "<script>if (a<b && c>d) {}</script>" * 200 + PAGE,
}


def article(text):
    return process(Page("http://a.example/20260101/t1.html", text.encode("utf-8", "surrogatepass")))


def ending(text):
    """The article's text, or the reason it was dropped for."""
    try:
        return article(text).text.strip()
    except Dropped as reason:
        return f"{type(reason).__name__}: {reason}"


@pytest.mark.parametrize("name", NORMAL)
def test_a_normal_page_is_not_touched(name):
    assert bound(NORMAL[name]).text == NORMAL[name]
    assert bound(NORMAL[name]).notes == ()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_text_of_a_hostile_document_is_read(name, size):
    found = article(DOCUMENTS[name](SIZES[size])).text
    assert MARK in found
    assert "沿着山腰修了七个月" in found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DROPPED_OR_READ)
def test_a_noisy_document_is_read_or_dropped_by_name(name, size):
    assert ending(DROPPED_OR_READ[name](SIZES[size]))


def test_depth_is_cut_and_paragraphs_stay_apart():
    bounded = bound("<div>" * 5000 + BODY)
    assert "depth" in bounded.notes
    root = lxml.html.document_fromstring(bounded.text, parser=lxml.html.HTMLParser(huge_tree=True))
    deepest = max(sum(1 for _ in element.iterancestors()) for element in root.iter())
    assert deepest <= MAX_DEPTH + 4
    assert article("<div>" * 5000 + BODY).text.count("\n") == 5


def test_what_was_cut_is_kept_with_the_article():
    assert article("<div>" * 5000 + BODY).extra == {"cut": "depth"}
    assert article(BODY).extra == {}


def test_a_field_longer_than_any_is_cut_and_flagged():
    found = article("<title>" + "县城的事" * 5000 + "</title>" + PAGE)
    assert len(found.title or "") <= 2000
    assert MARK in found.text


def test_nul_and_lone_surrogates_cost_no_page():
    assert MARK in article(PAGE.replace("气", "气\0")).text
    assert bound("<p>县\ud800城</p>").text == "<p>县\ufffd城</p>"


def test_entities_of_a_doctype_are_neither_expanded_nor_fetched():
    bomb = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(20)) + "]>"
    found = article(bomb + BODY + f"<p>&a20;</p><p>{MARK}</p>").text
    assert MARK in found
    assert len(found) < 2 * len(BODY)
    assert "root:" not in article(f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{BODY}<p>&a;</p>').text


@pytest.mark.parametrize("text", ["a" * ((16 << 20) + 1), "<p>" + "县" * ((2 << 20) + 1)], ids=["page", "text node"])
def test_a_page_over_the_size_is_refused_by_name(text):
    with pytest.raises(TooLarge, match="characters"):
        bound(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*DOCUMENTS, *DROPPED_OR_READ])
def test_a_document_of_the_largest_size_ends(name):
    made = {**DOCUMENTS, **DROPPED_OR_READ}[name]
    start = time.process_time()
    assert ending(made(300_000))
    assert time.process_time() - start < 10  # what a worker is given; figures are in tests/benchmarks/hostile.py


def test_html5lib_tokenizer_inputs_end_in_text_or_a_named_drop():
    cases = []
    for file in sorted((shared() / "corpora/html5lib/tokenizer").glob("*.test")):
        cases += [case["input"] for case in json.loads(file.read_text("utf-8")).get("tests", ())]
    assert len(cases) > 5000
    endings = {case: ending(f"{BODY}<div>{case}</div><p>{MARK}</p>") for case in cases[::7]}
    assert all(endings.values())
    lost = [case for case, text in endings.items() if MARK not in text]
    # what opens an attribute, a script, a title and never closes it swallows the rest in every browser, too
    assert len(lost) < len(cases[::7]) * 0.06, lost[:20]


BITS = st.sampled_from(
    '< > <!-- --> " \' = / <div <p> </ <script> </script> <![CDATA[ & &#x0; \0 \ud800 <br> <table> <a|href= 县 <svg> <select> <textarea> <plaintext>'.replace("|", "\n").split(" ")
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(PAGE)), BITS, st.integers(1, 400)), max_size=6))
def test_mutations_of_a_page_end_in_text_or_a_named_drop(places):
    text = PAGE
    for at, bit, times in places:
        text = text[:at] + bit * times + text[at:]
    assert ending(text)
