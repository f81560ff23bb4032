"""A small n-gram table and what it says, for the tests of the program that reads it: table.bin and cases.json.

    python3 -m ngram fixture DIR
"""
import hashlib
import json
import os
import random
import struct
import sys

import numpy as np

from ngram import prune, table
from ngram.counts import Source, count

WORDS = ["", *"abcdefghij", "ab", "bc", "\n", "é", "  ", "x" * 300]


def made_up_text(length, rng):
    """Ids in which three tokens tell the next one, most of the time."""
    ids = [rng.randrange(1, len(WORDS)) for _ in range(3)]
    while len(ids) < length:
        likely = 1 + (ids[-1] * 7 + ids[-2] * 3 + ids[-3]) % (len(WORDS) - 1)
        ids.append(likely if rng.random() < 0.7 else rng.randrange(1, len(WORDS)))
    return np.array([ids], np.uint16)


def digest():
    joined = b"".join(struct.pack("<H", len(word.encode())) + word.encode() for word in WORDS)
    return hashlib.sha256(joined).digest()


def make(rng, size=300):
    """A table of about `size` entries, and the text that it was counted from."""
    ids = made_up_text(5000, rng)
    source, weights = Source(ids[:, :-1], ids[:, 1:]), prune.Weights()
    bits = table.token_bits(len(WORDS))
    orders = count([source], bits, 4)
    entries = prune.to_size(prune.estimate(orders, weights, len(WORDS)), weights, size)
    hits = np.linspace(0.1, 0.9, 4)[:, None] * np.linspace(0.5, 1, table.LEVELS)
    return table.build(entries.words, entries.token, entries.probability, hits, len(WORDS), digest()), entries, ids


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: python3 -m ngram fixture DIR")
    rng = random.Random(4)
    made, _, ids = make(rng)
    contexts = [[], [1], [99], *([int(i) for i in ids[0, at:at + length]] for at in range(0, 500, 5) for length in (rng.randint(1, 6),)),
                *([rng.randrange(len(WORDS)) for _ in range(4)] for _ in range(50))]
    cases = [{"context": context, "next": made.next(context)} for context in contexts]
    os.makedirs(sys.argv[1], exist_ok=True)
    made.write(os.path.join(sys.argv[1], "table.bin"))
    with open(os.path.join(sys.argv[1], "cases.json"), "w") as f:
        json.dump({"vocabulary": WORDS, "cases": cases}, f)
        f.write("\n")
