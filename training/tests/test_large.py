"""The graphs of larger shapes, on a tiny one: are the weights outside the graph, where it says they are?"""
import os
import tempfile
import unittest

import onnx
from onnx import numpy_helper

from export import large

TINY = large.shape(width=64, layers=2, heads=2, kv_heads=1, feed_forward=96, vocabulary=320, bits=4)


class LargeGraphs(unittest.TestCase):
    def test_weights_lie_outside(self):
        with tempfile.TemporaryDirectory() as folder:
            size = large.write(folder, TINY)
            path = os.path.join(folder, "onnx", "model_q4.onnx")
            self.assertLess(os.path.getsize(path), 64_000)
            self.assertEqual(os.path.getsize(path + "_data"), size)
            graph = onnx.load(path).graph
        arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.assertEqual(arrays["embedding_codes"].shape, (320, 2, 32))
        self.assertEqual(arrays["down_1_codes"].shape, (64, 3, 16))
        self.assertGreater(len(set(arrays["qkv_0_codes"].ravel().tolist())), 200)
        weights = (arrays["embedding_codes"].astype(float) - 128) * arrays["embedding_scales"].reshape(320, 2, 1)
        self.assertAlmostEqual(weights.std(), large.SPREAD, delta=large.SPREAD / 10)
        self.assertEqual(sum(n.op_type == "GroupQueryAttention" for n in graph.node), 2)

    def test_names_what_a_pass_takes_and_gives(self):
        with tempfile.TemporaryDirectory() as folder:
            large.write(folder, TINY)
            graph = onnx.load(os.path.join(folder, "onnx", "model_q4.onnx"), load_external_data=False).graph
        self.assertIn("num_logits_to_keep", [i.name for i in graph.input])
        self.assertEqual([o.name for o in graph.output][:2], ["logits", "argmax"])

    def test_takes_the_tokenizer_of_a_model(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as out:
            for name, text in (("config.json", '{"vocab_size": 96}'), ("tokenizer.json", "{}"), ("slipstream.json", "{}")):
                with open(os.path.join(folder, name), "w") as f:
                    f.write(text)
            self.assertEqual(large.copy_tokenizer(folder, out), 96)
            self.assertEqual(sorted(os.listdir(out)), ["slipstream.json", "tokenizer.json"])
