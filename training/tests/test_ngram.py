"""Tests of the n-gram draft's counts, pruning and file on made-up text."""
import os
import random
import tempfile
import unittest

import numpy as np

from corpus.tokenizer import FILE
from ngram import fixture, prune, table, windows
from ngram.counts import NOTHING, Source, count


class Counts(unittest.TestCase):
    def test_counts_are_those_of_the_text(self):
        ids = np.array([[5, 6, 7, 5, 6, 8, 5, 6, 7]], np.uint16)
        first, second = count([Source(ids[:, :-1], ids[:, 1:])], 4, 2)
        # Of the contexts of one token only 5 and 6 occur twice: 5 is always followed by 6.
        self.assertEqual(sorted(zip(first.tokens.tolist(), first.counts[0].tolist())), [(6, 3.0), (7, 2.0), (8, 1.0)])
        self.assertEqual(len(second.contexts), 1)  # (5, 6) alone occurs twice with something behind it
        self.assertEqual(sorted(zip(second.tokens.tolist(), second.counts[0].tolist())), [(7, 2.0), (8, 1.0)])
        self.assertEqual(first.tokens[second.parent].tolist(), second.tokens.tolist())

    def test_sources_are_counted_apart_and_rows_do_not_run_into_each_other(self):
        ids = np.array([[1, 2, 3], [1, 2, 4]], np.uint16)
        said = np.array([[2, 9, NOTHING], [2, 9, NOTHING]], np.uint16)
        text = Source(ids, np.array([[2, 3, NOTHING], [2, 4, NOTHING]], np.uint16))
        _, second = count([text, Source(ids, said)], 4, 2)
        self.assertEqual(dict(zip(second.tokens.tolist(), second.counts.T.tolist())), {3: [1, 0], 4: [1, 0], 9: [0, 2]})


class Pruning(unittest.TestCase):
    def setUp(self):
        ids = fixture.made_up_text(20000, random.Random(1))
        self.other = fixture.made_up_text(5000, random.Random(2))
        self.weights = prune.Weights(sure=0.0, prior=2.0)
        self.orders = count([Source(ids[:, :-1], ids[:, 1:])], 5, 4)
        self.estimates = prune.estimate(self.orders, self.weights, len(fixture.WORDS))

    def right(self, entries):
        token, probability, _ = prune.look_up(entries, self.other[:, :-1], 5)
        return (token == self.other[:, 1:]).mean(), probability.mean()

    def test_probabilities_of_a_context_sum_to_at_most_one(self):
        for estimate in self.estimates:
            self.assertLessEqual(estimate.order.of(estimate.pairs).max(), 1.0001)

    def test_three_tokens_tell_what_one_cannot(self):
        whole = prune.prune(self.estimates, self.weights, 0.0)
        short = prune.prune(self.estimates, self.weights, 1e9)
        self.assertEqual(set(short.order.tolist()), {1})
        right, believed = self.right(whole)
        self.assertGreater(right, 0.6)
        self.assertLess(self.right(short)[0], 0.3)
        self.assertLess(abs(right - believed), 0.2)

    def test_a_longer_context_that_changes_nothing_is_left_out(self):
        whole = prune.prune(self.estimates, self.weights, 0.0)
        self.assertLess((whole.order == 4).sum(), 0.5 * len(self.orders[3].contexts))

    def test_size(self):
        entries = prune.to_size(self.estimates, self.weights, 2500)
        self.assertLess(len(entries.gain), 2600)
        whole = prune.prune(self.estimates, self.weights, 0.0)
        self.assertGreater(self.right(entries)[0], 0.7 * self.right(whole)[0])

    def test_calibration(self):
        rng = np.random.default_rng(0)
        believed = rng.random(20000)
        right = rng.random(20000) < believed ** 2
        levels = (np.arange(32) + 0.5) / 32
        self.assertLess(np.abs(prune.calibrated(levels, believed, right) - levels ** 2)[2:].max(), 0.06)


class File(unittest.TestCase):
    def test_table_says_what_the_entries_say(self):
        made, entries, ids = fixture.make(random.Random(2))
        bits = table.token_bits(len(fixture.WORDS))
        token, probability, order = (values[0] for values in prune.look_up(entries, ids, bits))
        level = table.level_of(probability)
        self.assertEqual(set(order[10:].tolist()), {1, 2, 3, 4} & set(order.tolist()))
        for at in range(10, 400):
            expected = int(token[at]), float(made.probability[order[at] - 1, level[at]]), int(order[at])
            self.assertEqual(made.next(ids[0, :at + 1].tolist()), expected)

    def test_bytes(self):
        made, _, _ = fixture.make(random.Random(3))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "table.bin")
            made.write(path)
            size = os.path.getsize(path)
        self.assertEqual(size, 64 + 4 * 4 * 32 + len(made.count) + 4 * len(made.token))
        self.assertEqual(int(made.count.sum()), len(made.token))


class Windows(unittest.TestCase):
    def test_windows_start_with_the_header_of_their_document(self):
        class Lines:
            bytes_of = [b"\n" if i % 10 == 0 else b"x" for i in range(50)]
        parts = [[FILE, 11, 10, *(np.arange(length) % 40 + 7)] for length in (900, 20, 1500)]
        borders = np.cumsum([0] + [len(p) for p in parts])
        rows, documents = windows.cut_windows(Lines, np.concatenate(parts).astype(np.uint16), borders, 50)
        self.assertEqual(set(documents.tolist()), {0, 2})
        for row in rows:
            self.assertEqual(row[:3].tolist(), [FILE, 11, 10])
            self.assertTrue((np.diff(row[3:].astype(int)) % 40 == 1).all())
