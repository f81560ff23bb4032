"""What a run of tune.py learnt, as a file small enough to keep where checkpoints are not: adapters and marks as fp16.

    python3 -m fill adapters --run fill --out weights/fill.npz

With the import, which anybody can fetch, it gives the tuned weights again: evaluate.py and merge.py take the file in
place of a run (with --base), and tune.py goes on from it (--begin), with fresh momenta.
"""
import argparse
import json
import os

import numpy as np
import torch

from model import checkpoint
from paths import work_folder

TOLD = ("step", "tokens", "seconds", "cpu", "position", "recipe")


def write(path, state):
    """The file of a checkpoint's state; adapters only, since whole matrices would be as large as the model."""
    if not state["recipe"]["rank"]:
        raise SystemExit("this run trained whole matrices: merge.py writes those")
    about = {key: state[key] for key in TOLD if key in state}
    about["recipe"] = {key: value for key, value in about["recipe"].items() if key != "base"}
    arrays = {name: tensor.bfloat16().half().numpy() for name, tensor in state["optimizer"]["master"].items()}
    np.savez_compressed(path, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **arrays)


def read(path, base=None):
    """A state as of a checkpoint, without momenta; `base` is the import's folder."""
    with np.load(path) as saved:
        if "about" not in saved.files or "marks" not in saved.files:
            raise SystemExit(f"{path} is no file of adapters: adapters.py writes them")
        about = json.loads(saved["about"].tobytes())
        master = {name: torch.from_numpy(saved[name].astype(np.float32)) for name in saved.files if name != "about"}
    about["recipe"]["base"] = base
    return about | {"optimizer": {"master": master}}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", required=True, help="name of a run of tune.py")
    options.add_argument("--step", type=int, help="a checkpoint's step (default: the newest)")
    options.add_argument("--out", required=True, help="file to write")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    state = checkpoint.load(os.path.join(work_folder(options.work), "runs", options.run), options.step)
    if state is None:
        raise SystemExit(f"run {options.run!r} has no checkpoint")
    write(options.out, state)
    print(f"{options.out}: step {state['step']}, {os.path.getsize(options.out) / 1e6:.2f} MB")
