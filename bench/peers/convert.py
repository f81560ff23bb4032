"""Turns a model folder of Slipstream into what its peers read, weight for weight.

    python3 bench/peers/convert.py models/target OUT

writes OUT/model.gguf (llama.cpp, Q8_0) and of a target OUT/hub/ (@huggingface/transformers). The codes are taken over as they
are: MatMulNBits with 8 bits has code - 128 times scale, Q8_0 and a draft's bare weights have code times scale; a block of 64
becomes two of 32 with the same scale. Only the scale is rounded, to GGUF's fp16. A draft's head covers all ids in llama.cpp, also those that Slipstream's
leaves out. Of a graph of integer products see convert_int8.py. Needs Debian's python3-onnx and python3-numpy.
"""
import argparse
import json
import os
import shutil
import struct
import sys
import types

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "training"))
from export import write_gguf  # noqa: E402
import convert_int8  # noqa: E402

GRAPH, DRAFT = os.path.join("onnx", "model_q8.onnx"), os.path.join("weights", "draft_q8.safetensors")
NORMS = ("SimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization")
MIDDLE = 128  # the code that stands for zero in MatMulNBits with 8 bits


def shape_of(config, context=None):
    """config.json -> the sizes that GGUF's metadata tells."""
    heads = config["num_attention_heads"]
    return types.SimpleNamespace(
        width=config["hidden_size"], layers=config["num_hidden_layers"], heads=heads, kv_heads=config["num_key_value_heads"],
        head_size=config.get("head_dim") or config["hidden_size"] // heads, feed_forward=config["intermediate_size"],
        vocabulary=config["vocab_size"], context=context or config["max_position_embeddings"],
        rope_theta=config["rope_theta"], epsilon=config["rms_norm_eps"])


def attributes(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def weights_of(model, shape):
    """An 8 bit graph -> {name of a parameter as in training/model/llama.py: float32 vector or write_gguf.BLOCK matrix}.

    Parts are told by their place: each layer multiplies four times (query, key and value; output; gate and up; down) and
    normalises twice; the head comes last and multiplies with the embedding.
    """
    values = {i.name: i for i in model.graph.initializer}
    multiplications = [n for n in model.graph.node if n.op_type == "MatMulNBits"]
    norms = [numpy_helper.to_array(values[n.input[-1]]) for n in model.graph.node if n.op_type in NORMS]
    if len(multiplications) != 4 * shape.layers + 1 or len(norms) != 2 * shape.layers + 1:
        raise SystemExit(f"a graph with {len(multiplications)} multiplications is not one of {shape.layers} layers with a tied head")

    def matrix(node):
        told = attributes(node)
        rows, columns, block = told["N"], told["K"], told["block_size"]
        if told["bits"] != 8 or len(node.input) != 3 or block % 32 or columns % block:
            raise SystemExit(f"{node.name} does not have 8 bits, whole blocks of a multiple of 32 and codes symmetric around {MIDDLE}")
        codes = numpy_helper.to_array(values[node.input[1]]).reshape(rows, columns // 32, 32)
        scales = numpy_helper.to_array(values[node.input[2]]).reshape(rows, columns // block)
        return write_gguf.blocks_of((codes.astype(np.int16) - MIDDLE).astype(np.int8), scales.repeat(block // 32, axis=1))

    *inner, head = multiplications
    gathered = {n.input[0] for n in model.graph.node if n.op_type == "Gather"}
    if head.input[1] not in gathered:
        raise SystemExit("the head does not multiply with the embedding")
    weights = {"embedding": matrix(head), "norm": norms[-1]}
    for layer in range(shape.layers):
        for name, node in zip(("qkv", "out", "gate_up", "down"), inner[4 * layer:]):
            weights[f"blocks.{layer}.{name}"] = matrix(node)
        weights[f"blocks.{layer}.norm1"], weights[f"blocks.{layer}.norm2"] = norms[2 * layer:2 * layer + 2]
    return weights


def weights_of_draft(path):
    """A file of training/export/kernel_weights.py -> the same as `weights_of`."""
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        header, data = json.loads(f.read(length)), f.read()
    types = {"I8": np.int8, "F32": np.float32, "I32": np.int32}
    found = {}
    for name, told in header.items():
        start, end = told["data_offsets"]
        found[name] = np.frombuffer(data[start:end], types[told["dtype"]]).reshape(told["shape"])
    weights = {name: array for name, array in found.items() if name.endswith(("norm", "norm1", "norm2"))}
    for name in (name[:-len(".codes")] for name in found if name.endswith(".codes")):
        scales = found[name + ".scales"]
        weights[name] = write_gguf.blocks_of(found[name + ".codes"].reshape(*scales.shape, 32), scales)
    return weights


def with_mask(model):
    """The same nodes and weights behind the inputs that transformers.js feeds: the lengths that attention takes are counted
    from `attention_mask` where the graph asks for them themselves. An output `argmax`, which it has no use for, is dropped."""
    graph = model.graph
    asked = {i.name for i in graph.input}
    if "attention_mask" not in asked:
        lengths = [
            helper.make_node("ReduceSum", ["attention_mask", "peer_axis"], ["peer_length"], keepdims=0),
            helper.make_node("Sub", ["peer_length", "peer_axis"], ["peer_last"]),
            helper.make_node("Cast", ["peer_last"], ["seqlens_k"], to=TensorProto.INT32),
            helper.make_node("Shape", ["attention_mask"], ["peer_shape"]),
            helper.make_node("Gather", ["peer_shape", "peer_axis"], ["peer_total"]),
            helper.make_node("Cast", ["peer_total"], ["total_sequence_length"], to=TensorProto.INT32),
        ]
        nodes, inputs = list(graph.node), [i for i in graph.input if i.name not in ("seqlens_k", "total_sequence_length")]
        mask = helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch_size", "total"])
        del graph.node[:], graph.input[:]
        graph.node.extend(lengths + nodes)
        graph.input.extend(inputs[:1] + [mask] + inputs[1:])
        graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), "peer_axis"))
    for kind, made in ((graph.output, lambda o: o.name), (graph.node, lambda n: n.output[0])):
        for each in [e for e in kind if made(e) == "argmax"]:
            kind.remove(each)
    return model


def write_hub(out, folder, config, model):
    """A folder as on the hub, with the file name that transformers.js looks for."""
    os.makedirs(os.path.join(out, "onnx"), exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(os.path.join(folder, name), os.path.join(out, name))
    with open(os.path.join(out, "config.json"), "w") as f:
        json.dump(config, f)
    onnx.save(with_mask(model), os.path.join(out, "onnx", "model_quantized.onnx"))


def read_graph(folder):
    """The graph of a target, also where its folder keeps it in parts (`manifest.json`)."""
    places, manifest = [GRAPH], os.path.join(folder, "manifest.json")
    if os.path.exists(manifest):
        with open(manifest) as f:
            told = json.load(f)["files"].get(GRAPH.replace(os.sep, "/"), {})
        places = [part["path"] for part in told.get("parts", [])] or places
    content = b""
    for place in places:
        with open(os.path.join(folder, place), "rb") as f:
            content += f.read()
    return onnx.load_model_from_string(content)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", help=f"a model folder with {GRAPH} or {DRAFT}")
    options.add_argument("out", help="folder to write into")
    options.add_argument("--context", type=int, help="longest context that the GGUF tells of (default: that of config.json)")
    options = options.parse_args()
    with open(os.path.join(options.folder, "config.json")) as f:
        config = json.load(f)
    with open(os.path.join(options.folder, "tokenizer.json")) as f:
        tokenizer = json.load(f)
    shape, out = shape_of(config, options.context), os.path.join(options.out, "model.gguf")
    os.makedirs(options.out, exist_ok=True)
    if os.path.exists(os.path.join(options.folder, DRAFT)):
        write_gguf.write(out, weights_of_draft(os.path.join(options.folder, DRAFT)), shape, tokenizer)
    else:
        model = read_graph(options.folder)
        weights = convert_int8.weights_of(model, shape) if convert_int8.is_int8(model) else weights_of(model, shape)
        write_gguf.write(out, weights, shape, tokenizer)
        write_hub(os.path.join(options.out, "hub"), options.folder, config, model)


if __name__ == "__main__":
    main()
