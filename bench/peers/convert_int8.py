"""The weights of a graph of integer products (training/export/onnx_int8.py), as convert.py writes them."""
import numpy as np
from onnx import numpy_helper

from export import write_gguf

EXACT = ("qkv", "out", "gate_up")


def is_int8(model):
    """Whether the graph multiplies integers, and not MatMulNBits' blocks."""
    return any(node.op_type == "MatMulIntegerToFloat" for node in model.graph.node)


def rows_of(codes, scales):
    """int8 [outputs, inputs] with a scale for each output -> write_gguf.BLOCK [outputs, inputs / 32]: each block has its row's scale."""
    blocks = codes.reshape(len(codes), -1, 32)
    return write_gguf.blocks_of(blocks, scales[:, None].repeat(blocks.shape[1], axis=1))


def floats_of(codes, scales):
    return codes.astype(np.float64) * scales.astype(np.float64)[:, None]


def weights_of(model, shape):
    """-> {name of a parameter as in training/model/llama.py, or `head`: float32 vector, float32 matrix or write_gguf.BLOCK matrix}.

    The graph turns what goes into `down` and into the head by orthogonal matrices of its own, which llama.cpp does not: they are
    multiplied into these two, whose codes are made anew. The head is then no longer the embedding.
    """
    values = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}

    def matrix(name):
        return values[name + "_codes"].T, values[name + "_scales"]

    embedding = values["embedding_codes"], values["embedding_scales"]
    weights = {"embedding": rows_of(*embedding), "norm": values["norm"],
               "head": (floats_of(*embedding) @ values["last"].T.astype(np.float64)).astype(np.float32)}
    for layer in range(shape.layers):
        for name in EXACT:
            weights[f"blocks.{layer}.{name}"] = rows_of(*matrix(f"{name}_{layer}"))
        down, turn = floats_of(*matrix(f"down_{layer}")), values["turn"].astype(np.float64)
        weights[f"blocks.{layer}.down"] = (down.reshape(len(down), -1, len(turn)) @ turn.T).reshape(down.shape).astype(np.float32)
        weights[f"blocks.{layer}.norm1"], weights[f"blocks.{layer}.norm2"] = values[f"norm1_{layer}"], values[f"norm2_{layer}"]
    return weights
