"""Reads training rows in order. The position is one number: rows taken so far, over all passes."""
import os
import subprocess
import sys

import numpy as np
import torch

from corpus.prompt import NOT_LEARNT
from paths import HERE


def split(rows):
    """uint16 [B, T + 1] -> ids [B, T] and targets [B, T] (int64; -1 where nothing is to be learnt)."""
    ids = torch.from_numpy(rows.astype(np.int64))
    target = ids[:, 1:].clone()
    for token in NOT_LEARNT:
        target[target == token] = -1
    return ids[:, :-1].contiguous(), target


class Rows:
    """`take(n)` gives the next n rows. A pass that is not there yet is made by corpus/rows.py, so a run never ends for lack of data."""

    def __init__(self, work, folder="rows", position=0, make=()):
        self.work, self.folder, self.position, self.make = work, folder, position, list(make)
        self.sizes, self.number, self.rows = [], None, None

    def _open(self, number):
        path = os.path.join(self.work, self.folder, f"pass-{number}.npy")
        if not os.path.exists(path):
            subprocess.run([sys.executable, "-m", "corpus", "rows", "--work", os.path.abspath(self.work), "--out", self.folder,
                            "--pass", str(number), *self.make], check=True, cwd=HERE)
        return np.load(path, mmap_mode="r")

    def _locate(self, position):
        """The pass and the row inside it that a position stands for."""
        number = 0
        while True:
            if number == len(self.sizes):
                self.sizes.append(len(self._open(number)))
            if position < self.sizes[number]:
                return number, position
            position -= self.sizes[number]
            number += 1

    def take(self, count):
        number, row = self._locate(self.position)
        if number != self.number:
            self.number, self.rows = number, self._open(number)
        rows = np.array(self.rows[row:row + count])
        self.position += len(rows)
        return rows if len(rows) == count else np.concatenate([rows, self.take(count - len(rows))])
