"""Train a model by a recipe: warm-up, then a stable rate for as long as it is let, then a decay as a run of its own.

    python3 -m model train --recipe cpu --name target                        start, or go on from the newest checkpoint
    python3 -m model train --recipe cpu --name target-1 --decay-from target --decay-steps 1200

Everything is under WORK/runs/NAME: checkpoints (exactly resumable), loss.csv, validation.csv, recipe.json and pid. SIGTERM
writes a checkpoint and stops; SIGSTOP and SIGCONT pause and continue.
"""
import argparse
import csv
import json
import os
import re
import signal
import time

import numpy as np
import torch

from corpus.tokenizer import load
from model import checkpoint, data
from model.llama import Llama, Shape
from model.optimizer import Optimizer
from model.validate import Validation
from paths import RECIPES, work_folder


def read_recipe(name, changes):
    """recipes/NAME.json with `key=value` changes; a key may reach inside, as in shape.layers=4."""
    path = name if name.endswith(".json") else os.path.join(RECIPES, name + ".json")
    if not os.path.exists(path):
        raise SystemExit(f"there is no recipe {name!r}: recipes/ has {', '.join(sorted(r[:-5] for r in os.listdir(RECIPES)))}")
    with open(path) as f:
        recipe = json.load(f)
    for change in changes:
        key, _, value = change.partition("=")
        place = recipe
        for part in key.split(".")[:-1]:
            place = place[part]
        if key.split(".")[-1] not in place:
            raise SystemExit(f"the recipe has no setting {key!r}")
        place[key.split(".")[-1]] = json.loads(value)
    return recipe


class Log:
    """Appends rows to a CSV file; lines of steps after `step` (of a killed run) are cut first."""

    def __init__(self, path, step):
        self.path = path
        if os.path.exists(path):
            with open(path) as f:
                lines = f.readlines()
            with open(path, "w") as f:
                f.writelines(line for line in lines if not re.match(r"\d+", line) or int(line.split(",")[0]) <= step)

    def write(self, row):
        new = not os.path.exists(self.path)
        with open(self.path, "a", newline="") as f:
            writer = csv.DictWriter(f, row)
            if new:
                writer.writeheader()
            writer.writerow(row)


def learning_rate(step, recipe, decay_start, decay_steps, warm_from=0):
    """The share of the full rates at a step: linear warm-up, stable, and in a decay run linear to zero."""
    if decay_steps:
        return max(0.0, 1 - (step - decay_start) / decay_steps)
    return min(1.0, (step - warm_from + 1) / recipe["warmup_steps"])


def read_weights(path, model):
    """Put the fp16 weights of `python3 -m export folder --weights` into a model; returns what the file tells of the run (step, position, ...)."""
    if not os.path.exists(path):
        raise SystemExit(f"there is no file {path}")
    with np.load(path) as saved:
        for name, parameter in model.named_parameters():
            if name not in saved or saved[name].shape != tuple(parameter.shape):
                raise SystemExit(f"{path} does not fit the recipe's model: {name} differs")
            parameter.data.copy_(torch.from_numpy(saved[name].astype(np.float32)))
        return json.loads(saved["about"].tobytes())


def claim(folder, name):
    """Write this process's id into the run's folder; refuse when the process that stands there still trains."""
    path = os.path.join(folder, "pid")
    try:
        with open(path) as f:
            other = f.read().strip()
        with open(f"/proc/{other}/cmdline") as f:
            if name in f.read().split("\0") and other != str(os.getpid()):
                raise SystemExit(f"run {name!r} is being trained by process {other}: stop that first")
    except OSError:
        pass  # nobody was here, or is no more
    with open(path, "w") as f:
        f.write(str(os.getpid()))


class Trainer:
    def __init__(self, recipe, work, name, decay_from=None, decay_steps=0, weights=None):
        self.recipe, self.folder = recipe, os.path.join(work, "runs", name)
        os.makedirs(self.folder, exist_ok=True)
        claim(self.folder, name)
        self.device = recipe["device"]
        torch.manual_seed(recipe["seed"])
        model = Llama(Shape(**recipe["shape"]))
        state = checkpoint.load(self.folder)
        about = read_weights(weights, model) if weights and state is None else {}
        self.model = model.to(self.device)
        self.optimizer = Optimizer(self.model, recipe["muon_rate"], recipe["adam_rate"], recipe["weight_decay"])
        self.model.to_working()
        self.step, self.seconds, position = (about.get(key, 0) for key in ("step", "seconds", "position"))
        self.warm_from, self.decay_start, self.decay_steps = self.step, 0, decay_steps
        if state is None and decay_from:
            state = checkpoint.load(os.path.join(work, "runs", decay_from))
            if state is None:
                raise SystemExit(f"run {decay_from!r} has no checkpoint to decay from")
            state["decay_start"] = state["step"]
        if state:
            self.optimizer.restore(state["optimizer"])
            self.step, self.seconds, position = state["step"], state["seconds"], state["position"]
            self.decay_start, self.warm_from = state.get("decay_start", 0), state.get("warm_from", 0)
            torch.set_rng_state(state["random"])
        self.rows = data.Rows(work, position=position, make=["--context", str(recipe["shape"]["context"])])
        self.run_model = torch.compile(self.model) if recipe["compile"] and hasattr(torch, "compile") else self.model
        with open(os.path.join(self.folder, "recipe.json"), "w") as f:
            json.dump(recipe, f, indent=1)
        tokenizer = load(work)
        if tokenizer.size != recipe["shape"]["vocabulary"]:
            raise SystemExit(f"the recipe wants {recipe['shape']['vocabulary']} ids, the tokenizer in {work} has {tokenizer.size}")
        self.validation = Validation(work, tokenizer, recipe["shape"]["context"])
        self.loss_log = Log(os.path.join(self.folder, "loss.csv"), self.step)
        self.validation_log = Log(os.path.join(self.folder, "validation.csv"), self.step)
        self.stopping = False

    def save(self):
        state = {"step": self.step, "seconds": self.seconds, "position": self.rows.position, "recipe": self.recipe,
                 "optimizer": self.optimizer.state(), "random": torch.get_rng_state(),
                 "decay_start": self.decay_start, "warm_from": self.warm_from}
        checkpoint.save(self.folder, self.step, state, self.recipe["keep_every_steps"])

    def validate(self):
        start = time.time()
        self.model.eval()
        figures = self.validation(self.model, self.device)
        self.model.train()
        self.validation_log.write({"step": self.step, "tokens": self.tokens(), "seconds": round(self.seconds), **figures})
        print(f"step {self.step}: held-out {figures['bpc']:.3f} bits per character; with suffix first token {figures['first']:.1%}, "
              f"line {figures['line']:.1%}, stop {figures['stop']:.1%} ({time.time() - start:.0f} s)", flush=True)

    def tokens(self):
        return self.rows.position * self.recipe["shape"]["context"]

    def one_step(self):
        """One optimizer step; returns the mean loss in nats per token. The batch grows as rows_per_step says: [[step, rows], ...]."""
        at_once = self.recipe["rows_at_once"]
        parts = [rows for since, rows in self.recipe["rows_per_step"] if self.step >= since][-1] // at_once
        total = 0.0
        for _ in range(parts):
            ids, target = data.split(self.rows.take(at_once))
            loss = self.run_model(ids.to(self.device), target.to(self.device)) / parts
            loss.backward()
            total += loss.detach()
        self.optimizer.step(learning_rate(self.step, self.recipe, self.decay_start, self.decay_steps, self.warm_from))
        self.step += 1
        return float(total)

    def run(self, minutes=None, steps=None):
        recipe, begin = self.recipe, time.time()
        print(f"{self.model.count() / 1e6:.2f} M parameters, from step {self.step}", flush=True)
        saved = validated = logged = time.time()
        smooth, losses, last_tokens = None, [], self.tokens()
        while not self.stopping and not (self.decay_steps and self.step >= self.decay_start + self.decay_steps):
            start = time.time()
            losses.append(self.one_step())
            self.seconds += time.time() - start
            if self.step % 20 == 0:
                mean, losses = sum(losses) / len(losses), []
                smooth = mean if smooth is None else 0.8 * smooth + 0.2 * mean
                speed, last_tokens, logged = (self.tokens() - last_tokens) / (time.time() - logged), self.tokens(), time.time()
                self.loss_log.write({"step": self.step, "tokens": self.tokens(), "seconds": round(self.seconds), "loss": round(mean, 4)})
                print(f"step {self.step}, {self.tokens() / 1e6:.2f} M tokens, loss {mean:.3f} (smooth {smooth:.3f}), {speed:.0f} tokens/s", flush=True)
            if time.time() - validated > recipe["validate_minutes"] * 60:
                self.validate()
                validated = logged = time.time()
                last_tokens = self.tokens()
            if time.time() - saved > recipe["checkpoint_minutes"] * 60:
                self.save()
                saved = time.time()
            if minutes and time.time() - begin > minutes * 60 or steps and self.step >= steps:
                break
        self.save()
        self.validate()


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--recipe", default="cpu", help="a name in recipes/, or the path of a recipe")
    options.add_argument("--name", required=True, help="name of the run; the same name goes on where it stopped")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    options.add_argument("--minutes", type=float, help="stop after so many minutes")
    options.add_argument("--steps", type=int, help="stop after this step")
    options.add_argument("--decay-from", help="start from the newest checkpoint of this run and decay its rate")
    options.add_argument("--decay-steps", type=int, default=0, help="length of the decay")
    options.add_argument("--weights", help="start a run without checkpoints from this file of fp16 weights (python3 -m export folder --weights)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    if bool(options.decay_from) != bool(options.decay_steps):
        raise SystemExit("--decay-from and --decay-steps go together")
    torch.set_num_threads(options.threads)
    work = work_folder(options.work)
    trainer = Trainer(read_recipe(options.recipe, options.set), work, options.name, options.decay_from, options.decay_steps, options.weights)

    def stop(*_):
        trainer.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    trainer.run(options.minutes, options.steps)
