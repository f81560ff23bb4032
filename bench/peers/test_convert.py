"""The converter on a tiny model: the file is read back by code of its own. Seconds; needs python3-onnx and python3-numpy."""
import json
import os
import struct
import tempfile
import unittest

import numpy as np
from onnx import helper, numpy_helper

import convert
import convert_int8
from export import kernel_weights, onnx_graph, write_gguf

CONFIG = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32,
          "intermediate_size": 128, "vocab_size": 40, "max_position_embeddings": 64, "rope_theta": 10000.0, "rms_norm_eps": 1e-5}
WORDS = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "a", "b", "ab"]
TOKENIZER = {"added_tokens": [{"content": word} for word in WORDS[:4]],
             "model": {"vocab": {word: i for i, word in enumerate(WORDS)}, "merges": [["a", "b"]]}}
FORMATS = {write_gguf.UINT32: "<I", write_gguf.INT32: "<i", write_gguf.FLOAT32: "<f", write_gguf.BOOL: "<?"}


def tiny(block=32):
    """(graph, shape, weights) of a model with random weights, `block` of them to a scale."""
    shape, random = convert.shape_of(CONFIG), np.random.default_rng(1)
    sizes = {"qkv": (256, 64), "out": (64, 128), "gate_up": (256, 64), "down": (64, 128)}
    weights = {"embedding": random.standard_normal((40, 64)), "norm": random.standard_normal(64)}
    for layer in range(2):
        weights |= {f"blocks.{layer}.{name}": random.standard_normal(size) for name, size in sizes.items()}
        weights |= {f"blocks.{layer}.{name}": random.standard_normal(64) for name in ("norm1", "norm2")}
    weights = {name: value.astype(np.float32) for name, value in weights.items()}
    tables = [np.zeros((64, 16), np.float32)] * 2
    return onnx_graph.build(weights, shape, tables, bits=8, block=block), shape, weights


def read(path):
    """A GGUF file -> ({key: value}, {tensor: (kind, rows, bytes)})."""
    with open(path, "rb") as f:
        def take(form):
            return struct.unpack(form, f.read(struct.calcsize(form)))[0]

        def text():
            return f.read(take("<Q")).decode()

        def value(kind):
            if kind == write_gguf.STRING:
                return text()
            if kind == write_gguf.ARRAY:
                inner = take("<I")
                return [value(inner) for _ in range(take("<Q"))]
            return take(FORMATS[kind])

        assert f.read(4) == b"GGUF" and take("<I") == 3
        tensors, pairs = take("<Q"), take("<Q")
        told = {text(): value(take("<I")) for _ in range(pairs)}
        entries = []
        for _ in range(tensors):
            name = text()
            dims = [take("<Q") for _ in range(take("<I"))]
            entries.append((name, dims, take("<I"), take("<Q")))
        start = f.tell() + -f.tell() % write_gguf.ALIGN
        found = {}
        for name, dims, kind, offset in entries:
            count = int(np.prod(dims))
            f.seek(start + offset)
            found[name] = (kind, dims, f.read(34 * count // 32 if kind == write_gguf.Q8_0 else 4 * count))
        return told, found


def floats(kind, dims, data):
    """A tensor's values as llama.cpp has them."""
    if kind == write_gguf.F32:
        return np.frombuffer(data, "<f4")
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("codes", "i1", 32)]))
    return (blocks["codes"] * blocks["scale"].astype(np.float32)[:, None]).reshape(dims[::-1])


class Converter(unittest.TestCase):
    def setUp(self):
        self.graph, self.shape, self.weights = tiny()
        self.values = {i.name: numpy_helper.to_array(i) for i in self.graph.graph.initializer}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.gguf")
            write_gguf.write(path, convert.weights_of(self.graph, self.shape), self.shape, TOKENIZER)
            self.told, self.tensors = read(path)

    def meant(self, name):
        """A matrix as MatMulNBits has it, its scales rounded as GGUF rounds them."""
        codes = self.values[name + "_codes"].astype(np.float32) - 128
        scales = self.values[name + "_scales"].astype(np.float16).astype(np.float32).reshape(codes.shape[:2])
        return (codes * scales[..., None]).reshape(len(codes), -1)

    def test_every_weight_is_the_same(self):
        self.assertEqual(len(self.tensors), 2 + 9 * 2)
        pairs = [("token_embd.weight", self.meant("embedding"))]
        for layer in range(2):
            qkv, gate_up = self.meant(f"qkv_{layer}"), self.meant(f"gate_up_{layer}")
            turned = np.arange(32).reshape(2, 16).T.ravel()  # where llama.cpp has the rows of a head
            query = np.concatenate([head * 32 + turned for head in range(4)])
            key = np.concatenate([128 + head * 32 + turned for head in range(2)])
            pairs += [(f"blk.{layer}.{name}.weight", matrix) for name, matrix in (
                ("attn_q", qkv[query]), ("attn_k", qkv[key]), ("attn_v", qkv[192:]), ("attn_output", self.meant(f"out_{layer}")),
                ("ffn_gate", gate_up[:128]), ("ffn_up", gate_up[128:]), ("ffn_down", self.meant(f"down_{layer}")),
                ("attn_norm", self.values[f"norm1_{layer}"]), ("ffn_norm", self.values[f"norm2_{layer}"]))]
        for name, matrix in pairs + [("output_norm.weight", self.values["norm"])]:
            np.testing.assert_array_equal(floats(*self.tensors[name]), matrix, name)

    def test_metadata(self):
        self.assertEqual((self.told["llama.block_count"], self.told["llama.attention.head_count_kv"]), (2, 2))
        self.assertEqual(self.told["tokenizer.ggml.tokens"][:7], WORDS)
        self.assertEqual((len(self.told["tokenizer.ggml.tokens"]), self.told["tokenizer.ggml.merges"]), (40, ["a b"]))

    def test_bare_weights_of_a_draft(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "draft.safetensors")
            kernel_weights.write(path, kernel_weights.tensors(self.weights, np.arange(8)))
            bare, whole = convert.weights_of_draft(path), convert.weights_of(self.graph, self.shape)
        self.assertEqual(set(bare), set(whole))
        for name, array in whole.items():
            np.testing.assert_array_equal(bare[name], array, name)

    def test_wider_blocks_are_split(self):
        graph, shape, weights = tiny(64)
        made = convert.weights_of(graph, shape)["blocks.0.down"]
        codes, scales = onnx_graph.quantize(weights["blocks.0.down"], 8, 64)
        self.assertEqual(scales.shape, (64, 2))
        np.testing.assert_array_equal(made["scale"], scales.astype(np.float16).repeat(2, axis=1))
        np.testing.assert_array_equal(made["codes"].reshape(64, 2, 64), codes.astype(np.int16) - 128)
        with self.assertRaises(SystemExit):
            convert.weights_of(tiny(16)[0], shape)

    def test_other_graphs_are_refused(self):
        untied = CONFIG | {"num_hidden_layers": 3}
        with self.assertRaises(SystemExit):
            convert.weights_of(self.graph, convert.shape_of(untied))

    def test_graph_without_argmax(self):
        graph = convert.with_mask(self.graph).graph
        self.assertNotIn("argmax", [o.name for o in graph.output])
        self.assertIn("attention_mask", [i.name for i in graph.input])


def integers():
    """(graph, values) of integer products with random weights: what convert_int8 reads of it."""
    random = np.random.default_rng(2)
    turned = lambda size: np.linalg.qr(random.standard_normal((size, size)))[0].astype(np.float32)
    values = {"turn": turned(64), "last": turned(64), "norm": random.standard_normal(64).astype(np.float32)}
    sizes = {"embedding": (40, 64)}
    for layer in range(2):
        sizes |= {f"qkv_{layer}": (64, 256), f"out_{layer}": (128, 64), f"gate_up_{layer}": (64, 256), f"down_{layer}": (128, 64)}
        values |= {f"{name}_{layer}": random.standard_normal(64).astype(np.float32) for name in ("norm1", "norm2")}
    for name, size in sizes.items():
        values[name + "_codes"] = random.integers(-127, 128, size).astype(np.int8)
        values[name + "_scales"] = random.uniform(0.01, 0.02, size[0 if name == "embedding" else 1]).astype(np.float32)
    node = helper.make_node("MatMulIntegerToFloat", ["x"], ["y"], domain="com.microsoft")
    graph = helper.make_graph([node], "integers", [], [], [numpy_helper.from_array(value, name) for name, value in values.items()])
    return helper.make_model(graph), values


class Integers(unittest.TestCase):
    """A graph of integer products computes the same from its inputs with the matrices that are written."""

    def setUp(self):
        self.graph, self.values = integers()
        self.shape, self.random = convert.shape_of(CONFIG), np.random.default_rng(3)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.gguf")
            write_gguf.write(path, convert_int8.weights_of(self.graph, self.shape), self.shape, TOKENIZER)
            self.tensors = read(path)[1]

    def product(self, x, name):
        return x @ (self.values[name + "_codes"].astype(np.float64) * self.values[name + "_scales"])

    def assert_close(self, got, expected):
        self.assertLess(np.abs(got - expected).max(), 0.01 * np.abs(expected).max())

    def test_it_is_known_from_the_other_kind(self):
        self.assertTrue(convert_int8.is_int8(self.graph))
        self.assertFalse(convert_int8.is_int8(tiny()[0]))

    def test_codes_are_kept_where_nothing_is_turned(self):
        kind, dims, data = self.tensors["blk.1.ffn_gate.weight"]
        blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("codes", "i1", 32)]))
        self.assertEqual(kind, write_gguf.Q8_0)
        np.testing.assert_array_equal(blocks["codes"].reshape(dims[::-1]), self.values["gate_up_1_codes"].T[:128])
        np.testing.assert_array_equal(blocks["scale"], self.values["gate_up_1_scales"][:128].astype(np.float16).repeat(2))

    def test_what_the_graph_turns_is_turned_in_the_weights(self):
        x = self.random.standard_normal((5, 128))
        turned = (x.reshape(5, 2, 64) @ self.values["turn"]).reshape(5, 128)
        self.assert_close(x @ floats(*self.tensors["blk.0.ffn_down.weight"]).T, self.product(turned, "down_0"))
        x = self.random.standard_normal((5, 64))
        embedding = self.values["embedding_codes"] * self.values["embedding_scales"][:, None]
        self.assert_close(x @ floats(*self.tensors["output.weight"]).T, x @ self.values["last"] @ embedding.T)
        np.testing.assert_array_equal(self.tensors["output_norm.weight"][2], self.values["norm"].tobytes())

    def test_a_graph_in_parts(self):
        content = self.graph.SerializeToString()
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "onnx"))
            parts = [{"path": f"onnx/part{i}"} for i in range(2)]
            for part, piece in zip(parts, (content[:1000], content[1000:])):
                with open(os.path.join(folder, part["path"]), "wb") as f:
                    f.write(piece)
            with open(os.path.join(folder, "manifest.json"), "w") as f:
                json.dump({"files": {"onnx/model_q8.onnx": {"parts": parts}}}, f)
            self.assertEqual(convert.read_graph(folder), self.graph)


if __name__ == "__main__":
    unittest.main()
