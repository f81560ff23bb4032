"""Write graphs of the shape of larger models, with random weights, to measure passes and memory on a machine.

    python3 -m export large --shape 1.5b --out DIR
    python3 -m export large --shape 88m --tokenizer ../models/target --out DIR    with a tokenizer, so that it can be made to write a given text

What such a model says is noise, so acceptance of drafts cannot be measured with it; a pass takes as long as with trained
weights, because no operator looks at their values. The graph is that of folder.py; weights are made and written one matrix
at a time, beside the graph, because a protobuf ends at 2 GB. It needs neither PyTorch nor a trained model.
"""
import argparse
import json
import os
import shutil
import types

import numpy as np
from onnx import TensorProto, helper, save

from export import onnx_graph
from export.onnx_graph import BLOCK, FLOAT, INT64

KINDS = {"uint8": TensorProto.UINT8, "float32": FLOAT, "int64": INT64}
SPREAD = 0.02  # standard deviation of the weights, as models are initialised


def shape(width, layers, heads, kv_heads, feed_forward, vocabulary, bits, rope_theta=1e6, epsilon=1e-6):
    return types.SimpleNamespace(width=width, layers=layers, heads=heads, kv_heads=kv_heads, head_size=width // heads, context=2048,
                                 feed_forward=feed_forward, vocabulary=vocabulary, bits=bits, rope_theta=rope_theta, epsilon=epsilon)


# 0.5b and 1.5b are Qwen2.5-Coder's config.json without the biases of query, key and value; 88m lies between them and the bundled target.
SHAPES = {
    "88m": shape(768, 12, 12, 4, 2048, 16384, 4),
    "88m-q8": shape(768, 12, 12, 4, 2048, 16384, 8),
    "0.5b": shape(896, 24, 14, 2, 4864, 151936, 4),
    "1.5b": shape(1536, 28, 12, 2, 8960, 151936, 4),
}


class StreamedGraph(onnx_graph.Graph):
    """A graph whose weights go to a file as they are made."""

    def __init__(self, file, location):
        super().__init__()
        self.file, self.location, self.random = file, location, np.random.default_rng(1)

    def weight(self, name, array):
        if name in self.known or array.nbytes < 1024:
            return super().weight(name, array)
        self.known.add(name)
        self.stream(name, np.ascontiguousarray(array))
        return name

    def stream(self, name, array):
        """Append an array to the file and describe where it lies."""
        self.file.write(b"\0" * (-self.file.tell() % 4096))  # whole pages, so that it can be mapped
        tensor = TensorProto(name=name, dims=array.shape, data_type=KINDS[array.dtype.name], data_location=TensorProto.EXTERNAL)
        for key, value in (("location", self.location), ("offset", self.file.tell()), ("length", array.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        self.file.write(array.tobytes())
        self.weights.append(tensor)

    def matrix(self, name, rows, columns, bits):
        """Random codes under the names that `multiply` and `embed` look for; returns a stand-in that has the shape alone."""
        codes = self.random.integers(0, 256, (rows, columns // BLOCK, BLOCK * bits // 8), np.uint8)
        scale = SPREAD / ((1 << bits) / 12 ** 0.5)  # codes are spread evenly over 2 ** bits values
        self.weight(f"{name}_codes", codes)
        self.weight(f"{name}_scales", np.full(rows * (columns // BLOCK), scale, np.float32))
        return np.broadcast_to(np.float32(0), (rows, columns))


def weights_of(g, shape):
    """{name of a parameter: norm or stand-in}, all matrices written."""
    qkv = (shape.heads + 2 * shape.kv_heads) * shape.head_size
    weights = {"embedding": g.matrix("embedding", shape.vocabulary, shape.width, 8), "norm": np.ones(shape.width, np.float32)}
    for layer in range(shape.layers):
        for name, rows, columns in (("qkv", qkv, shape.width), ("out", shape.width, shape.heads * shape.head_size),
                                    ("gate_up", 2 * shape.feed_forward, shape.width), ("down", shape.width, shape.feed_forward)):
            weights[f"blocks.{layer}.{name}"] = g.matrix(f"{name}_{layer}", rows, columns, shape.bits)
        for norm in ("norm1", "norm2"):
            weights[f"blocks.{layer}.{norm}"] = np.ones(shape.width, np.float32)
    return weights


def rope_tables(shape):
    frequency = shape.rope_theta ** (-np.arange(0, shape.head_size, 2) / shape.head_size)
    angle = np.arange(shape.context)[:, None] * frequency
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def graph_of(g, shape):
    """The whole graph: folder.py's, with `num_logits_to_keep`."""
    weights = weights_of(g, shape)
    hidden = onnx_graph.gqa_layers(g, weights, shape, rope_tables(shape), shape.bits)
    start = g.node("Reshape", [g.node("Neg", ["num_logits_to_keep"]), g.constant([1])])
    hidden = g.node("Slice", [hidden, start, g.constant([np.iinfo(np.int64).max]), g.constant([1])])
    logits = g.head(hidden, weights["embedding"], shape.bits)
    g.node("Identity", [logits], ["logits"])
    g.node("ArgMax", [logits], ["argmax"], axis=-1, keepdims=0)
    past, present = onnx_graph.caches(shape)
    inputs = onnx_graph.text_inputs() + [helper.make_tensor_value_info("num_logits_to_keep", INT64, [])]
    outputs = [helper.make_tensor_value_info("logits", FLOAT, ["batch_size", "kept", shape.vocabulary]),
               helper.make_tensor_value_info("argmax", INT64, ["batch_size", "kept"])]
    return onnx_graph.finish(g, inputs + past, outputs + present)


def write(out, shape):
    """A folder with config.json and onnx/. Returns bytes of weights."""
    os.makedirs(os.path.join(out, "onnx"), exist_ok=True)
    name = f"model_q{shape.bits}.onnx"
    with open(os.path.join(out, "onnx", name + "_data"), "wb") as file:
        save(graph_of(StreamedGraph(file, name + "_data"), shape), os.path.join(out, "onnx", name))
        size = file.tell()
    with open(os.path.join(out, "config.json"), "w") as f:
        json.dump({"model_type": "llama", "vocab_size": shape.vocabulary, "max_position_embeddings": shape.context,
                   "hidden_size": shape.width, "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
                   "num_key_value_heads": shape.kv_heads, "head_dim": shape.head_size, "intermediate_size": shape.feed_forward}, f)
    return size


def copy_tokenizer(folder, out):
    """Put a model's tokenizer beside the graph, and its card, which says how prompts are laid out; returns its number of ids."""
    os.makedirs(out, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json", "slipstream.json"):
        if os.path.exists(os.path.join(folder, name)):
            shutil.copyfile(os.path.join(folder, name), os.path.join(out, name))
    with open(os.path.join(folder, "config.json")) as f:
        return json.load(f)["vocab_size"]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--shape", required=True, choices=sorted(SHAPES))
    options.add_argument("--out", required=True, help="folder to write")
    options.add_argument("--tokenizer", help="folder of a model whose tokenizer it takes, and so its number of ids")
    options = options.parse_args()
    chosen = SHAPES[options.shape]
    if options.tokenizer:
        chosen.vocabulary = copy_tokenizer(options.tokenizer, options.out)
    print(f"{options.out}: {write(options.out, chosen) / 1e6:.0f} MB")
