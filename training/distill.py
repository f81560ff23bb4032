"""Train a draft: a small model that imitates the target on one kind of text.

    python3 distill.py --recipe draft-python --target target --minutes 20

A draft is good when the target accepts its tokens, so it learns the target's distribution and, with the weight `hard`, the
target's likeliest token, on text of its languages and on the target's own greedy continuations of such text. Its head
covers only the ids that are commonest there (`output_ids`): most of a tiny model's time would go into the others.
"""
import argparse
import json
import os
import time

import train  # first: it sets the environment that glibc and OpenMP read

import numpy as np
import torch
import torch.nn.functional as F

import checkpoint
import data
import prompt
from evaluate import load_model
from generate import greedy
from model import Llama, Shape, soft_loss
from optimizer import Optimizer
from paths import work_folder
from tokenizer import END, PAD

PROMPT, CONTINUATION = 160, 96  # tokens of a sample of the target's own output


def commonest(rows, vocabulary, count):
    """The `count` commonest ids among rows, in ascending order; <|endoftext|> is always one of them."""
    counts = np.bincount(rows.ravel(), minlength=vocabulary)
    counts[list(prompt.NOT_LEARNT)] = -1
    counts[END] = counts.max() + 1
    return np.sort(np.argsort(-counts, kind="stable")[:count])


def own_outputs(target, rows, folder, count, context):
    """uint16 [n, context + 1]: samples of text that the target continues greedily; made once and kept in the folder."""
    path = os.path.join(folder, "own-outputs.npy")
    if os.path.exists(path):
        return np.load(path)
    samples = []
    for a in range(0, count, 64):
        prompts = [row[:PROMPT].tolist() for row in rows[a:a + 64]]
        samples += [p + c for p, c in zip(prompts, greedy(target, prompts, CONTINUATION, forbidden=prompt.NOT_LEARNT))]
    per_row = (context + 1) // (PROMPT + CONTINUATION)
    made = np.full((len(samples) // per_row, context + 1), PAD, np.uint16)
    for i, row in enumerate(made):
        ids = [t for sample in samples[i * per_row:(i + 1) * per_row] for t in sample]
        row[:len(ids)] = ids
    np.save(path, made)
    return made


class Distillation:
    def __init__(self, recipe, work, name, target_run):
        self.recipe, self.folder = recipe, os.path.join(work, "runs", name)
        os.makedirs(self.folder, exist_ok=True)
        torch.manual_seed(recipe["seed"])
        self.target, self.target_step = load_model(work, target_run)
        shape = Shape(**recipe["shape"])
        if shape.vocabulary != self.target.shape.vocabulary:
            raise SystemExit("a draft needs the target's vocabulary")
        self.model = Llama(shape).to_bf16()
        self.optimizer = Optimizer(self.model, recipe["muon_rate"], recipe["adam_rate"], recipe["weight_decay"])
        self.step, position = 0, 0
        make = ["--context", str(shape.context), "--languages", ",".join(recipe["languages"])]
        state = checkpoint.load(self.folder)
        self.rows = data.Rows(work, "rows-" + name, state["position"] if state else 0, make)
        first = self.rows._open(0)
        if state:
            self.optimizer.restore(state["optimizer"])
            self.step, self.output_ids = state["step"], state["output_ids"]
        else:
            self.output_ids = torch.from_numpy(commonest(first[:3000], shape.vocabulary, recipe["output_ids"]))
        self.own = own_outputs(self.target, first[::-1], self.folder, recipe["own_samples"], shape.context)

    def batch(self):
        """Rows of one step: a share of them are the target's own outputs."""
        count = self.recipe["rows_per_step"][0][1]
        own = int(round(count * self.recipe["own_share"])) if len(self.own) else 0
        chosen = [(self.step * own + i) % len(self.own) for i in range(own)]
        rows = self.rows.take(count - own)
        return data.split(np.concatenate([rows, self.own[chosen]]) if own else rows)

    def one_step(self, scale):
        ids, target = self.batch()
        with torch.no_grad():
            wise = self.target.hidden(ids).reshape(-1, self.target.shape.width)
            wise_head = self.target.embedding[self.output_ids]
        hidden = self.model.hidden(ids).reshape(-1, self.model.shape.width)
        head = F.embedding(self.output_ids, self.model.embedding)
        loss = soft_loss(hidden, head, wise, wise_head, (target >= 0).reshape(-1), self.recipe["hard"])
        loss.backward()
        self.optimizer.step(scale)
        self.step += 1
        return loss.item()

    @torch.no_grad()
    def agreement(self, rows):
        """Share of positions where draft and target have the same likeliest id."""
        ids, target = data.split(rows)
        counted = target >= 0
        best = (self.target.hidden(ids) @ self.target.embedding.t()).argmax(-1)
        own = self.output_ids[(self.model.hidden(ids) @ self.model.embedding[self.output_ids].t()).argmax(-1)]
        return (best == own)[counted].float().mean().item()

    def save(self):
        state = {"step": self.step, "position": self.rows.position, "recipe": self.recipe, "optimizer": self.optimizer.state(),
                 "output_ids": self.output_ids, "target_step": self.target_step}
        checkpoint.save(self.folder, self.step, state, 10 ** 9)

    def run(self, minutes):
        """Warm-up, stable, and a linear decay over the last 40 % of the time."""
        start, losses = time.time(), []
        held = np.array(self.rows._open(0)[-8:])
        print(f"{self.model.count() / 1e6:.2f} M parameters, {len(self.output_ids)} output ids", flush=True)
        while (share := (time.time() - start) / (60 * minutes)) < 1:
            losses.append(self.one_step(min(1.0, (self.step + 1) / self.recipe["warmup_steps"], (1 - share) / 0.4)))
            if self.step % 50 == 0:
                print(f"step {self.step}, loss {sum(losses) / len(losses):.3f}, agreement {self.agreement(held):.3f}", flush=True)
                losses = []
        self.save()
        print(f"step {self.step}: agreement with the target {self.agreement(held):.3f}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--recipe", required=True, help="a draft's recipe in recipes/")
    options.add_argument("--name", help="name of the run (default: the recipe's)")
    options.add_argument("--target", default="target", help="the run whose newest checkpoint teaches")
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    recipe = train.read_recipe(options.recipe, options.set)
    Distillation(recipe, work_folder(options.work), options.name or options.recipe, options.target).run(options.minutes)


if __name__ == "__main__":
    main()
