"""What a draft on a target's states learns from: the shards of rows.py and the target's own choices and distributions there."""
import os

import numpy as np
import onnx.numpy_helper
import torch

from model.precision import working_type
from state.rows import read_graph

AHEAD = 5  # tokens that a lesson guesses
CANDIDATES = 16_384  # the tokens that text has most: the target's choice is looked for among them


class Teacher:
    """The target's head: what it says behind a tapped state."""

    def __init__(self, folder):
        arrays = {i.name: onnx.numpy_helper.to_array(i) for i in onnx.load_from_string(read_graph(folder)).graph.initializer
                  if i.name in ("last", "embedding_codes", "embedding_scales")}
        self.last = torch.from_numpy(arrays["last"].copy())
        self.codes, self.scales = torch.from_numpy(arrays["embedding_codes"].copy()), torch.from_numpy(arrays["embedding_scales"].reshape(-1).copy())
        self.width = len(self.last)

    def rows(self, ids):
        """The head's rows of ids, to be multiplied with the tapped state as it is: [V, width]."""
        return (self.codes[ids].float() * self.scales[ids, None]) @ self.last.t()


class Shard:
    """One folder of rows.py: what was tapped, the tokens, the target's choice behind each, and the places with AHEAD tokens behind."""

    def __init__(self, folder, teacher, candidates):
        self.features = np.load(os.path.join(folder, "features.npy"), mmap_mode="r")
        self.tokens = np.load(os.path.join(folder, "tokens.npy")).astype(np.int64)
        self.chosen = choices(folder, self.features, teacher, candidates)
        starts = np.load(os.path.join(folder, "starts.npy"))
        ends = np.append(starts[1:], len(self.tokens))
        self.places = np.concatenate([np.arange(a + 8, b - AHEAD - 1) for a, b in zip(starts, ends) if b - a > AHEAD + 10])
        self.width = teacher.width

    def read(self, rows, width=None):
        """What was tapped at rows [N], of it the last `width` numbers [N, S], in the format of precision.py."""
        return torch.from_numpy(np.ascontiguousarray(self.features[rows, -width if width else None:])).to(working_type())

    def lesson(self, places):
        """(features [N, S]; for each guess: tokens [N] before it, whether the target chose them, its choice [N], its last hidden state [N, width])."""
        guesses = []
        for i in range(1, AHEAD + 1):
            rows = places + i
            before, agreed = self.tokens[rows], self.tokens[rows] == self.chosen[rows - 1]
            guesses.append((*map(torch.from_numpy, (before, agreed, self.chosen[rows])), self.read(rows, self.width)))
        return self.read(places), guesses


def choices(folder, features, teacher, candidates):
    """The target's likeliest token at every place of a shard, of the candidates, kept beside it."""
    path = os.path.join(folder, "chosen.npy")
    if not os.path.exists(path):
        head, chosen = teacher.rows(candidates).to(working_type()), []
        for a in range(0, len(features), 512):
            part = torch.from_numpy(features[a:a + 512, -teacher.width:].astype(np.float32)).to(working_type())
            chosen.append(candidates[(part @ head.t()).argmax(-1)].numpy())
        np.save(path, np.concatenate(chosen))
    return np.load(path)


def open_shards(folders, teacher):
    """The shards of folders; the candidates are what all of their text has most."""
    text = np.concatenate([np.load(os.path.join(folder, "tokens.npy")) for folder in folders])
    counts = np.bincount(text, minlength=len(teacher.codes))
    candidates = torch.from_numpy(np.argsort(-counts, kind="stable")[:CANDIDATES].copy())
    return [Shard(folder, teacher, candidates) for folder in folders]
