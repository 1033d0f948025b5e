"""Bodies that a page carries in scripts or hidden fields: JSON-LD ``articleBody``, state objects of web applications, text areas."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from lxml import etree

from pipelines.extract.lines import lines_of
from pipelines.extract.tree import Tree

STATE = re.compile(r"""(?:<script[^>]{0,200}id=["']__NEXT_DATA__["'][^>]{0,200}>|window\.__(?:INITIAL_STATE|INITIAL_DATA|NUXT|DATA|PRELOADED_STATE)__\s*=|__NEXT_DATA__\s*=)\s*(?=\{)""")
TEXTAREA = re.compile(r"<textarea[^>]{0,300}>([^<]{0,40}(?:<|&lt;)(?:p|div|br)\b.{60,}?)</textarea", re.I | re.S)
"""A body that a script moves from a hidden field to its place."""
KEYS = ("articleBody", "content", "contentHtml", "body", "text", "newsContent", "articleContent", "detail", "html", "txt", "contents")
LONGEST = 2_000_000
LEAST = 60
DEPTH = 12
MARKUP = re.compile(r"<(?:p|br|div|span)\b", re.I)


def body_in_scripts(tree: Tree, found: int) -> list[str]:
    """The paragraphs of the longest body in the page's scripts; empty where none is clearly longer than ``found`` characters."""
    texts = [text for text in tree.values("articleBody") if len(text) >= LEAST]
    for match in STATE.finditer(tree.text[:LONGEST]):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(tree.text, match.end())
        except (ValueError, RecursionError):
            continue
        texts += _bodies(value, 0)
    texts += [unescape(match.group(1)) for match in TEXTAREA.finditer(tree.text[:LONGEST])]
    best: list[str] = []
    for text in sorted(texts, key=len)[-3:]:
        paragraphs = _paragraphs(text)
        if sum(map(len, paragraphs)) > sum(map(len, best)):
            best = paragraphs
    return best if sum(map(len, best)) >= max(LEAST, 2 * found) else []


def _bodies(value: Any, depth: int) -> list[str]:
    """Strings that can be a body: under a key that says so, long, with sentences."""
    if depth > DEPTH:
        return []
    if isinstance(value, list):
        return [text for item in value[:200] for text in _bodies(item, depth + 1)]
    if not isinstance(value, dict):
        return []
    out = [item for key, item in value.items() if key in KEYS and isinstance(item, str) and len(item) >= LEAST and re.search(r"[。！？.!?]", item)]
    return out + [text for item in value.values() if isinstance(item, dict | list) for text in _bodies(item, depth + 1)]


def _paragraphs(text: str) -> list[str]:
    if not MARKUP.search(text):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        root = etree.fromstring(f"<html><body>{text}</body></html>", etree.HTMLParser(remove_comments=True))
    except (etree.XMLSyntaxError, ValueError):
        return []
    return [line.text for line in lines_of(root)] if root is not None else []
