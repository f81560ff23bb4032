"""From counts to the entries of the n-gram table: estimate, then keep what helps most.

The probability of a token after a context is interpolated down to the shortest context, P(w|c) = (n(c,w) + K P(w|c')) / (n(c) + K)
with c' the context without its oldest token (Jelinek and Mercer's scheme with Witten and Bell's kind of weight; Chen and Goodman,
"An Empirical Study of Smoothing Techniques", 1999). A context is kept where it changes the guess of the longest kept shorter
context, or how sure it is; the gain is the number of times it would be asked times the improvement (the idea of entropy pruning,
Stolcke, "Entropy-based Pruning of Backoff Language Models", 1998, for the likeliest token instead of the whole distribution).
"""
import dataclasses

import numpy as np

from ngram.counts import cut, start, step


@dataclasses.dataclass
class Weights:
    """How counts of several sources become one number."""
    said: tuple = (1.0, 6.0, 6.0)  # of a count in each source: the corpus, the target's answers to it, its own continuations
    cap: float = 30.0              # most that the corpus counts for in one context: beyond it the target's own words decide
    prior: float = 8.0             # K: what the shorter context counts for
    sure: float = 0.05             # tokens that one bit of certainty about the guess is worth
    asked: tuple = (1.0, 4.0, 30.0)  # how often a context is met, from the counts of each source


@dataclasses.dataclass
class Entries:
    """Kept contexts, of every order."""
    words: np.ndarray        # uint32 [2, n]: the hash
    order: np.ndarray        # uint8 [n]
    token: np.ndarray        # uint16 [n]: the guess
    probability: np.ndarray  # float32 [n]
    gain: np.ndarray         # float32 [n]


def divergence(p, q):
    """Bits lost by taking the chance of a hit for q where it is p."""
    p, q = np.clip(p, 1e-4, 1 - 1e-4), np.clip(q, 1e-4, 1 - 1e-4)
    return p * np.log2(p / q) + (1 - p) * np.log2((1 - p) / (1 - q))


@dataclasses.dataclass
class Estimate:
    """What is thought of the contexts of one order; all but `order` and `pairs` are float32 or int64 [contexts]."""
    order: object
    pairs: np.ndarray    # float32 [pairs]: P(token | context)
    of_pair: np.ndarray  # int64 [pairs]: number of the context
    total: np.ndarray    # weighted count
    met: np.ndarray      # how often it is met
    token: np.ndarray    # uint16: the likeliest token
    chance: np.ndarray   # its probability
    shorter: np.ndarray  # number of the context without its oldest token, among those of the order before; None for order 1

    def chance_of(self, token, otherwise):
        """P(token | context) of one token for each context; `otherwise` where it never followed it."""
        wanted = self.order.tokens == token[self.of_pair]
        result = otherwise.copy()
        result[self.of_pair[wanted]] = self.pairs[wanted]
        return result


def estimate(orders, weights, vocabulary):
    """An Estimate for every order."""
    result = []
    for order in orders:
        of_pair, last, sources = order.context_of_pairs(), result[-1] if result else None, len(order.counts)
        counts = order.counts * np.float32(weights.said[:sources])[:, None]
        if last:
            counts[0] *= np.minimum(1, weights.cap / np.maximum(order.of(counts[0]), 1e-9))[of_pair]
        counts = counts.sum(0)
        total = order.of(counts)
        below = last.pairs[order.parent] if last else np.float32(1 / vocabulary)
        pairs = ((counts + weights.prior * below) / (total[of_pair] + weights.prior)).astype(np.float32)
        at = np.flatnonzero(pairs == np.maximum.reduceat(pairs, order.first)[of_pair])
        best = at[np.append(True, np.diff(of_pair[at]) > 0)]
        met = order.of(np.float32(weights.asked[:sources]) @ order.counts)
        shorter = last.of_pair[order.parent[best]] if last else None
        result.append(Estimate(order, pairs, of_pair, total, met, order.tokens[best], pairs[best], shorter))
    return result


def prune(estimates, weights, least):
    """Entries whose gain is more than `least`; of the contexts of one token all."""
    kept, guess, sure = [], None, None
    for number, e in enumerate(estimates, 1):
        token, chance = e.token, e.chance
        keep, gain = np.ones(len(token), bool), np.full(len(token), np.inf, np.float32)
        if e.shorter is not None:
            old, claimed = guess[e.shorter], sure[e.shorter]
            old_chance = e.chance_of(old, weights.prior * claimed / (e.total + weights.prior))
            gain = e.met * (chance - old_chance + weights.sure * divergence(old_chance, claimed))
            keep = gain > least
            token, chance = np.where(keep, token, old), np.where(keep, chance, claimed)
        kept.append((e.order.words[:, keep], np.full(keep.sum(), number, np.uint8), token[keep], chance[keep], gain[keep]))
        guess, sure = token, chance
    words, *columns = zip(*kept)
    return Entries(np.concatenate(words, axis=1), *map(np.concatenate, columns))


def to_size(estimates, weights, size):
    """Entries, about `size` of them: the least gain is raised until they are few enough."""
    entries = prune(estimates, weights, 0.0)
    for _ in range(6):
        if len(entries.gain) <= 1.01 * size:
            break
        # A longer context may gain more once a shorter one is gone, so one cut is not enough.
        least = np.partition(entries.gain, len(entries.gain) - size)[len(entries.gain) - size]
        entries = prune(estimates, weights, least)
    return entries


def look_up(entries, ids, bits):
    """For every position of ids [rows, width]: guess (int64, -1 for none), probability, and order of the longest known context."""
    token, probability, found = np.full(ids.shape, -1), np.zeros(ids.shape, np.float32), np.zeros(ids.shape, int)
    state = start()
    for order in range(1, int(entries.order.max()) + 1):
        older = np.zeros(ids.shape, np.uint32)
        older[:, order - 1:] = ids[:, :ids.shape[1] - order + 1]
        state = step(state, older)
        mine = np.flatnonzero(entries.order == order)
        known = cut(*entries.words[:, mine], bits)
        mine, known = mine[np.argsort(known)], np.sort(known)
        keys = cut(*state, bits)
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        hit = known[at] == keys
        hit[:, :order - 1] = False
        token[hit], probability[hit], found[hit] = entries.token[mine[at[hit]]], entries.probability[mine[at[hit]]], order
    return token, probability, found


def calibrated(levels, probability, right):
    """How often guesses of these probabilities are right: logit(p) = a + b logit(q), fitted to what was seen (Platt, "Probabilistic
    Outputs for Support Vector Machines", 1999, by Newton's method), with a few made-up cases that say a = 0, b = 1."""
    def logit(p):
        p = np.clip(np.asarray(p, np.float64), 0.005, 0.995)
        return np.log(p / (1 - p))
    x = np.concatenate([logit(probability), logit(levels), logit(levels)])
    y = np.concatenate([right, np.ones(len(levels)), np.zeros(len(levels))])
    weight = np.concatenate([np.ones(len(right)), levels, 1 - levels])
    design, line = np.stack([np.ones_like(x), x]), np.array([0.0, 1.0])
    for _ in range(20):
        p = 1 / (1 + np.exp(-line @ design))
        slope = design @ (weight * (y - p))
        line = line + np.linalg.solve((design * (weight * p * (1 - p))) @ design.T, slope)
    return 1 / (1 + np.exp(-(line[0] + line[1] * logit(levels))))
