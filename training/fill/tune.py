"""Go on training an imported model on filling in the middle, from the shards of rows.py: bf16 on a GPU or a CPU that has units for it, else fp32.

    python3 -m fill tune --recipe fill --name fill --base DIR                 start, or go on from the newest checkpoint
    python3 -m fill tune --recipe fill --name fill-decayed --base DIR --decay-from fill --decay-steps 200
    python3 -m fill tune --recipe fill --name try --base DIR --set rank=16 --minutes 4     adapters instead of all weights

As model/train.py: everything is under WORK/runs/NAME, SIGTERM writes a checkpoint and stops, the rate stays until a decay run. Time is
told in seconds of the processor too, which other programs on the machine do not stretch.
"""
import argparse
import json
import os
import signal
import time

import numpy as np
import torch

from corpus.tokenizer import load
from fill import adapters
from fill.tuned import Tuned
from model import checkpoint, train
from model.llama import Shape
from model.precision import working_type
from paths import work_folder


class Samples:
    """The shards of rows.py in a fixed shuffled order; `take(n)` gives (ids, learnt) of the next n samples, pass after pass."""

    def __init__(self, work, position=0):
        self.work, self.position, self.number, self.sizes = work, position, None, []

    def _folder(self, number):
        return os.path.join(self.work, "fill", f"pass-{number}")

    def _open(self, number):
        folder = self._folder(number)
        if not os.path.exists(os.path.join(folder, "index.npy")):
            raise SystemExit(f"{folder} is missing: run python3 -m fill rows --pass {number}")
        self.number = number
        index = np.load(os.path.join(folder, "index.npy"))
        self.index = index[np.random.default_rng(number).permutation(len(index))]
        self.tokens, self.learnt = (np.memmap(os.path.join(folder, name), kind, "r") for name, kind in (("tokens.bin", np.uint16), ("learnt.bin", np.uint8)))

    def _next(self):
        number, at = 0, self.position
        while True:
            if number == len(self.sizes):
                folder = self._folder(number)
                if not os.path.exists(os.path.join(folder, "index.npy")):  # after the last pass comes the first one again
                    if number == 0:
                        raise SystemExit(f"{folder} is missing: run python3 -m fill rows --pass 0")
                    self.position, number, at = 0, 0, 0
                    continue
                self.sizes.append(len(np.load(os.path.join(folder, "index.npy"), mmap_mode="r")))
            if at < self.sizes[number]:
                break
            at, number = at - self.sizes[number], number + 1
        if number != self.number:
            self._open(number)
        self.position += 1
        start, length = self.index[at]
        return self.tokens[start:start + length], self.learnt[start:start + length]

    def take(self, count):
        return [self._next() for _ in range(count)]


def batches(samples, most):
    """Samples of about the same length together, at most `most` tokens with padding: (ids, target, weight) tensors [B, T], T a
    multiple of 16. Weights are those of rows.py over ten."""
    rows = sorted(samples, key=lambda s: len(s[0]))
    while rows:
        width = -(-(len(rows[-1][0]) - 1) // 16) * 16
        count = max(1, most // width)
        chosen, rows = rows[-count:], rows[:-count]
        ids = np.zeros((len(chosen), width + 1), np.int64)
        learnt = np.zeros((len(chosen), width + 1), np.float32)
        for row, (tokens, weights) in enumerate(chosen):
            ids[row, :len(tokens)], learnt[row, :len(tokens)] = tokens, weights / np.float32(10)
        ids, learnt = torch.from_numpy(ids), torch.from_numpy(learnt)
        yield ids[:, :-1].contiguous(), ids[:, 1:].contiguous(), learnt[:, 1:].contiguous()


class AdamW:
    """AdamW (Loshchilov and Hutter 2019) with fp32 masters of the weights; the marks have a rate of their own."""

    def __init__(self, parameters, rate, marks_rate, beta1=0.9, beta2=0.98):
        self.parameters, self.rate, self.marks_rate, self.betas, self.steps = parameters, rate, marks_rate, (beta1, beta2), 0
        self.master = {n: p.detach().clone().float() for n, p in parameters.items()}
        self.first = {n: torch.zeros_like(m) for n, m in self.master.items()}
        self.second = {n: torch.zeros_like(m) for n, m in self.master.items()}

    @torch.no_grad()
    def step(self, scale, clip, decay):
        """One update at `scale` times the rate, the gradient's norm clipped; returns the norm."""
        self.steps += 1
        beta1, beta2 = self.betas
        norm = float(sum(p.grad.float().pow(2).sum() for p in self.parameters.values()) ** 0.5)
        shrink = min(1.0, clip / (norm + 1e-9))
        for name, parameter in self.parameters.items():
            rate = (self.marks_rate if name == "marks" else self.rate) * scale
            gradient, master = parameter.grad.float().mul_(shrink), self.master[name]
            first, second = self.first[name].lerp_(gradient, 1 - beta1), self.second[name].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            root = (second / (1 - beta2 ** self.steps)).sqrt_().add_(1e-8)
            if master.ndim == 2 and name != "marks":
                master.mul_(1 - rate * decay)
            master.addcdiv_(first, root, value=-rate / (1 - beta1 ** self.steps))
            parameter.data.copy_(master)
            parameter.grad = None
        return norm

    def begin(self, master):
        """Take weights, and nothing of how they moved."""
        for name, tensor in self.master.items():
            tensor.copy_(master[name])
            self.parameters[name].data.copy_(tensor)

    def state(self):
        return {"master": self.master, "first": self.first, "second": self.second, "steps": self.steps}

    def restore(self, state):
        for own, saved in ((getattr(self, key), state[key]) for key in ("master", "first", "second")):
            for name, tensor in own.items():
                tensor.copy_(saved[name])
        self.steps = state["steps"]
        for name, parameter in self.parameters.items():
            parameter.data.copy_(self.master[name])


def read_base(folder, context):
    """(Shape, {name: float32 array}) of what import_gguf.py wrote."""
    path = os.path.join(folder, "weights.npz")
    if not os.path.exists(path):
        raise SystemExit(f"{path} is missing: run python3 -m fill import_gguf --out {folder} first")
    saved = np.load(path)
    shape = json.loads(saved["shape"].tobytes())
    return Shape(**shape | {"context": min(shape["context"], context)}), {name: saved[name] for name in saved.files if name != "shape"}


def new_marks(weights, tokenizer, seed):
    """Distinct starts for the marks that share an untrained embedding: a mean of what they are like, and a little noise."""
    embedding, marks = weights["embedding"], tokenizer.marks
    size = np.abs(embedding[100:20_000]).mean()
    rng = np.random.default_rng(seed)
    like = {marks.suffix: marks.file, marks.prefix: marks.file, marks.middle: marks.file}
    for mark, model in like.items():
        embedding[mark] = 0.5 * embedding[model] + rng.standard_normal(embedding.shape[1]) * size
    return weights


class Tuner:
    def __init__(self, recipe, work, name, base, decay_from=None, decay_steps=0, begin=None):
        self.recipe, self.folder = recipe | {"base": os.path.abspath(base)}, os.path.join(work, "runs", name)
        os.makedirs(self.folder, exist_ok=True)
        train.claim(self.folder, name)
        torch.manual_seed(recipe["seed"])
        self.device = recipe["device"]
        shape, weights = read_base(base, recipe["context"])
        tokenizer = load(work)
        if not tokenizer.marks.suffix:
            raise SystemExit(f"the tokenizer in {work} has no marks for filling in: run python3 -m fill marks first")
        weights = new_marks(weights, tokenizer, recipe["seed"])
        self.model = Tuned(shape, weights, recipe["marks"], recipe["rank"])
        for parameter in self.model.parameters():
            parameter.data = parameter.data.to(self.device, working_type(self.device))
        self.model.to(self.device)
        self.optimizer = AdamW(self.model.trained(), recipe["rate"], recipe["marks_rate"])
        self.step = self.tokens = self.decay_start = 0
        self.seconds = self.cpu = 0.0
        self.decay_steps, position = decay_steps, 0
        state = checkpoint.load(self.folder)
        if state is None and decay_from:
            state = checkpoint.load(os.path.join(work, "runs", decay_from))
            if state is None:
                raise SystemExit(f"run {decay_from!r} has no checkpoint to decay from")
            state["decay_start"] = state["step"]
        if state is None and begin:
            told = adapters.read(begin)
            if {n: t.shape for n, t in told["optimizer"]["master"].items()} != {n: t.shape for n, t in self.optimizer.master.items()}:
                raise SystemExit(f"{begin} does not fit the recipe: it has adapters of rank {told['recipe']['rank']}")
            self.optimizer.begin(told["optimizer"]["master"])
            self.step, self.tokens, self.seconds, self.cpu, position = (told[key] for key in ("step", "tokens", "seconds", "cpu", "position"))
        if state:
            self.optimizer.restore(state["optimizer"])
            self.step, self.tokens, self.seconds, self.cpu, position = (state[key] for key in ("step", "tokens", "seconds", "cpu", "position"))
            self.decay_start = state["decay_start"]
        self.model.sync()
        self.samples = Samples(work, position)
        self.log = train.Log(os.path.join(self.folder, "loss.csv"), self.step)
        self.stopping = False
        with open(os.path.join(self.folder, "recipe.json"), "w") as f:
            json.dump(recipe, f, indent=1)

    def save(self):
        state = {key: getattr(self, key) for key in ("step", "tokens", "seconds", "cpu", "decay_start", "recipe")}
        checkpoint.save(self.folder, self.step, state | {"position": self.samples.position, "optimizer": self.optimizer.state()}, self.recipe["keep_every_steps"])

    def one_step(self):
        """One optimizer step; returns (nats of the middles' tokens, of the end tokens, their numbers)."""
        recipe, total = self.recipe, 0.0
        samples = self.samples.take(recipe["samples_per_step"])
        weight = sum(float(learnt[1:].sum()) for _, learnt in samples) / 10
        for ids, target, learnt in batches(samples, recipe["tokens_at_once"]):
            loss = self.model(ids.to(self.device), target.to(self.device), learnt.to(self.device)) / weight
            loss.backward()
            total += float(loss.detach())
            self.tokens += int((ids > 0).sum())
        norm = self.optimizer.step(train.learning_rate(self.step, recipe, self.decay_start, self.decay_steps), recipe["clip"], recipe["weight_decay"])
        self.model.sync()
        self.step += 1
        return total, norm

    def run(self, minutes=None, cpu_minutes=None):
        trained = sum(p.numel() for p in self.model.trained().values())
        print(f"{trained / 1e6:.1f} M of {sum(p.numel() for p in self.model.llama.parameters()) / 1e6:.1f} M parameters learn, from step {self.step}", flush=True)
        begin = saved = time.time()
        cpu_begin, losses, norms, last = time.process_time(), [], [], (self.tokens, time.time())
        while not self.stopping and not (self.decay_steps and self.step >= self.decay_start + self.decay_steps):
            start, cpu = time.time(), time.process_time()
            loss, norm = self.one_step()
            self.seconds, self.cpu = self.seconds + time.time() - start, self.cpu + time.process_time() - cpu
            losses.append(loss)
            norms.append(norm)
            if self.step % 10 == 0:
                speed, last = (self.tokens - last[0]) / (time.time() - last[1]), (self.tokens, time.time())
                mean, losses = sum(losses) / len(losses), []
                self.log.write({"step": self.step, "tokens": self.tokens, "seconds": round(self.seconds), "cpu_seconds": round(self.cpu), "loss": round(mean, 4)})
                print(f"step {self.step}, {self.tokens / 1e6:.3f} M tokens, {self.cpu:.0f} CPU s, loss {mean:.3f}, norm {np.mean(norms):.2f}, {speed:.0f} tokens/s", flush=True)
                norms = []
            if time.time() - saved > self.recipe["checkpoint_minutes"] * 60:
                self.save()
                saved = time.time()
            if minutes and time.time() - begin > minutes * 60 or cpu_minutes and time.process_time() - cpu_begin > cpu_minutes * 60:
                break
        self.save()


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--recipe", default="fill", help="a name in recipes/, or the path of a recipe")
    options.add_argument("--name", required=True, help="name of the run; the same name goes on where it stopped")
    options.add_argument("--base", required=True, help="the folder that import_gguf.py wrote")
    options.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    options.add_argument("--minutes", type=float, help="stop after so many minutes")
    options.add_argument("--cpu-minutes", type=float, help="stop after so many minutes of processor time")
    options.add_argument("--begin", metavar="NPZ", help="start a run without checkpoints from this file of adapters.py")
    options.add_argument("--decay-from", help="start from the newest checkpoint of this run and decay its rate")
    options.add_argument("--decay-steps", type=int, default=0, help="length of the decay")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    if bool(options.decay_from) != bool(options.decay_steps):
        raise SystemExit("--decay-from and --decay-steps go together")
    torch.set_num_threads(options.threads)
    recipe = train.read_recipe(options.recipe, options.set)
    tuner = Tuner(recipe, work_folder(options.work), options.name, options.base, options.decay_from, options.decay_steps,
                  options.begin)

    def stop(*_):
        tuner.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    tuner.run(options.minutes, options.cpu_minutes)
