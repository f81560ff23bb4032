"""Teach a draft on a target's states (network.py) what the target says next.

    python3 -m state train --graph DIR --name state-base --minutes 20

The lessons are the target's own distributions, found from the tapped state and the target's head. WORK/runs/NAME has checkpoints; the
same name goes on where it stopped, at the rate of a new run.
"""
import argparse
import glob
import os
import time

import numpy as np
import torch

from model import checkpoint
from model.llama import rms_norm, soft_loss
from model.optimizer import Optimizer
from model.precision import working_type
from model.train import read_recipe
from paths import work_folder
from state.lessons import Teacher, open_shards
from state.network import EPSILON, StateDraft


def commonest(shards, size, count):
    """The ids that the target chose most, ascending."""
    chosen = sum(np.bincount(shard.chosen, minlength=size) for shard in shards)
    return torch.from_numpy(np.sort(np.argsort(-chosen, kind="stable")[:count]).copy())


class Training:
    def __init__(self, folder, shards, held, teacher, recipe):
        self.folder, self.shards, self.held, self.recipe = folder, shards, held, recipe
        os.makedirs(folder, exist_ok=True)
        torch.manual_seed(recipe["seed"])
        state, size = checkpoint.load(folder), len(teacher.codes)
        self.ids = state["ids"] if state else commonest(shards, size, recipe["ids"])
        self.place = torch.full((size,), len(self.ids))
        self.place[self.ids] = torch.arange(len(self.ids))
        self.model = StateDraft(shards[0].features.shape[1], len(self.ids), recipe["width"], recipe["inner"])
        head = teacher.rows(self.ids)
        if not state:
            self.begin_like_the_target(head, shards[0])
        self.head = head.to(working_type())
        self.model.to(working_type())
        self.optimizer = Optimizer(self.model, recipe["muon_rate"], recipe["adam_rate"], recipe["weight_decay"])
        self.step = 0
        if state:
            self.optimizer.restore(state["optimizer"])
            self.step = state["step"]
        self.rng = np.random.default_rng(recipe["seed"] + self.step)

    @torch.no_grad()
    def begin_like_the_target(self, head, shard, count=60_000):
        """Begin where the best linear step would be: the state is the target's last hidden state in the directions that carry most of the
        head, a step is the least squares fit of the next place's, and the head is the target's in these directions."""
        model, width = self.model, head.shape[1]
        basis = torch.linalg.svd(head - head.mean(0), full_matrices=False)[2][:self.recipe["width"]]
        rows = head @ basis.t()
        scale = rows.pow(2).mean().sqrt() / 0.1
        model.embedding[:-1] = rows / scale
        model.embedding[-1] = 0
        model.begin[:, -width:] = basis
        model.begin[:, :-width] *= 0.1
        places = shard.places[:count]
        here, there = (shard.read(rows, width).float() @ basis.t() for rows in (places, places + 1))
        both = torch.cat((rms_norm(here, model.norm1, EPSILON), model.embedding[self.place[torch.from_numpy(shard.tokens[places + 1])]]), -1)
        model.mix.copy_(torch.linalg.solve(both.t() @ both + torch.eye(both.shape[1]), both.t() @ there).t())
        model.norm2 *= scale * there.pow(2).mean().sqrt()

    def guesses(self, shard, places):
        """Yields for each guess (hidden state [n, D], the target's hidden state and choice) at the places where it is made.

        A further guess is made only behind tokens that the target chose itself; the first of them is committed, whoever chose it.
        """
        features, lesson = shard.lesson(places)
        state, kept = self.model.first(features), torch.arange(len(places))
        for i, (before, agreed, choice, wise) in enumerate(lesson):
            if i:
                still = agreed[kept]
                state, kept = state[still], kept[still]
            state = self.model.step(state, self.place[before[kept]])
            yield self.model.hidden(state), wise[kept], choice[kept]

    def one_step(self, scale):
        shard = self.shards[int(self.rng.integers(len(self.shards)))]
        count, run = self.recipe["places_per_step"], 64  # neighbours share pages of the file
        begins = self.rng.integers(0, len(shard.places) - run, count // run)
        places = shard.places[np.sort((begins[:, None] + np.arange(run)).reshape(-1))]
        loss = 0.0
        for hidden, wise, choice in self.guesses(shard, places):
            known = self.place[choice] < len(self.ids)
            share = float(known.sum()) / count  # a later guess is made more seldom, and counts as much
            loss = loss + share * soft_loss(hidden, self.model.head(), wise, self.head, known, self.recipe["hard"])
        loss.backward()
        self.optimizer.step(scale)
        self.step += 1
        return float(loss)

    @torch.no_grad()
    def agreement(self, count):
        """By guess: how often it is what the target chose in held-out text, behind tokens that the target chose."""
        places = self.held.places[np.linspace(0, len(self.held.places) - 1, min(count, len(self.held.places))).astype(int)]
        shares = []
        for hidden, _, choice in self.guesses(self.held, places):
            shares.append(float((self.ids[(hidden @ self.model.head().t()).argmax(-1)] == choice).float().mean()))
        return shares

    def told(self, count):
        return " ".join(f"{share:.3f}" for share in self.agreement(count))

    def save(self):
        checkpoint.save(self.folder, self.step, {"step": self.step, "ids": self.ids, "recipe": self.recipe, "optimizer": self.optimizer.state()}, 10 ** 9)

    def run(self, minutes):
        """Warm-up, stable, and a linear decay over the last half of the time, which is that of the processor: a pause costs nothing."""
        print(f"{sum(p.numel() for p in self.model.parameters()) / 1e6:.2f} M parameters, {len(self.ids)} ids, agreement {self.told(6000)}", flush=True)
        start, losses, saved = time.process_time(), [], time.time()
        while (share := (time.process_time() - start) / (60 * minutes * torch.get_num_threads())) < 1:
            losses.append(self.one_step(min(1.0, (self.step + 1) / self.recipe["warmup_steps"], (1 - share) / 0.5)))
            if self.step % 100 == 0:
                print(f"step {self.step}, {share:.2f} of the time, loss {np.mean(losses):.3f}, agreement {self.told(6000)}", flush=True)
                losses = []
            if time.time() - saved > 180:
                self.save()
                saved = time.time()
        self.save()
        print(f"step {self.step}: agreement on held-out packages, guess by guess: {self.told(30_000)}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--graph", required=True, help="the target's folder, as for the step rows")
    options.add_argument("--name", default="state", help="name of the run; the same name goes on")
    options.add_argument("--recipe", default="state")
    options.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    options.add_argument("--minutes", type=float, default=20, help="minutes of all threads' processor time")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    work, recipe = work_folder(options.work), read_recipe(options.recipe, options.set)
    folders = sorted(os.path.dirname(p) for p in glob.glob(os.path.join(work, "state", "shard-*", "tokens.npy")))
    held = os.path.join(work, "state", "shard-held")
    if held not in folders or len(folders) < 2:
        raise SystemExit(f"{os.path.join(work, 'state')} has no shards: run python3 -m state rows first")
    teacher = Teacher(options.graph)
    shards = dict(zip(folders, open_shards(folders, teacher)))
    Training(os.path.join(work, "runs", options.name), [s for f, s in shards.items() if f != held], shards[held], teacher, recipe).run(options.minutes)
