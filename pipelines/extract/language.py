"""Language and script of a text, by the characters it is written in."""

from __future__ import annotations

import re

HAN = re.compile(r"[\u3400-\u9fff]")
KANA = re.compile(r"[\u3041-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
LATIN = re.compile(r"[A-Za-z]")
HANS = frozenset("这为个国时来们发会说产种后实学经进着电里现机当点从业应还对动过开于关无问与间将门区样统线内条长员题总体级设给该运数报场标准议认见东车农万让办处变选华亲图书广")
HANT = frozenset("這為個國時來們發會說產種後實學經進著電裡現機當點從業應還對動過開於關無問與間將門區樣統線內條長員題總體級設給該運數報場標準議認見東車農萬讓辦處變選華親圖書廣")


def language_of(text: str) -> tuple[str | None, str | None]:
    """(ISO 639-1, script) where script is Hans, Hant or mixed for Chinese.

    >>> language_of("会议要求从严治理"), language_of("A report")
    (('zh', 'Hans'), ('en', None))
    """
    sample = text[:4000]
    han, latin = len(HAN.findall(sample)), len(LATIN.findall(sample))
    if len(HANGUL.findall(sample)) > max(han, latin / 4):
        return "ko", None
    if len(KANA.findall(sample)) > 0.15 * max(1, han):
        return "ja", None
    if han * 3 < latin:
        return ("en", None) if latin else (None, None)
    if not han:
        return None, None
    hans, hant = sum(c in HANS for c in sample), sum(c in HANT for c in sample)
    only_hans, only_hant = hans - sum(c in HANS & HANT for c in sample), hant - sum(c in HANS & HANT for c in sample)
    if not only_hans and not only_hant:
        return "zh", "Hans"
    share = only_hans / (only_hans + only_hant)
    return "zh", "Hans" if share > 0.8 else "Hant" if share < 0.2 else "mixed"
