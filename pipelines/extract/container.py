"""Which part of the page is the article: the element where prose outweighs everything else by most.

Every line speaks for or against the elements that hold it. An element's value is the sum over its lines, where a part
that is mostly links counts as nothing (it will be left out), so that a related list or an advertisement inside the
article's own element does not spoil it. From the top the search goes down as long as one child holds nearly all of
the value; what a split article left behind in neighbouring elements is taken back in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pipelines.extract.lines import Line
from pipelines.extract.nodes import TEASER, Node, add_up, lines_in, mean_prose, parts_of, teasers, tree_of

DESCEND = 0.72
"""A child with this share of an element's value takes its place."""
PARAGRAPHS = frozenset(["p", "li", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "pre"])
INNER = frozenset(["ul", "ol", "dl", "blockquote", "figure"])
FAR = 300
"""Linked characters between two parts of one article; more stand between an article and the next thing."""
SEVERAL = 3
BELOW = 1.3
NEAR = 8
"""Lines between a headline and an element that begins right below it."""
LEAST = 40
LEAST_PLAIN = 20
LEAST_SHARE = 0.06
"""An element of at least this value and share that is neither comments nor teasers is preferred to those."""


@dataclass(slots=True)
class Found:
    """The body's lines, and how sure that is."""

    lines: list[Line]
    value: float
    doubt: float
    """0 where nothing else on the page competes, towards 1 where something else weighs as much."""
    element: Any = None


def find_container(lines: list[Line], title_line: int | None = None) -> Found | None:
    """The lines of the best container; None on a page without lines. ``title_line``: number of the headline's line."""
    if not lines:
        return None
    _forgive(lines)
    search = _Search(lines, title_line)
    return search.run()


def _forgive(lines: list[Line]) -> None:
    """A name is no evidence against an element that holds much of the page's prose."""
    by_root: dict[Any, float] = {}
    for line in lines:
        if line.prose and not line.legal:
            by_root[line.root] = by_root.get(line.root, 0.0) + line.free
    whole = sum(by_root.values())
    plain = by_root.get(None, 0.0)
    good = {
        root for root, prose in by_root.items()
        if root is not None and prose > 0.4 * whole and prose > LEAST and plain < (60 if _kind(lines, root) == "comment" else 0.6 * prose)
    }  # fmt: skip
    good |= _misnamed(lines)
    for line in lines if good else ():
        if line.root in good:
            line.clutter, line.root = "", None


def _misnamed(lines: list[Line]) -> set[Any]:
    """Elements named after a button (``print``, ``share``) or a place (``position``) that hold several sentences outside links."""
    held: dict[Any, list[Line]] = {}
    for line in lines:
        if line.clutter in ("share", "frame") and (line.prose or line.linked):
            held.setdefault(line.root, []).append(line)
    out = set()
    for root, inner in held.items():
        prose = [line for line in inner if line.prose and line.free >= TEASER and line.tag != "footer" and not line.legal]
        if len(prose) >= 3 and sum(line.linked for line in inner) < 0.2 * sum(line.free for line in prose) and root.tag not in ("footer", "aside"):
            out.add(root)
    return out


def _kind(lines: list[Line], root: Any) -> str:
    return next(line.clutter for line in lines if line.root is root)


class _Search:
    """The way down from the page to the article."""

    def __init__(self, lines: list[Line], title_line: int | None) -> None:
        self.lines = lines
        self.title_line = title_line
        self.links = [0, *accumulate(line.linked for line in lines)]
        """Linked characters above each line."""

    def run(self) -> Found | None:
        nodes = tree_of(self.lines)
        add_up(nodes)
        root = nodes[0]
        if root.value <= 0:
            return None
        path = [root]
        while (child := self._heir(path[-1])) is not None:
            path.append(child)
        main = path[-1]
        own = sorted([line.number + 1 for line in main.own if line.prose] + [child.last + 1 for child in main.children if child.element.tag in PARAGRAPHS and child.value > 0])
        chosen = [line for line in parts_of(main) if not self._stray(line, main, own)]
        for above, below in zip(path[-2::-1], path[:0:-1], strict=True):
            chosen += self._neighbours(above, below, main)
        chosen.sort(key=lambda line: line.number)
        outside = sum(self._rivals(above, below) for above, below in zip(path[-2::-1], path[:0:-1], strict=True))
        return Found(chosen, main.value, outside / (outside + max(1.0, main.value)), main.element)

    def _stray(self, line: Line, main: Node, own: list[int]) -> bool:
        """Whether a line in a table of its own stands behind more links than an advertisement has: a teaser in the same cell.

        ``own``: the numbers of the lines after the element's own paragraphs, ascending.
        """
        if line.block is main.element or line.tag in PARAGRAPHS:
            return False
        before = bisect_right(own, line.number)
        return before > 0 and self.links[line.number] - self.links[own[before - 1]] > FAR

    @staticmethod
    def _rivals(above: Node, below: Node) -> float:
        """What beside the path could be the article as well."""
        return sum(child.value for child in above.children if child is not below and child.value > 0 and not child.talky and not teasers(child))

    def _worth(self, node: Node) -> float:
        """An element's value less what speaks against it: comments, teasers, links, a place above the headline."""
        value = node.value * (0.25 if node.talky or teasers(node) else 1.0) * max(0.2, 1 - 2 * node.kept_density)
        return value * 0.5 if self.title_line is not None and node.last < self.title_line else value

    def _place(self, node: Node) -> float:
        """What makes one of two elements the better answer: its worth, more where it begins right below the headline."""
        near = self.title_line is not None and 0 < node.first - self.title_line <= NEAR
        return self._worth(node) * (BELOW if near else 1.0)

    def _heir(self, node: Node) -> Node | None:
        """The child that takes an element's place; None where the element itself is the best answer."""
        children = [child for child in node.children if child.children or (child.element.tag not in PARAGRAPHS and (len(child.own) > 1 or child.value > 0.5 * node.value))]
        if not children:
            return None
        if len(children) == 1 and children[0].value >= node.value:
            return children[0]
        plain = [child for child in children if child.value >= max(LEAST_PLAIN, LEAST_SHARE * node.value) and not child.talky and not teasers(child)]
        best = max(plain or children, key=self._place)
        if best.element.tag in INNER and any(child.value > 0 for child in node.children if child is not best):
            return None  # a list or a quotation among paragraphs
        if best.value >= DESCEND * (node.speech + sum(self._worth(child) for child in node.children if child.value > 0)):
            return best
        if node.speech + _paragraphs(node) >= 0.3 * node.value:
            return None  # paragraphs stand in the element itself
        rivals = [child for child in node.children if child is not best and child.element.tag not in PARAGRAPHS and child.value > 0.1 * best.value]
        return best if rivals and all(self._other(best, rival) for rival in rivals) else None

    def _other(self, main: Node, rival: Node) -> bool:
        """Whether an element beside the best one is another text (teasers, comments, a footer), not a part of it."""
        if rival.talky or teasers(rival) or rival.kept_density > 0.15 or self._far(main, rival) or _lone(rival, main):
            return True
        return mean_prose(rival) < min(45.0, 0.5 * mean_prose(main))

    def _far(self, main: Node, rival: Node) -> bool:
        """Whether more links stand between two elements than an advertisement has."""
        return self._links_between(main, rival.first, rival.last) > FAR

    def _links_between(self, main: Node, first: int, last: int) -> int:
        """Linked characters between an element and the lines from ``first`` to ``last``."""
        if first > main.last:
            return self.links[first] - self.links[main.last + 1]
        return self.links[main.first] - self.links[min(last + 1, main.first)]

    def _neighbours(self, above: Node, below: Node, main: Node) -> list[Line]:
        """Lines of elements beside the path that belong to a split article."""
        out: list[Line] = []
        title = self.title_line
        for child in above.children:
            if child is below or child.pruned or child.talky or child.value <= 0 or child.density > 0.1 or teasers(child) or self._far(main, child):
                continue
            before = child.last < below.first
            lead = before and title is not None and child.first > title and child.prose >= 30
            more = not before and child.prose >= 0.15 * main.value and mean_prose(child) >= 0.5 * mean_prose(main) and not _lone(child, below)
            if (lead or more) and not lines_in(child)[0].clutter:
                out += parts_of(child)
        if above.own and title is not None:
            near = (line for line in above.own if self._links_between(main, line.number, line.number) <= FAR)
            out += [line for line in near if line.prose and line.number > title and not line.clutter and line.weight > 30]
        return out


def _paragraphs(node: Node) -> float:
    """What the children weigh that are a paragraph each: ``<p>``, headings, elements without children of which there are several of a kind."""
    leaves = [child for child in node.children if not child.children]
    kinds = Counter((leaf.element.tag, leaf.element.get("class")) for leaf in leaves if leaf.value > 0)
    return sum(leaf.value for leaf in leaves if leaf.element.tag in ("p", "h2", "h3") or kinds[leaf.element.tag, leaf.element.get("class")] >= SEVERAL)


def _lone(node: Node, beside: Node) -> bool:
    """Whether an element holds one sentence and is not of the kind of the element beside it: a notice of the site."""
    one, two = node.element, beside.element
    if one.tag in PARAGRAPHS or (one.tag == two.tag != "table" and one.get("class") == two.get("class") and one.get("id") is None):
        return False
    return sum(1 for line in lines_in(node) if line.prose) < 2


def inside(lines: list[Line], container: Any) -> list[Line]:
    """The lines that stand in an element."""
    known: dict[Any, bool] = {}

    def within(block: Any) -> bool:
        if block not in known:
            known[block] = block is container or container in block.iterancestors()
        return known[block]

    return [line for line in lines if within(line.block)]
