"""Train a draft: a small model that imitates the target on one kind of text.

    python3 -m model distill --recipe draft-python --target target --minutes 20

    python3 -m model distill --recipe draft-python --name draft-python-taught --from draft-python --taught --target target --minutes 5

The second form goes on with a draft on text that another target wrote (fill/taught_text.py): there the written tokens themselves are
what is to be learnt. A draft is good when the target accepts its tokens, so it learns the target's distribution and, with the weight `hard`, the
target's likeliest token, on text of its languages and on the target's own greedy continuations of such text. Its head
covers only the ids that are commonest there (`output_ids`): most of a tiny model's time would go into the others.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from corpus import prompt
from corpus.tokenizer import END, PAD, load
from model import checkpoint, data, train
from model.evaluate import load_model
from model.generate import greedy
from model.llama import Llama, Shape, head_loss, soft_loss
from model.optimizer import Optimizer
from model.slicing import sliced
from paths import work_folder

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


def taught_rows(work, languages, context):
    """(rows uint16 [n, context + 1], learnt bool [n, context + 1]): prompts of WORK/taught.jsonl in this vocabulary, each with what was
    written behind it; only that is learnt."""
    path = os.path.join(work, "taught.jsonl")
    if not os.path.exists(path):
        raise SystemExit(f"{path} is missing: run python3 -m fill taught_text first")
    tokenizer, samples = load(work), []
    with open(path) as f:
        for line in map(json.loads, f):
            if line["language"] in languages:
                ids = prompt.prompt(tokenizer, line["path"], line["prefix"], line["suffix"])
                written = tokenizer.encode(line["text"])
                samples.append(([*ids, *written], len(ids)))
    rows, learnt = [], []
    for ids, start in samples:
        if not rows or len(rows[-1]) + len(ids) > context + 1:
            rows.append([])
            learnt.append([])
        rows[-1] += ids[:context + 1]
        learnt[-1] += [i >= start for i in range(len(ids))][:context + 1]
    full = np.full((len(rows), context + 1), PAD, np.uint16)
    counted = np.zeros((len(rows), context + 1), bool)
    for i, (ids, counts) in enumerate(zip(rows, learnt)):
        full[i, :len(ids)], counted[i, :len(ids)] = ids, counts
    return full, counted


class Distillation:
    def __init__(self, recipe, work, name, target_run, begin=None, taught=False):
        self.recipe, self.folder = recipe, os.path.join(work, "runs", name)
        os.makedirs(self.folder, exist_ok=True)
        torch.manual_seed(recipe["seed"])
        self.target, self.target_step = load_model(work, target_run)
        shape = Shape(**recipe["shape"])
        if shape.vocabulary != self.target.shape.vocabulary:
            raise SystemExit("a draft needs the target's vocabulary")
        make = ["--context", str(shape.context), "--languages", ",".join(recipe["languages"])]
        state = checkpoint.load(self.folder)
        self.rows = data.Rows(work, "rows-" + name, state["position"] if state else 0, make)
        first, model = self.rows._open(0), Llama(shape)
        if state is None and recipe["layers"]:  # begin with a part of the target
            seen, _ = data.split(np.array(first[:4]))
            model.load_state_dict(sliced(self.target, shape, recipe["layers"], seen), strict=False)
        self.model, self.step = model.to_working(), 0
        self.optimizer = Optimizer(self.model, recipe["muon_rate"], recipe["adam_rate"], recipe["weight_decay"])
        if state:
            self.optimizer.restore(state["optimizer"])
            self.step, self.output_ids = state["step"], state["output_ids"]
        else:
            self.output_ids = torch.from_numpy(commonest(first[:3000], shape.vocabulary, recipe["output_ids"]))
            if begin:
                told = checkpoint.load(os.path.join(work, "runs", begin))
                if told is None:
                    raise SystemExit(f"run {begin!r} has no checkpoint to go on from")
                self.output_ids = told["output_ids"]
                for tensor, saved in ((self.optimizer.master[n], told["optimizer"]["master"][n]) for n in self.optimizer.master):
                    tensor.copy_(saved)
                self.optimizer.copy_to_model()
        self.taught = taught_rows(work, recipe["languages"], shape.context) if taught else None
        self.own = [] if taught else own_outputs(self.target, first[::-1], self.folder, recipe["own_samples"], shape.context)

    def batch(self):
        """Rows of one step: a share of them are the target's own outputs."""
        count = self.recipe["rows_per_step"][0][1]
        own = int(round(count * self.recipe["own_share"])) if len(self.own) else 0
        chosen = [(self.step * own + i) % len(self.own) for i in range(own)]
        rows = self.rows.take(count - own)
        return data.split(np.concatenate([rows, self.own[chosen]]) if own else rows)

    def taught_loss(self):
        """Mean cross entropy of the tokens that the other target wrote, of those that the head has."""
        rows, learnt = self.taught
        at = self.step % len(rows)
        ids, target = data.split(rows[at:at + 1])
        place = torch.searchsorted(self.output_ids, target.clamp(min=0)).clamp(max=len(self.output_ids) - 1)
        known = (self.output_ids[place] == target) & torch.from_numpy(learnt[at:at + 1, 1:])
        hidden = self.model.hidden(ids).reshape(-1, self.model.shape.width)
        head = F.embedding(self.output_ids, self.model.embedding)
        return head_loss(hidden, head, torch.where(known, place, torch.tensor(-1)).reshape(-1))

    def one_step(self, scale):
        ids, target = self.batch()
        with torch.no_grad():
            wise = self.target.hidden(ids).reshape(-1, self.target.shape.width)
            wise_head = self.target.embedding[self.output_ids]
        hidden = self.model.hidden(ids).reshape(-1, self.model.shape.width)
        head = F.embedding(self.output_ids, self.model.embedding)
        loss = soft_loss(hidden, head, wise, wise_head, (target >= 0).reshape(-1), self.recipe["hard"])
        if self.taught:
            loss = 0.5 * loss + 0.5 * self.taught_loss()
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
        """Warm-up, stable, and a linear decay over the last 40 % of the time, which is that of the processor: a pause costs nothing."""
        start, losses = time.process_time(), []
        held = np.array(self.rows._open(0)[-8:])
        print(f"{self.model.count() / 1e6:.2f} M parameters, {len(self.output_ids)} output ids", flush=True)
        while (share := (time.process_time() - start) / (60 * minutes * torch.get_num_threads())) < 1:
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
    options.add_argument("--target", default="target", help="the run whose newest checkpoint teaches, or a file of weights")
    options.add_argument("--from", dest="begin", help="a draft's run to begin with")
    options.add_argument("--taught", action="store_true", help="half of the loss is on the text of fill/taught_text.py")
    options.add_argument("--minutes", type=float, default=20, help="minutes of all threads' processor time")
    options.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    recipe = train.read_recipe(options.recipe, options.set)
    Distillation(recipe, work_folder(options.work), options.name or options.recipe, options.target, options.begin,
                 options.taught).run(options.minutes)
