"""Export a checkpoint as a model folder laid out as on the Hugging Face hub.

    python3 -m export folder --run target --out DIR                    onnx/model_q8.onnx
    python3 -m export folder --run target --out DIR --bits 32 8 4      also model.onnx (fp32) and model_q4.onnx
    python3 -m export folder --run target --weights target.npz         the bare fp16 weights, from which `python3 -m model train --weights` can go on

Of a draft (a run of model/distill.py) it writes weights/draft_q8.safetensors, which the extension runs, and with `--graph` also
onnx/model_q8.onnx for other runtimes.
check_export.mjs compares the graphs with PyTorch (`--check` writes what it needs).
"""
import argparse
import json
import os
import shutil

import numpy as np
import onnx
import torch

from export import kernel_weights, onnx_draft, onnx_graph
from model import checkpoint
from model.llama import Llama, Shape, rope_tables
from paths import work_folder

FILES = {32: "model.onnx", 8: "model_q8.onnx", 4: "model_q4.onnx"}


def config(shape, parameters):
    """config.json in the hub's words."""
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": shape.width,
            "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads, "num_key_value_heads": shape.kv_heads,
            "head_dim": shape.head_size, "intermediate_size": shape.feed_forward, "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.context, "rms_norm_eps": shape.epsilon, "rope_theta": shape.rope_theta,
            "rope_scaling": None, "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True, "bos_token_id": None,
            "eos_token_id": 0, "pad_token_id": 4, "torch_dtype": "float32", "parameters": parameters}


def arrays(state):
    """{name: tensor} -> {name: float32 array}."""
    return {name: tensor.float().numpy() for name, tensor in state.items()}


def write_weights(path, state):
    """fp16 weights with what is needed to go on training: small enough to keep where checkpoints are not."""
    told = {key: state[key] for key in ("step", "position", "seconds", "recipe") if key in state}
    # Rounded as the model sees them, so that they pack well.
    arrays16 = {name: tensor.bfloat16().half().numpy() for name, tensor in state["optimizer"]["master"].items()}
    np.savez_compressed(path, about=np.frombuffer(json.dumps(told).encode(), np.uint8), **arrays16)
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB")


def write_files(out, weights, shape, tokenizer_folder):
    """config.json and the tokenizer's files."""
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "config.json"), "w") as f:
        json.dump(config(shape, int(sum(w.size for w in weights.values()))), f, indent=1)
        f.write("\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(os.path.join(tokenizer_folder, name), os.path.join(out, name))


def write_graph(out, name, graph):
    path = os.path.join(out, "onnx", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    onnx.save(graph, path)
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB")


def write_folder(out, weights, shape, tokenizer_folder, bits, form="gqa", block=onnx_graph.BLOCK):
    """A target's folder with one graph for each number of bits."""
    write_files(out, weights, shape, tokenizer_folder)
    tables = [t.numpy() for t in rope_tables(shape, shape.context)]
    for n in bits:
        write_graph(out, FILES[n], onnx_graph.build(weights, shape, tables, form, None if n == 32 else n, block))


def write_draft(out, weights, shape, tokenizer_folder, output_ids, graph=False):
    """A draft's folder: its weights for the extension's kernel, and a graph if that is wanted."""
    write_files(out, weights, shape, tokenizer_folder)
    os.makedirs(os.path.join(out, "weights"), exist_ok=True)
    path = os.path.join(out, "weights", "draft_q8.safetensors")
    kernel_weights.write(path, kernel_weights.tensors(weights, output_ids))
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB")
    if not graph:
        return
    tables = [t.numpy() for t in rope_tables(shape, shape.context)]
    write_graph(out, "model_q8.onnx", onnx_draft.build_draft(weights, shape, tables, output_ids))


def write_check(folder, state, shape, ids):
    """ids.json and the logits PyTorch gives for them in fp32: what check_export.mjs compares with."""
    model = Llama(shape).float()
    model.load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
    with torch.no_grad():
        logits = model(torch.tensor([ids]))[0].numpy()
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "ids.json"), "w") as f:
        json.dump(ids, f)
    logits.astype(np.float32).tofile(os.path.join(folder, "logits.f32"))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", required=True, help="name of a training run")
    options.add_argument("--step", type=int, help="a checkpoint's step (default: the newest)")
    options.add_argument("--out", help="model folder to write")
    options.add_argument("--weights", metavar="NPZ", help="file for the fp16 weights")
    options.add_argument("--bits", type=int, nargs="+", default=[8], choices=sorted(FILES))
    options.add_argument("--form", default="gqa", choices=("gqa", "concat"))
    options.add_argument("--block", type=int, default=onnx_graph.BLOCK, choices=(32, 64, 128),
                         help="weights of a target that share a scale: 64 makes passes about a tenth shorter")
    options.add_argument("--graph", action="store_true", help="of a draft, write an ONNX graph too")
    options.add_argument("--check", metavar="DIR", help="also write PyTorch's logits of a held-out text")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    if not options.out and not options.weights:
        raise SystemExit("nothing to write: give --out, --weights or both")
    if options.form == "concat" and options.bits != [32]:
        raise SystemExit("the concat form has plain operators only: use --bits 32")
    work = work_folder(options.work)
    state = checkpoint.load(os.path.join(work, "runs", options.run), options.step)
    if state is None:
        raise SystemExit(f"run {options.run!r} has no checkpoint")
    shape, master = Shape(**state["recipe"]["shape"]), state["optimizer"]["master"]
    if options.weights:
        write_weights(options.weights, state)
    if not options.out:
        return
    if "output_ids" in state:
        write_draft(options.out, arrays(master), shape, work, state["output_ids"].numpy(), options.graph)
    else:
        write_folder(options.out, arrays(master), shape, work, options.bits, options.form, options.block)
    print(f"{options.run} at step {state['step']}")
    if options.check:
        rows = np.load(os.path.join(work, "rows", "pass-0.npy"), mmap_mode="r")
        write_check(options.check, master, shape, rows[0, :min(300, shape.context)].tolist())
