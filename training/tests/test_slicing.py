"""Tests of the drafts' start: cutting out everything changes nothing, cutting out most changes little."""
import json
import os
import tempfile
import unittest

import torch

from corpus.tokenizer import PAD
from model.distill import taught_rows
from model.llama import Llama, Shape
from model.slicing import sliced
from tests.test_pipeline import tiny_tokenizer

WIDE = Shape(width=64, layers=3, heads=2, kv_heads=1, head_size=32, feed_forward=96, vocabulary=320, context=64)


class Slicing(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.model, self.ids = Llama(WIDE).float(), torch.randint(0, 320, (2, 48))
        with torch.no_grad():  # norms of any size, and a stream that lies in 40 of 64 directions
            for name, parameter in self.model.named_parameters():
                if parameter.ndim == 1:
                    parameter.uniform_(0.5, 2.0)
            basis = torch.linalg.qr(torch.randn(64, 64))[0][:, :40]
            self.model.norm.fill_(1.3)
            self.model.embedding.mul_(50)  # so that epsilon, which weighs less in a narrower stream, is nothing
            for matrix in [self.model.embedding] + [getattr(b, n) for b in self.model.blocks for n in ("out", "down")]:
                matrix.copy_(matrix @ basis @ basis.t() if matrix is self.model.embedding else basis @ basis.t() @ matrix)

    def cut(self, width, layers, neurons):
        shape = Shape(**{**vars(WIDE), "width": width, "layers": len(layers), "feed_forward": neurons})
        small = Llama(shape).float()
        small.load_state_dict(sliced(self.model, shape, layers, self.ids), strict=False)
        return small

    def test_a_subspace_that_holds_the_stream_loses_nothing(self):
        with torch.no_grad():
            wanted = self.model(self.ids)
            for width in (64, 40):
                torch.testing.assert_close(self.cut(width, [0, 1, 2], 96)(self.ids), wanted, atol=2e-3, rtol=2e-3)

    def test_fewer_layers_and_neurons(self):
        with torch.no_grad():
            self.assertEqual(self.cut(40, [0, 2], 64)(self.ids).shape, (2, 48, 320))

    def test_other_heads_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "keeps the heads"):
            sliced(self.model, Shape(**{**vars(WIDE), "heads": 4}), [0, 1, 2], self.ids)
        with self.assertRaisesRegex(SystemExit, "as many layers as are named"):
            sliced(self.model, WIDE, [0], self.ids)


class Taught(unittest.TestCase):
    def test_only_what_was_written_is_learnt(self):
        with tempfile.TemporaryDirectory() as work:
            tokenizer = tiny_tokenizer(work)
            lines = [{"language": language, "path": "a.py", "prefix": "def ", "suffix": "\n", "text": "add(left)"} for language in ("python", "python", "go")]
            with open(os.path.join(work, "taught.jsonl"), "w") as f:
                f.writelines(json.dumps(line) + "\n" for line in lines)
            rows, learnt = taught_rows(work, ["python"], 255)
            with self.assertRaisesRegex(SystemExit, "run python3 -m fill taught_text first"):
                taught_rows(os.path.join(work, "none"), ["python"], 255)
        self.assertEqual(tokenizer.decode(rows[learnt].tolist()), "add(left)" * 2)
        whole = tokenizer.decode([i for i in rows[0].tolist() if i != PAD])
        self.assertEqual(whole, "<|file_sep|>a.py\n<|fim_suffix|>\n<|fim_prefix|>def add(left)" * 2)
