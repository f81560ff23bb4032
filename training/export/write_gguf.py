"""Export a target as GGUF (version 3), the file format of llama.cpp, for comparison runs.

    python3 -m export write_gguf --run target --out target.gguf

Matrices are written as Q8_0 (blocks of 32 with one fp16 scale) or, with --f16, as fp16; norms as fp32. llama.cpp turns
neighbouring pairs of a head where this model turns the halves, so the rows of the query and key matrices change places.
"""
import argparse
import json
import os
import struct

import numpy as np

ALIGN = 32
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9  # kinds of metadata values
F32, F16, Q8_0 = 0, 1, 8                                        # kinds of tensors
NORMAL, CONTROL = 1, 3                                          # kinds of tokens
BLOCK = np.dtype([("scale", "<f2"), ("codes", "i1", 32)])       # 32 weights of a Q8_0 matrix


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value_of(kind, value):
    if kind == STRING:
        return text(value)
    if kind == ARRAY:
        inner, values = value
        return struct.pack("<IQ", inner, len(values)) + b"".join(value_of(inner, v) for v in values)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], value)


def blocks_of(codes, scales):
    """int8 [rows, blocks, 32] and scales [rows, blocks] -> a Q8_0 matrix: BLOCK [rows, blocks]."""
    packed = np.empty(scales.shape, BLOCK)
    packed["scale"], packed["codes"] = scales, codes
    return packed


def q8_0(matrix):
    """float [rows, columns] -> BLOCK [rows, columns / 32]."""
    blocks = matrix.reshape(len(matrix), -1, 32)
    scale = (np.abs(blocks).max(-1) / 127).astype(np.float16)
    wide = scale.astype(np.float32)[..., None]
    codes = np.round(blocks / np.where(wide == 0, 1, wide)).clip(-127, 127).astype(np.int8)
    return blocks_of(codes, scale)


def interleave(matrix, heads):
    """Rows of each head from halves (i, i + size/2) to neighbouring pairs (2i, 2i + 1)."""
    rows, columns = matrix.shape
    return matrix.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def tensors_of(weights, shape):
    """Yields (llama.cpp's name, array). Rows are all that is cut and moved, so matrices may be floats or BLOCKs."""
    yield "token_embd.weight", weights["embedding"]
    yield "output_norm.weight", weights["norm"]
    if "head" in weights:  # else the embedding is the head
        yield "output.weight", weights["head"]
    q, kv = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    for layer in range(shape.layers):
        own = {key.split(".")[-1]: value for key, value in weights.items() if key.startswith(f"blocks.{layer}.")}
        qkv, gate_up = own["qkv"], own["gate_up"]
        for name, array in (("attn_norm", own["norm1"]), ("attn_q", interleave(qkv[:q], shape.heads)),
                            ("attn_k", interleave(qkv[q:q + kv], shape.kv_heads)), ("attn_v", qkv[q + kv:]),
                            ("attn_output", own["out"]), ("ffn_norm", own["norm2"]), ("ffn_gate", gate_up[:shape.feed_forward]),
                            ("ffn_up", gate_up[shape.feed_forward:]), ("ffn_down", own["down"])):
            yield f"blk.{layer}.{name}.weight", array


def pre_tokenizer(tokenizer):
    """llama.cpp's name of the pre-tokenizer: SmolLM's splits all digits off first; the other one known is Qwen2's."""
    first = ((tokenizer.get("pre_tokenizer") or {}).get("pretokenizers") or [{}])[0]
    return "smollm" if first.get("pattern", {}).get("Regex", "").startswith("\\p{N}|") else "qwen2"


def metadata(shape, tokenizer):
    """[(key, kind, value)] for the `llama` architecture and a byte-level BPE."""
    special = {t["content"] for t in tokenizer["added_tokens"]}
    tokens = [token for token, _ in sorted(tokenizer["model"]["vocab"].items(), key=lambda item: item[1])]
    tokens += [f"<|unused_{i}|>" for i in range(shape.vocabulary - len(tokens))]
    kinds = [CONTROL if token in special or token.startswith("<|unused_") else NORMAL for token in tokens]
    number = {token: i for i, token in enumerate(tokens)}
    marks = {"padding": "<|fim_pad|>", "fim_pre": "<|fim_prefix|>", "fim_suf": "<|fim_suffix|>", "fim_mid": "<|fim_middle|>"}
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    return [
        ("general.architecture", STRING, "llama"), ("general.name", STRING, "slipstream target"), ("general.alignment", UINT32, ALIGN),
        ("llama.context_length", UINT32, shape.context), ("llama.embedding_length", UINT32, shape.width),
        ("llama.block_count", UINT32, shape.layers), ("llama.feed_forward_length", UINT32, shape.feed_forward),
        ("llama.attention.head_count", UINT32, shape.heads), ("llama.attention.head_count_kv", UINT32, shape.kv_heads),
        ("llama.attention.key_length", UINT32, shape.head_size), ("llama.attention.value_length", UINT32, shape.head_size),
        ("llama.rope.dimension_count", UINT32, shape.head_size), ("llama.rope.freq_base", FLOAT32, shape.rope_theta),
        ("llama.attention.layer_norm_rms_epsilon", FLOAT32, shape.epsilon), ("llama.vocab_size", UINT32, shape.vocabulary),
        ("tokenizer.ggml.model", STRING, "gpt2"), ("tokenizer.ggml.pre", STRING, pre_tokenizer(tokenizer)),
        ("tokenizer.ggml.tokens", ARRAY, (STRING, tokens)), ("tokenizer.ggml.token_type", ARRAY, (INT32, kinds)),
        ("tokenizer.ggml.merges", ARRAY, (STRING, merges)),
        ("tokenizer.ggml.eos_token_id", UINT32, number["<|endoftext|>"]), ("tokenizer.ggml.add_bos_token", BOOL, False),
    ] + [(f"tokenizer.ggml.{key}_token_id", UINT32, number[mark]) for key, mark in marks.items() if mark in number]


def encode(array, f16):
    """(kind of tensor, dimensions with the fastest one first, bytes)."""
    if array.dtype == BLOCK:
        return Q8_0, (32 * array.shape[1], array.shape[0]), array.tobytes()
    if array.ndim == 1:
        return F32, array.shape, array.astype("<f4").tobytes()
    if f16:
        return F16, array.shape[::-1], array.astype("<f2").tobytes()
    return encode(q8_0(array), f16)


def write(path, weights, shape, tokenizer, f16=False):
    """The whole file: header, metadata, one entry per tensor, then the aligned data.

    weights: {name of a parameter: array}; a matrix is float [out, in], or BLOCK [out, in / 32] where it has its codes already.
    """
    entries, data = [], []
    offset = 0
    for name, array in tensors_of(weights, shape):
        kind, dims, blob = encode(array, f16)
        entries.append(text(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, offset))
        blob += b"\0" * (-len(blob) % ALIGN)
        data.append(blob)
        offset += len(blob)
    pairs = metadata(shape, tokenizer)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(entries), len(pairs))
    head += b"".join(text(key) + struct.pack("<I", kind) + value_of(kind, value) for key, kind, value in pairs) + b"".join(entries)
    with open(path, "wb") as f:
        f.write(head + b"\0" * (-len(head) % ALIGN) + b"".join(data))


def main():
    # Only here: who has weights at hand (bench/peers) writes files without PyTorch.
    from model import checkpoint
    from export.folder import arrays
    from model.llama import Shape
    from paths import work_folder

    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", default="target", help="name of a training run")
    options.add_argument("--step", type=int, help="a checkpoint's step (default: the newest)")
    options.add_argument("--out", required=True, help="file to write")
    options.add_argument("--f16", action="store_true", help="fp16 instead of Q8_0")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    work = work_folder(options.work)
    state = checkpoint.load(os.path.join(work, "runs", options.run), options.step)
    if state is None:
        raise SystemExit(f"run {options.run!r} has no checkpoint")
    with open(os.path.join(work, "tokenizer.json")) as f:
        tokenizer = json.load(f)
    write(options.out, arrays(state["optimizer"]["master"]), Shape(**state["recipe"]["shape"]), tokenizer, options.f16)
    print(f"{options.out}: {os.path.getsize(options.out) / 1e6:.2f} MB, step {state['step']}")
