"""Is the function the same after a model was turned and smoothed, and is rounding as fine as it can be?"""
import json
import os
import tempfile
import unittest

import numpy as np
import torch

from export import int8
from export.folder_int8 import texts
from export.onnx_int8 import TURNED, build_int8
from model.llama import Llama, Shape, rope_tables

SHAPE = Shape(width=64, layers=2, heads=2, kv_heads=1, head_size=32, feed_forward=128, vocabulary=96, context=64)


def weights_of(seed=1):
    """Random weights with norms far from 1 and a few large channels, as trained models have them."""
    torch.manual_seed(seed)
    weights = {name: tensor.detach().numpy() for name, tensor in Llama(SHAPE).state_dict().items()}
    random = np.random.default_rng(seed)
    for name in weights:
        if name.endswith(("norm", "norm1", "norm2")):
            weights[name] = random.uniform(0.2, 3, SHAPE.width).astype(np.float32)
            weights[name][5] = 20
    weights["embedding"] = random.standard_normal(weights["embedding"].shape).astype(np.float32)
    return weights


def logits(weights, ids, last=None):
    model = Llama(SHAPE).float()
    model.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    with torch.no_grad():
        hidden = model.hidden(torch.tensor([ids]))[0]
        return (hidden if last is None else hidden @ torch.from_numpy(last)).numpy() @ weights["embedding"].T


class TheSameFunction(unittest.TestCase):
    def setUp(self):
        self.weights, self.ids = weights_of(), list(range(3, 40))
        self.expected = logits(self.weights, self.ids)

    def assert_close(self, got):
        self.assertLess(np.abs(got - self.expected).max(), 2e-4 * np.abs(self.expected).max())

    def test_after_the_stream_was_turned(self):
        turned = int8.rotate(self.weights, SHAPE)
        self.assert_close(logits(turned, self.ids, turned.pop("last")))

    def test_after_smoothing_too(self):
        peak = int8.peaks(self.weights, SHAPE, [self.ids])
        turned = int8.smooth(int8.rotate(self.weights, SHAPE), SHAPE, peak)
        self.assert_close(logits(turned, self.ids, turned.pop("last")))

    def test_turning_spreads_a_large_channel(self):
        q = int8.turn(64)
        self.assertLess(np.abs(q @ q.T - np.eye(64)).max(), 1e-12)
        row = np.full(64, 0.1)
        row[7] = 10
        self.assertLess(np.abs(row @ q).max(), 6)


class Rounding(unittest.TestCase):
    def test_is_within_half_a_step_but_for_what_is_cut(self):
        matrix = np.random.default_rng(2).standard_normal((8, 256)).astype(np.float32)
        codes, scales = int8.quantize_rows(matrix)
        error = np.abs(codes * scales[:, None] - matrix)
        self.assertEqual(codes.dtype, np.int8)
        self.assertGreater((error <= 0.5001 * scales[:, None]).mean(), 0.98)
        plain = np.abs(matrix).max(1) / 127
        worst = (np.round(matrix / plain[:, None]) * plain[:, None] - matrix) ** 2
        self.assertTrue(((error ** 2).sum(1) <= worst.sum(1) + 1e-6).all())

    def test_keeps_rows_of_zeros(self):
        codes, scales = int8.quantize_rows(np.zeros((2, 16), np.float32))
        self.assertTrue((codes == 0).all() and np.isfinite(scales).all())


class TheGraph(unittest.TestCase):
    def test_holds_the_embedding_once_and_every_matrix_in_integers(self):
        weights = weights_of()
        peak = int8.peaks(weights, SHAPE, [list(range(40))])
        model = build_int8(weights, SHAPE, [table.numpy() for table in rope_tables(SHAPE, SHAPE.context)], peak)
        sizes = {i.name: list(i.dims) for i in model.graph.initializer}
        large = [name for name, dims in sizes.items() if np.prod(dims) >= SHAPE.width * SHAPE.vocabulary]
        self.assertEqual([name for name in large if "embedding" in name], ["embedding_codes"])
        self.assertEqual(sizes["down_1_codes"], [SHAPE.feed_forward, SHAPE.width])
        kinds = [n.op_type for n in model.graph.node]
        self.assertEqual(kinds.count("MatMulIntegerToFloat"), 4 * SHAPE.layers + 1)
        self.assertEqual(kinds.count("MatMul"), SHAPE.layers + 1)  # the turn of each `down`, and the last norm
        self.assertNotIn("DynamicQuantizeLinear", kinds)
        self.assertEqual(SHAPE.feed_forward % TURNED, 0)


class Texts(unittest.TestCase):
    def test_are_drawn_evenly_and_again_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "train.jsonl")
            with open(path, "w") as f:
                for i in range(30):
                    f.write(json.dumps({"path": f"{i}", "language": "ab"[i % 2], "text": "xyz " * (3 if i < 4 else 300)}) + "\n")
            tokenizer = type("Bytes", (), {"encode": lambda self, text: list(text.encode())})()
            drawn = texts(path, tokenizer, 8, 50, 3)
            self.assertEqual([len(ids) for ids in drawn], [50] * 8)
            self.assertEqual(drawn, texts(path, tokenizer, 8, 50, 3))
