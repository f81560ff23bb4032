"""A draft on a target's states learns what can be read there, and what it is told goes to the file as it is."""
import os
import tempfile
import unittest

import numpy as np
import torch

from model.train import read_recipe
from state.lessons import AHEAD, Shard
from state.train import Training

WIDTH, VOCABULARY, TOKENS = 32, 64, 6000


class Toy:
    """A target whose last hidden state is the row of the token that it chooses: one that goes with the one it has read, in no order."""
    width = WIDTH
    after = np.random.default_rng(9).permutation(VOCABULARY)

    def __init__(self):
        self.codes = np.zeros((VOCABULARY, WIDTH))
        self.matrix = torch.linalg.qr(torch.randn(VOCABULARY, WIDTH, generator=torch.Generator().manual_seed(3)))[0] * 4

    def rows(self, ids):
        return self.matrix[ids]


def write_shard(folder, toy, seed):
    """Text that keeps to what the target chooses in nine of ten places."""
    rng, tokens = np.random.default_rng(seed), [5]
    while len(tokens) < TOKENS:
        tokens.append(int(toy.after[tokens[-1]]) if rng.random() < 0.9 else int(rng.integers(VOCABULARY)))
    tokens = np.array(tokens)
    last = toy.matrix[toy.after[tokens]].numpy()
    noise = rng.standard_normal((TOKENS, WIDTH))
    os.makedirs(folder)
    np.save(os.path.join(folder, "features.npy"), np.concatenate([noise, last], 1).astype(np.float16))
    np.save(os.path.join(folder, "tokens.npy"), tokens.astype(np.uint16))
    np.save(os.path.join(folder, "starts.npy"), np.arange(0, TOKENS, 300))


class Learns(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.toy, self.candidates = Toy(), torch.arange(VOCABULARY)
        for name, seed in (("train", 1), ("held", 2)):
            write_shard(os.path.join(self.folder.name, name), self.toy, seed)
        self.shards = {n: Shard(os.path.join(self.folder.name, n), self.toy, self.candidates) for n in ("train", "held")}
        self.recipe = read_recipe("state", [f"ids={VOCABULARY}", "width=32", "inner=32", "places_per_step=256", "muon_rate=0.03", "adam_rate=0.02"])

    def training(self, name):
        return Training(os.path.join(self.folder.name, name), [self.shards["train"]], self.shards["held"], self.toy, self.recipe)

    def test_the_choices_are_the_targets(self):
        shard = self.shards["held"]
        self.assertTrue((shard.chosen == self.toy.after[shard.tokens]).all())

    def test_a_lesson_has_places_inside_their_windows_and_says_where_text_left_the_target(self):
        shard = self.shards["held"]
        self.assertTrue(all(place % 300 + AHEAD < 299 for place in shard.places))
        places = shard.places[:500]
        _, guesses = shard.lesson(places)
        for i, (before, agreed, choice, wise) in enumerate(guesses, 1):
            self.assertEqual(before.tolist(), shard.tokens[places + i].tolist())
            self.assertEqual(agreed.tolist(), (shard.tokens[places + i] == self.toy.after[shard.tokens[places + i - 1]]).tolist())
            self.assertEqual(choice.tolist(), self.toy.after[before].tolist())
            self.assertEqual(tuple(wise.shape), (500, WIDTH))

    def test_it_begins_with_the_best_linear_step_and_learns_it_without(self):
        training = self.training("run")
        self.assertGreater(min(training.agreement(1000)), 0.9)
        training.optimizer.master["mix"].zero_()
        training.optimizer.copy_to_model()
        before = training.agreement(1000)
        for _ in range(120):
            training.one_step(1.0)
        after = training.agreement(1000)
        self.assertLess(max(before), 0.5)
        self.assertGreater(min(after), 0.9)

    def test_a_run_goes_on_with_its_weights(self):
        training = self.training("again")
        for _ in range(5):
            training.one_step(1.0)
        training.save()
        other = self.training("again")
        self.assertEqual(other.step, 5)
        self.assertEqual(other.ids.tolist(), training.ids.tolist())
        for name, tensor in training.optimizer.master.items():
            self.assertTrue(torch.equal(tensor, other.optimizer.master[name]), name)


if __name__ == "__main__":
    unittest.main()
