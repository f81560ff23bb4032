"""The weights of a draft for the extension's own kernel (kernels/llama.ts), as a safetensors file.

Matrices are int8 codes [rows, columns] with a float32 scale for every BLOCK columns, exactly those of the 8 bit graph:
    embedding, blocks.N.qkv, .out, .gate_up, .down      each as NAME.codes and NAME.scales
    blocks.N.norm1, .norm2, norm                        float32
    output_ids                                          int32, the ids that the head covers; their rows of the embedding are its weights
"""
import json
import struct

import numpy as np

from export.onnx_graph import quantize

DTYPES = {"int8": "I8", "float32": "F32", "int32": "I32"}
LANES = 4  # ids that the kernel takes at once


def signed(codes, scales):
    """What MatMulNBits takes, uint8 [rows, blocks, BLOCK] around 128 and scales, as int8 [rows, columns] and float32 [rows, blocks]."""
    rows = len(codes)
    return (codes.reshape(rows, -1).astype(np.int16) - 128).astype(np.int8), scales.reshape(rows, -1).astype(np.float32)


def padded(output_ids):
    """A whole number of lanes: the last id is repeated, which changes no choice and hardly a probability."""
    return np.concatenate([output_ids, np.repeat(output_ids[-1:], -len(output_ids) % LANES)]).astype(np.int32)


def tensors(weights, output_ids):
    """{name of a parameter: float32 array} -> {name in the file: array}."""
    named = {"output_ids": padded(output_ids)}
    for name, array in weights.items():
        if array.ndim == 1:
            named[name] = array.astype(np.float32)
        else:
            named[name + ".codes"], named[name + ".scales"] = signed(*quantize(array, 8))
    return named


def write(path, named):
    """Eight bytes with the length of the header, the header as JSON, the data in its order."""
    header, at = {}, 0
    for name, array in named.items():
        header[name] = {"dtype": DTYPES[array.dtype.name], "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for array in named.values():
            f.write(np.ascontiguousarray(array).tobytes())
