"""Counts for the n-gram table: how often each token followed each context of 1 to `ORDERS` tokens, by source.

A source is a text and the token that answers each of its positions. In a corpus the answer is the next token; in what the
target said (answers.ts) it is the target's likeliest token, whether the text goes on so or not.
"""
import dataclasses

import numpy as np

ORDERS = 5
NOTHING = 65535  # no answer: not counted
M1, M2 = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)


def start():
    """State of the hash of no token at all: two 32-bit words."""
    return np.uint32(0x243F6A88), np.uint32(0x85A308D3)


def step(state, token):
    """Take one more token, from the newest to the oldest. ngramTable.ts does the same; all arithmetic is modulo 2^32."""
    a, b = state
    with np.errstate(over="ignore"):
        a = (a ^ token) * M1
        a = a ^ (a >> np.uint32(16))
        b = (b ^ a) * M2
        b = b ^ (b >> np.uint32(13))
    return a, b


@dataclasses.dataclass
class Source:
    """ids and answers, uint16 of equal shape [rows, width]; answers[r, i] follows ids[r, :i + 1]."""
    ids: np.ndarray
    answers: np.ndarray

    def events(self, order):
        """For every position that has `order` tokens and an answer: the hash words a, b (uint32) of these tokens, the answer
        (uint16), and the hash words without the oldest token."""
        state = start()
        for back in range(order):
            shorter = state
            state = step(state, self.ids[:, order - 1 - back:self.ids.shape[1] - back].astype(np.uint32))
        answers = self.answers[:, order - 1:]
        valid = answers != NOTHING
        if order == 1:
            shorter = [np.broadcast_to(word, valid.shape) for word in shorter]
        return (*(word[valid] for word in state), answers[valid], *(word[valid] for word in shorter))


@dataclasses.dataclass
class Order:
    """Pairs of a context and a token that followed it, sorted by pair; contexts number `len(first)`."""
    contexts: np.ndarray  # uint64 [contexts], sorted: the hash of each context, cut to the bits above the token's
    first: np.ndarray     # int64 [contexts]: its first pair
    tokens: np.ndarray    # uint16 [pairs]
    counts: np.ndarray    # float32 [sources, pairs]
    parent: np.ndarray    # int64 [pairs]: the pair of the same token and the context without its oldest token
    words: np.ndarray     # uint32 [2, contexts]: the hash words

    def of(self, values):
        """Sum over the pairs of each context: values [..., pairs] -> [..., contexts]."""
        return np.add.reduceat(values, self.first, axis=-1)

    def context_of_pairs(self):
        """int64 [pairs]: the number of each pair's context."""
        return np.repeat(np.arange(len(self.first)), np.diff(np.append(self.first, len(self.tokens))))


def cut(a, b, bits):
    """uint64: hash words with room for a token below."""
    return ((a.astype(np.uint64) << np.uint64(32)) | b.astype(np.uint64)) >> np.uint64(bits)


def count(sources, bits, orders=ORDERS, least=2):
    """Orders 1 to `orders`. Contexts that occur less than `least` times over all sources are left out.

    bits: bits of a token id. Equal hashes of unequal contexts are so rare (a tenth of one expected) that they are not looked for.
    """
    result = []
    for order in range(1, orders + 1):
        parts = [s.events(order) for s in sources]
        a, b, answers, shorter_a, shorter_b = (np.concatenate(column) for column in zip(*parts))
        ends = np.cumsum([len(p[0]) for p in parts])
        keys = (cut(a, b, bits) << np.uint64(bits)) | answers.astype(np.uint64)
        by_key = np.argsort(keys)
        keys = keys[by_key]
        pairs = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        source = np.searchsorted(ends, by_key, side="right")
        counts = np.stack([np.add.reduceat((source == s).astype(np.float32), pairs) for s in range(len(sources))])
        keys, event = keys[pairs], by_key[pairs]
        contexts = keys >> np.uint64(bits)
        first = np.flatnonzero(np.append(True, contexts[1:] != contexts[:-1]))
        often = np.add.reduceat(counts.sum(0), first) >= least
        kept = np.repeat(often, np.diff(np.append(first, len(keys))))
        keys, event, counts, contexts = keys[kept], event[kept], counts[:, kept], contexts[kept]
        first = np.flatnonzero(np.append(True, contexts[1:] != contexts[:-1]))
        if order == 1:
            parent = np.zeros(len(keys), np.int64)
        else:
            shorter, last = cut(shorter_a[event], shorter_b[event], bits), result[-1]
            known = (np.repeat(last.contexts, np.diff(np.append(last.first, len(last.tokens)))) << np.uint64(bits)) | last.tokens.astype(np.uint64)
            parent = np.searchsorted(known, (shorter << np.uint64(bits)) | (keys & np.uint64((1 << bits) - 1)))
        tokens = (keys & np.uint64((1 << bits) - 1)).astype(np.uint16)
        result.append(Order(contexts[first], first, tokens, counts, parent, np.stack([a[event[first]], b[event[first]]])))
    return result
