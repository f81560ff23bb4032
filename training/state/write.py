"""Write a trained draft into its target's folder: draft/state_q8.safetensors and draft/state.json.

    python3 -m state write --run state-base --out DIR
"""
import argparse
import json
import os

import numpy as np

from export.kernel_weights import tensors, write
from model import checkpoint
from paths import work_folder


def export(folder, weights, ids, taps, description):
    """weights {name: float32 tensor}, ids [V]: the embedding has their rows, and one for all other tokens."""
    os.makedirs(os.path.join(folder, "draft"), exist_ok=True)
    assert len(ids) % 4 == 0 and len(weights["embedding"]) == len(ids) + 1
    arrays = {name: tensor.float().numpy() for name, tensor in weights.items()}
    arrays["step"] = np.concatenate([arrays.pop("gate_up"), arrays.pop("mix")])  # they multiply the same
    write(os.path.join(folder, "draft", "state_q8.safetensors"), tensors(arrays, ids.numpy()))
    with open(os.path.join(folder, "draft", "state.json"), "w") as f:
        json.dump({"taps": taps, "description": description}, f, indent=2)
        f.write("\n")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", required=True)
    options.add_argument("--out", required=True, help="the target's folder")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    work = work_folder(options.work)
    state = checkpoint.load(os.path.join(work, "runs", options.run))
    if state is None:
        raise SystemExit(f"run {options.run!r} has no checkpoint")
    with open(os.path.join(work, "state-taps.json")) as f:
        taps = json.load(f)
    weights = state["optimizer"]["master"]
    count = sum(w.numel() for w in weights.values()) / 1e6
    export(options.out, weights, state["ids"], taps, f"{count:.1f} M parameters, reads what the target computes and guesses on from there.")

