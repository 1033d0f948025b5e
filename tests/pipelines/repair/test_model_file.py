"""The packed language model gives back every n-gram, and refuses a trie with holes."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.repair.model import model
from pipelines.repair.model_file import BITS, MASK, Grams, packed, unpacked

FIRST = np.array([2, 3, 5, 9], np.uint8)
# -log P of the n-grams over four characters, in half nats.
PAIRS = {(0, 1): 4, (0, 2): 1, (1, 0): 7, (1, 2): 7, (2, 3): 0, (3, 0): 60}
TRIPLES = {(0, 1, 0): 3, (0, 1, 2): 2, (1, 2, 3): 5, (2, 3, 0): 0, (1, 0, 2): 8}
FOURS = {(0, 1, 2, 3): 1, (1, 2, 3, 0): 6, (0, 1, 0, 2): 0}


def key(symbols):
    found = 0
    for symbol in symbols:
        found = found << BITS | symbol
    return found


def order(chances):
    keys = np.array(sorted(map(key, chances)), np.int64)
    values = np.array([chances[one] for one in sorted(chances, key=key)], np.uint8)
    histories = np.unique(keys >> BITS)
    return Grams(keys, values, np.arange(len(histories)).astype(np.uint8))


def told(level):
    """Every n-gram of a level with its value."""
    found = {}
    for history, start, size in zip(level.histories, level.starts, level.sizes, strict=True):
        for at in range(start, start + size):
            found[int(history) << BITS | int(level.chars[at])] = int(level.values[at])
    return found


def test_a_trie_without_the_shorter_n_gram_is_refused():
    with pytest.raises(ValueError, match="last 2 characters"):
        packed(FIRST, [order(PAIRS), order({**TRIPLES, (0, 2, 1): 3}), order(FOURS)])


@pytest.mark.parametrize(("number", "chances"), [(0, PAIRS), (1, TRIPLES), (2, FOURS)])
def test_every_n_gram_comes_back(number, chances):
    level = unpacked(packed(FIRST, [order(PAIRS), order(TRIPLES), order(FOURS)]))[number]
    assert told(level) == {key(one): value for one, value in chances.items()}
    assert level.histories.tolist() == sorted({key(one[:-1]) for one in chances})
    assert level.left.tolist() == list(range(len(level.histories)))


def test_what_follows_a_history_stands_the_likeliest_first():
    level = unpacked(packed(FIRST, [order(PAIRS), order(TRIPLES), order(FOURS)]))[0]
    assert [level.chars[at] for at in range(level.starts[0], level.starts[0] + level.sizes[0])] == [2, 1]


def test_the_two_ways_of_asking_the_model_agree():
    lm = model()
    for text in ("今天上", "在第160", "\n", "新华社"):
        context = lm.context(text)
        symbols = [lm.id(char) for char in "午次的，乐㐀"]
        assert lm.logps(context, np.array(symbols)) == pytest.approx([lm.logp(context, one) for one in symbols], abs=1e-4)
        assert max(symbols) <= MASK


def test_a_number_is_one_symbol_however_long():
    lm = model()
    assert lm.context("在第1") == lm.context("在第160") == lm.context("在第" + "9" * 20)
    assert lm.symbols("第160次") == lm.symbols("第1次")
