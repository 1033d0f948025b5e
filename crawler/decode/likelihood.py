"""How likely a text is, character by character: the judge between candidate encodings.

Natural logarithms of rough character probabilities in four languages and in alphabets. The character sets themselves carry most of
the knowledge: level 1 of GB 2312, Big5, JIS X 0208 and the 2350 syllables of KS X 1001 were chosen by frequency of use. All
candidates are judged on the same bytes, so their sums compare.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import cache

from crawler.decode.plausible import COMMON_HANS, COMMON_HANT

UNREADABLE = -18.0
"""U+FFFD, control and private characters."""
UNLIKELY = -16.5
MARKS = {"，": 0.05, "。": 0.025, "、": 0.015, "“": 0.004, "”": 0.004, "：": 0.005} | dict.fromkeys("；！？（）《》「」『』…—　·％℃", 0.0015)
SYLLABLES = "이다는의에을가고하로기지도사리인은를대한서자나그수해어있시스아부정것전들과보원일상으구장제중조주와성년만여라동공화비오국관계회유신습미방안개연세발당소경계위면생모치트드우적행학물문실"
# A Latin letter beside one of another alphabet, a capital after a small letter: what misread words are full of.
ODD = re.compile("[A-Za-z](?=[\u0370-\u0fff])|[\u0370-\u0fff](?=[A-Za-z])|[a-z\u00df-\u00f6\u00f8-\u00ff](?=[\u00c0-\u00d6\u00d8-\u00de])|[\u0430-\u045f](?=[\u0400-\u042f])|[\u03ac-\u03ce](?=[\u0391-\u03ab])")
LETTERS = {"Ll": 0.02, "Lo": 0.025, "Mn": 0.01, "Lu": 0.003, "Lm": 0.001}


def likelihood(text: str) -> float:
    """The logarithm of the probability of a text's non-ASCII characters, in the language that suits it best.

    >>> likelihood("今天的会议") > likelihood("今天的会议".encode("gb18030").decode("big5", "replace"))
    True
    """
    values = _values()
    hans = hant = japanese = korean = 0.0
    east, wide = 0, []
    for char, number in Counter(text).items():
        if char > "\x7f":
            wide.append((char, number))
            east += number if char >= "\u2e80" else -number
            a, b, c, d = values[char]
            hans, hant, japanese, korean = hans + number * a, hant + number * b, japanese + number * c, korean + number * d
    best = max(hans, hant, japanese, korean)
    return best if east > 0 else max(best, _alphabetic(text, wide))


class _Values(dict[str, tuple[float, float, float, float]]):
    """A character's value in each language; few of the 60 000 are ever asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.languages = _hans(), _hant(), _japanese(), _korean()

    def __missing__(self, char: str) -> tuple[float, float, float, float]:
        one, two, three, four = self.languages
        self[char] = found = (one.get(char, UNLIKELY), two.get(char, UNLIKELY), three.get(char, UNLIKELY), four.get(char, UNLIKELY))
        return found


@cache
def _values() -> _Values:
    return _Values()


def _square(codec: str, leads: range, trails: tuple[range, ...] = (range(0xA1, 0xFF),)) -> list[str]:
    """The characters of a block of a double-byte character set."""
    found = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for block in trails for trail in block)
    return [char for char in found if len(char) == 1]


def _spread(table: dict[str, float], chars: list[str] | str, mass: float) -> None:
    """Give characters that have no probability yet an equal share of ``mass``."""
    new = [char for char in dict.fromkeys(chars) if char not in table]
    table |= dict.fromkeys(new, math.log(mass / max(1, len(new))))


def _start() -> dict[str, float]:
    table = dict.fromkeys((chr(code) for code in (*range(0x80, 0xA0), *range(0xE000, 0xF900), 0xFFFD)), UNREADABLE)
    return table | {char: math.log(share) for char, share in MARKS.items()}


def _zipf(table: dict[str, float], chars: str, mass: float) -> None:
    total = sum(1 / (rank + 12) for rank in range(len(chars)))
    for rank, char in enumerate(chars):
        table.setdefault(char, math.log(mass / (rank + 12) / total))


def _hans() -> dict[str, float]:
    table = _start()
    _zipf(table, COMMON_HANS, 0.6)
    _spread(table, _square("gb2312", range(0xB0, 0xD8)), 0.22)
    _spread(table, _square("gb2312", range(0xD8, 0xF8)), 0.008)
    return _rest(table)


def _hant() -> dict[str, float]:
    table = _start()
    low, high = range(0x40, 0x7F), range(0xA1, 0xFF)
    first = _square("big5", range(0xA4, 0xC7), (low, high))
    known = set(first)
    _spread(table, COMMON_HANT + "".join(char for char in COMMON_HANS if char in known), 0.58)
    _spread(table, first, 0.24)
    _spread(table, _square("big5", range(0xC9, 0xFA), (low, high)), 0.008)
    return _rest(table)


def _japanese() -> dict[str, float]:
    table = _start()
    _zipf(table, "のにはをたがでとしるなていれさかっもらこりまくあすきけそうつだどせめよわ", 0.46)
    _zipf(table, "ーンスルトリアイラクシドロジテプフカタメサ", 0.08)
    _spread(table, _square("euc_jp", range(0xA4, 0xA6)), 0.05)
    _spread(table, _square("euc_jp", range(0xB0, 0xD0)), 0.3)
    _spread(table, _square("euc_jp", range(0xD0, 0xF5)), 0.006)
    _spread(table, [chr(code) for code in range(0xFF61, 0xFFA0)], 0.0004)
    return _rest(table)


def _korean() -> dict[str, float]:
    table = _start()
    _zipf(table, SYLLABLES, 0.62)
    _spread(table, _square("euc_kr", range(0xB0, 0xC9)), 0.3)
    _spread(table, _square("euc_kr", range(0xCA, 0xFE)), 0.004)
    _spread(table, [chr(code) for code in range(0xAC00, 0xD7A4)], 0.001)
    return _rest(table)


def _rest(table: dict[str, float]) -> dict[str, float]:
    """Full-width forms, symbols, kana and rare ideographs that any East Asian page may hold."""
    _spread(table, [chr(code) for code in range(0xFF01, 0xFF5F)], 0.004)
    _spread(table, _square("gb2312", range(0xA1, 0xA4)), 0.003)
    _spread(table, [chr(code) for code in range(0x3041, 0x30FF)], 0.0006)
    _spread(table, [chr(code) for code in (*range(0xA0, 0x100), *range(0x391, 0x3CA), *range(0x410, 0x450))], 0.0003)
    _spread(table, [chr(code) for code in range(0x4E00, 0xA000)], 0.0012)
    _spread(table, [chr(code) for code in range(0x3400, 0x4DC0)], 0.0001)
    return table


def _alphabetic(text: str, wide: list[tuple[str, int]]) -> float:
    """The same for Latin with marks, Cyrillic, Greek, Hebrew, Arabic, Thai: one script beside Latin, capitals at word starts."""
    total = 0.0
    blocks: Counter[int] = Counter()
    for char, number in wide:
        if char >= "\u2e80" or char < "\xa0" or char == "\ufffd":
            total += number * UNLIKELY
            continue
        share = LETTERS.get(unicodedata.category(char))
        total += number * (math.log(share) if share else -6.5 if char in "\xa0«»‘’“”–—…·•©®°№" else -9.0)
        if share and char > "\u024f":
            blocks[ord(char) >> 8] += number
    strangers = sum(blocks.values()) - max(blocks.values(), default=0)
    return total - 8.0 * strangers - 5.0 * len(ODD.findall(text))
