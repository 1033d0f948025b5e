"""The elements that hold a page's lines, as a tree, and what their lines weigh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipelines.extract.lines import Line

LINK_COST = 1.0
SHORT_GAIN = {"p": 0.1, "blockquote": 0.1, "pre": 0.1}
SHORT_COST = 0.05
CLUTTER_GAIN = 0.06
LONGEST = 800
TEASER = 40
"""Characters from which a line can be the beginning of another article."""
TALK_STARTS = frozenset("0123456789沙板地回支反赞顶踩举引网評评发發RLPrlp[【(（")
TALK_ENDS = frozenset("：:]道于布复")
SAYS = ("say", "says", "wrote", "said")
"""How the lines that `TALK` takes begin or end."""
LEAST_LINKED = 24
"""Linked characters that three headlines have at least."""
TALK = re.compile(
    r"^[\s\[【(（]*(?:\d{1,3}\s*[楼樓#]|沙发|板凳|地板|回复|回覆|支持|反对|赞|顶|踩|举报|引用|网友|評論|评论|发表于|發表於|Reply|Like|Report|Permalink|\d+ (?:likes?|replies|points))"
    r"|(?:发表于|发布于|回复|说道?|says?|wrote|said)\s*[:：]?\s*$|\[[^\]]{2,16}网友\]|^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}(?::\d{2})?$",
    re.I,
)


@dataclass(slots=True, eq=False)
class Node:
    """An element that holds lines."""

    element: Any
    own: list[Line]
    children: list[Node]
    value: float = 0.0
    prose: float = 0.0
    speech: float = 0.0
    """What its own lines of text weigh."""
    chars: int = 0
    linked: int = 0
    kept_chars: int = 0
    """Characters outside its pruned parts."""
    kept_linked: int = 0
    talk: int = 0
    first: int = 1 << 30
    """Number of its first line, and of its last."""
    last: int = 0
    pruned: bool = False
    mixed: bool | None = None
    """Whether it is the first lines of other articles; None until `teasers` was asked."""

    @property
    def density(self) -> float:
        """Share of its characters that are links."""
        return self.linked / self.chars if self.chars else 0.0

    @property
    def kept_density(self) -> float:
        """The same without its pruned parts."""
        return self.kept_linked / self.kept_chars if self.kept_chars else 0.0

    @property
    def talky(self) -> bool:
        """Whether it reads like visitors' comments."""
        return self.talk >= 3 and self.talk * 60 > self.prose


def weight(line: Line) -> float:
    """What a line speaks for (or against) its container being the body."""
    size = line.size
    if not line.prose:
        gain = SHORT_GAIN.get(line.tag, -SHORT_COST)
        return (line.free * gain - line.linked * LINK_COST) * size
    if line.clutter:
        return min(line.free, LONGEST) * CLUTTER_GAIN * size
    if line.legal:
        return 0.0  # a disclaimer reads like prose, and is none
    gain = 1.0 if line.marks > 1 or line.free > 40 or line.ended else 0.6
    return (min(line.free, LONGEST) * gain - line.linked * LINK_COST * 0.5) * size


def tree_of(lines: list[Line]) -> list[Node]:
    """The elements that hold lines, each behind the one that it stands in; the first holds all."""
    nodes: dict[Any, Node] = {}
    for line in lines:
        node = nodes.get(line.block)
        if node is None:
            node = _grown(nodes, line.block)
        node.own.append(line)
    return list(nodes.values())


def _grown(nodes: dict[Any, Node], element: Any) -> Node:
    """The node of an element that has none yet, under those of the elements that it stands in."""
    missing = []
    above = element.getparent()
    while above is not None and above not in nodes:
        missing.append(above)
        above = above.getparent()
    holder = nodes.get(above)
    while missing:
        holder = _under(holder, missing[-1])
        nodes[missing.pop()] = holder
    nodes[element] = new = _under(holder, element)
    return new


def _under(holder: Node | None, element: Any) -> Node:
    new = Node(element, [], [])
    if holder is not None:
        holder.children.append(new)
    return new


def add_up(nodes: list[Node]) -> None:
    """Values from the leaves up. ``nodes``: as `tree_of` gives them."""
    for node in reversed(nodes):
        if node.own:
            _weigh(node)
        if node.children:
            _gather(node)


def _weigh(node: Node) -> None:
    """What its own lines say."""
    total = speech = prose = 0.0
    chars = linked = 0
    for line in node.own:
        text = line.text
        value = line.weight = weight(line)
        total += value
        if value > 0.0:
            speech += value
            if line.prose:
                prose += value
        chars += len(text)
        linked += line.linked
        if len(text) < TEASER and (text[0] in TALK_STARTS or text[-1] in TALK_ENDS or text[-5:].lower().endswith(SAYS)) and TALK.search(text):
            node.talk += 1
    node.value, node.speech, node.prose = total, speech, prose
    node.chars = node.kept_chars = chars
    node.linked = node.kept_linked = linked
    node.first, node.last = node.own[0].number, node.own[-1].number


def _gather(node: Node) -> None:
    """What its children say."""
    value, prose, chars, linked, talk = node.value, node.prose, node.chars, node.linked, node.talk
    first, last = node.first, node.last
    for child in node.children:
        if child.value < 0 and child.density > 0.35:
            child.pruned = True
            value -= 0.04 * child.linked
        else:
            value += child.value
            node.kept_chars += child.kept_chars
            node.kept_linked += child.kept_linked
        prose += child.prose
        chars += child.chars
        linked += child.linked
        talk += child.talk
        if child.first < first:
            first = child.first
        if child.last > last:
            last = child.last
    node.value, node.prose, node.chars, node.linked, node.talk = value, prose, chars, linked, talk
    node.first, node.last = first, last


def teasers(node: Node) -> bool:
    """Whether linked headlines and lines of text take turns: the first lines of other articles."""
    if node.mixed is None:
        node.mixed = node.linked >= LEAST_LINKED and _takes_turns(node)
    return node.mixed


def _takes_turns(node: Node) -> bool:
    turns = prose = 0
    since = False
    for line in sorted(lines_in(node), key=lambda line: line.number):
        if line.prose and line.free >= TEASER:
            prose, since = prose + 1, True
        elif since and len(line.text) >= 8 and line.linked > 0.5 * len(line.text):
            turns, since = turns + 1, False
    return turns >= 3 and turns >= 0.5 * prose


def mean_prose(node: Node) -> float:
    """Mean length of its lines of prose."""
    sizes = [len(line.text) for line in lines_in(node) if line.prose]
    return sum(sizes) / len(sizes) if sizes else 0.0


def lines_in(node: Node) -> list[Line]:
    out, stack = [], [node]
    while stack:
        item = stack.pop()
        out += item.own
        stack += item.children
    return out


def parts_of(main: Node) -> list[Line]:
    """The lines of the container without its parts that are links, comments or other clutter."""
    out = list(main.own)
    for child in main.children:
        if child.pruned or (child.talky and child.value < 0.5 * main.value):
            continue
        out += parts_of(child)
    return out
