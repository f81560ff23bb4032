"""Checkpoints: written whole to a new name and then renamed, so that a killed run never leaves half a file."""
import glob
import os
import re

import torch


def path_of(folder, step):
    return os.path.join(folder, f"step-{step:07d}.pt")


def steps_of(folder):
    """Steps that have a checkpoint, oldest first."""
    return sorted(int(re.search(r"step-(\d+)\.pt$", p)[1]) for p in glob.glob(os.path.join(folder, "step-*.pt")))


def save(folder, step, state, keep_every):
    """Write a checkpoint; keep the last two and one for every `keep_every` steps."""
    os.makedirs(folder, exist_ok=True)
    part = os.path.join(folder, "writing.part")
    with open(part, "wb") as f:
        torch.save(state, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(part, path_of(folder, step))
    steps = steps_of(folder)
    milestones = {}  # the first checkpoint at or after each multiple of keep_every
    for s in steps:
        milestones.setdefault(s // keep_every, s)
    for old in steps[:-2]:
        if old not in milestones.values() or old < keep_every:
            os.remove(path_of(folder, old))


def load(folder, step=None):
    """The state of a checkpoint (the newest one by default), or None when there is none."""
    steps = steps_of(folder)
    if not steps:
        return None
    if step is not None and step not in steps:
        raise SystemExit(f"{folder} has no checkpoint of step {step}: it has {', '.join(map(str, steps))}")
    return torch.load(path_of(folder, step if step is not None else steps[-1]), map_location="cpu")
