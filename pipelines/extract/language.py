"""Language and script of a text, by the characters it is written in."""

from __future__ import annotations

from collections import Counter

SAMPLE = 4000
"""Characters that are looked at."""
HANS = frozenset("这为个国时来们发会说产种后实学经进着电里现机当点从业应还对动过开于关无问与间将门区样统线内条长员题总体级设给该运数报场标准议认见东车农万让办处变选华亲图书广")
HANT = frozenset("這為個國時來們發會說產種後實學經進著電裡現機當點從業應還對動過開於關無問與間將門區樣統線內條長員題總體級設給該運數報場標準議認見東車農萬讓辦處變選華親圖書廣")
ONLY_HANS = HANS - HANT
ONLY_HANT = HANT - HANS


def language_of(text: str) -> tuple[str | None, str | None]:
    """(ISO 639-1, script) where script is Hans, Hant or mixed for Chinese.

    >>> language_of("会议要求从严治理"), language_of("A report")
    (('zh', 'Hans'), ('en', None))
    """
    counted = Counter(text[:SAMPLE])
    han = sum(n for c, n in counted.items() if "\u3400" <= c <= "\u9fff")
    latin = sum(n for c, n in counted.items() if "A" <= c <= "z" and c.isalpha())
    if sum(n for c, n in counted.items() if "\uac00" <= c <= "\ud7a3") > max(han, latin / 4):
        return "ko", None
    if sum(n for c, n in counted.items() if "\u3041" <= c <= "\u30ff") > 0.15 * max(1, han):
        return "ja", None
    if han * 3 < latin:
        return "en", None
    return ("zh", _script(counted)) if han else (None, None)


def _script(counted: Counter[str]) -> str:
    """Hans, Hant or mixed, by the characters that only one of them has."""
    hans = sum(n for c, n in counted.items() if c in ONLY_HANS)
    hant = sum(n for c, n in counted.items() if c in ONLY_HANT)
    share = hans / (hans + hant) if hans + hant else 1.0
    return "Hans" if share > 0.8 else "Hant" if share < 0.2 else "mixed"
