"""Write the weights of a run of tune.py, adapters merged, as a folder of the same form as import_gguf.py's.

    python3 -m fill merge --run fill --out DIR                weights.npz (fp16), config.json, tokenizer*.json, slipstream.json
    python3 -m fill merge --run fill --out DIR --graph Q8     also a model folder with an 8 bit graph in blocks of 64

fp16 holds every bf16 weight whose size lies between 6e-5 and 65504 exactly; smaller ones lose digits that no product shows.
"""
import argparse
import dataclasses
import json
import os
import shutil

import numpy as np

from corpus.tokenizer import load
from export.folder import config, write_folder
from fill.evaluate import merged, read_state
from fill.import_gguf import write_json
from fill.marks import CARD
from paths import work_folder


def write_texts(folder, work, shape, parameters, step):
    """The files of a model folder beside its weights."""
    os.makedirs(folder, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(os.path.join(work, name), os.path.join(folder, name))
    marks = load(work).marks
    ends = {"bos_token_id": marks.turn, "eos_token_id": [marks.end, marks.turn_end], "pad_token_id": marks.pad}
    write_json(folder, "config.json", config(shape, parameters) | ends, indent=1)
    about = f"SmolLM2-135M-Instruct, trained on to fill in the middle ({step['tokens'] / 1e6:.1f} M tokens)"
    write_json(folder, "slipstream.json", CARD | {"description": about}, indent=1)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", required=True, help="name of a run of tune.py, or a file of adapters.py")
    options.add_argument("--base", help="the import that a file of adapters belongs to")
    options.add_argument("--step", type=int, help="a checkpoint's step (default: the newest)")
    options.add_argument("--out", required=True, help="folder for the weights, the tokenizer and config.json")
    options.add_argument("--graph", metavar="DIR", help="also write a model folder with an 8 bit graph")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    work = work_folder(options.work)
    state = read_state(work, options.run, options.step, options.base)
    shape, tensors = merged(state, load(work))
    arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
    parameters = int(sum(a.size for a in arrays.values()))
    write_texts(options.out, work, shape, parameters, state)
    path = os.path.join(options.out, "weights.npz")
    np.savez(path, shape=np.frombuffer(json.dumps(dataclasses.asdict(shape)).encode(), np.uint8), **{n: a.astype(np.float16) for n, a in arrays.items()})
    print(f"{path}: step {state['step']}, {parameters / 1e6:.1f} M parameters, {os.path.getsize(path) / 1e6:.0f} MB")
    if options.graph:
        write_folder(options.graph, arrays, shape, work, [8], block=64)
        write_texts(options.graph, work, shape, parameters, state)
