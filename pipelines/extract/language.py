"""Language and script of a text, by the characters it is written in."""

from __future__ import annotations

import re

SAMPLE = 4000
"""Characters that are looked at."""
HANS = frozenset("这为个国时来们发会说产种后实学经进着电里现机当点从业应还对动过开于关无问与间将门区样统线内条长员题总体级设给该运数报场标准议认见东车农万让办处变选华亲图书广")
HANT = frozenset("這為個國時來們發會說產種後實學經進著電裡現機當點從業應還對動過開於關無問與間將門區樣統線內條長員題總體級設給該運數報場標準議認見東車農萬讓辦處變選華親圖書廣")
ONLY_HANS = re.compile("[" + "".join(sorted(HANS - HANT)) + "]")
ONLY_HANT = re.compile("[" + "".join(sorted(HANT - HANS)) + "]")
HAN = re.compile("[\u3400-\u9fff]+")
LATIN = re.compile("[A-Za-z]+")
HANGUL = re.compile("[\uac00-\ud7a3]+")
KANA = re.compile("[\u3041-\u30ff]+")
EASTERN = re.compile("[\u3041-\u30ff\uac00-\ud7a3]")


def language_of(text: str) -> tuple[str | None, str | None]:
    """(ISO 639-1, script) where script is Hans, Hant or mixed for Chinese.

    >>> language_of("会议要求从严治理"), language_of("A report")
    (('zh', 'Hans'), ('en', None))
    """
    text = text[:SAMPLE]
    han = sum(map(len, HAN.findall(text)))
    if 0 < len(text) <= 4 * han and EASTERN.search(text) is None:
        return "zh", _script(text)  # most Chinese pages: nothing else need be counted
    if not han and EASTERN.search(text) is None:
        return ("en", None) if LATIN.search(text) else (None, None)
    latin, hangul, kana = (sum(map(len, script.findall(text))) for script in (LATIN, HANGUL, KANA))
    if hangul > max(han, latin / 4):
        return "ko", None
    if kana > 0.15 * max(1, han):
        return "ja", None
    if han * 3 < latin:
        return "en", None
    return ("zh", _script(text)) if han else (None, None)


def _script(text: str) -> str:
    """Hans, Hant or mixed, by the characters that only one of them has."""
    hans, hant = len(ONLY_HANS.findall(text)), len(ONLY_HANT.findall(text))
    share = hans / (hans + hant) if hans + hant else 1.0
    return "Hans" if share > 0.8 else "Hant" if share < 0.2 else "mixed"
