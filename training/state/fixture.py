"""A tiny draft on a target's states with random weights, and what it says, for the extension's tests.

    python3 -m state fixture OUT_FOLDER

It reads two tensors of the graph of the models that fixtures.py writes. The output is the same on every machine.
"""
import json
import os
import shutil
import sys

import numpy as np
import torch

from state.write import export
from state.network import StateDraft

SIZE, WIDTH, INNER, IDS = 128, 32, 64, 40
TAPS = ["norm2_1_normed", "norm_normed"]


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: python3 -m state fixture OUT_FOLDER")
    out, rng = sys.argv[1], np.random.default_rng(7)
    ids = torch.arange(20, 20 + 7 * IDS, 7)
    model = StateDraft(SIZE, IDS, WIDTH, INNER)
    weights = {}
    for name, parameter in model.named_parameters():  # numpy's generator gives the same numbers everywhere
        values = rng.standard_normal(tuple(parameter.shape)) * parameter.shape[-1] ** -0.5 if parameter.ndim == 2 else np.ones(parameter.shape)
        weights[name] = torch.from_numpy(values.astype(np.float32))
    model.load_state_dict(weights)
    export(out, weights, ids, TAPS, "a toy")
    for name in os.listdir(os.path.join(out, "draft")):
        shutil.move(os.path.join(out, "draft", name), os.path.join(out, name))
    os.rmdir(os.path.join(out, "draft"))

    given = torch.from_numpy(rng.standard_normal(SIZE).astype(np.float32))
    tokens, place = [20, 34, 21, 48, 20], {int(t): i for i, t in enumerate(ids)}  # 21 is not among the ids
    said = []
    with torch.no_grad():
        state = model.first(given[None])
        for token in tokens:
            state = model.step(state, torch.tensor([place.get(token, IDS)]))
            said.append(torch.softmax(model.hidden(state) @ model.head().t(), -1)[0].tolist())
    with open(os.path.join(out, "expected.json"), "w") as f:
        json.dump({"ids": ids.tolist(), "given": given.tolist(), "tokens": tokens, "said": said}, f)
        f.write("\n")

