"""Compare models on held-out lines, pair by pair, whatever their vocabularies: the tuned import, the import, the small target.

    python3 -m fill evaluate --models tiny=weights/target.npz base=IMPORT_DIR fill=run:fill --positions 20 --out results/fill.json

A model is a file of weights (with its tokenizer in models/target), a folder of import_gguf.py, or run:NAME, a run of tune.py in the
working folder (run:FILE.npz: adapters that were kept). `+prefix` behind it leaves the text after the cursor out, which is all an import can do. Cursors are those of
model/evaluate.py, so figures stand beside its. Prompts that end inside a word are healed, except for the small target, which learnt such
ends. `exact` is the rest of the line to the letter. Of models that fill in, where they end is told on cursors of their own:
`end` is how often the end token is the likeliest where the suffix takes over, `inside` how often it is at another token of a middle,
`line_ends` the same at line feeds inside middles alone.
"""
import argparse
import hashlib
import json
import math
import os
import random
import time

import numpy as np
import torch

from corpus import prompt
from corpus.tokenizer import END, load
from fill import adapters
from fill.healing import Healing
from fill.rows import filling
from fill.tune import new_marks, read_base
from fill.tuned import Tuned
from model import checkpoint
from model.evaluate import build_prompt, line_cases, load_model
from model.generate import greedy
from model.llama import Llama, Shape
from model.validate import group_of
from paths import HERE, work_folder

BATCH = 24


def read_state(work, name, step=None, base=None):
    """The state of a run of tune.py, or of a file of adapters (NAME.npz) for the import in the folder `base`."""
    if name.endswith(".npz"):
        if not base:
            raise SystemExit(f"{name} holds adapters: name the import that they belong to with --base")
        return adapters.read(name, base)
    state = checkpoint.load(os.path.join(work, "runs", name), step)
    if state is None:
        raise SystemExit(f"run {name!r} has no checkpoint")
    return state


def merged(state, tokenizer):
    """(Shape, {name in model/llama.py: float32 tensor}) of a state: the import with what was learnt."""
    recipe = state["recipe"]
    shape, weights = read_base(recipe["base"], recipe["context"])
    weights = new_marks(weights, tokenizer, recipe["seed"])
    model = Tuned(shape, weights, state["recipe"]["marks"], state["recipe"]["rank"])
    trained = model.trained()
    with torch.no_grad():
        for name, master in state["optimizer"]["master"].items():
            trained[name].copy_(master)
    return shape, model.merged()


def to_llama(shape, weights):
    model = Llama(shape)
    model.load_state_dict({name: torch.as_tensor(array).float() for name, array in weights.items()}, strict=False)
    return model.to_working().eval()


def open_model(work, told, base=None):
    """(model, tokenizer, healing or None, whether it is told of the suffix, step) of a name as in the command."""
    told, _, without = told.partition("+")
    if told.endswith(".npz") and not told.startswith("run:"):
        model, step = load_model(work, told)
        return model, load(os.path.join(HERE, "..", "models", "target")), None, not without, step
    if told.startswith("run:"):
        name, _, step = told[4:].partition("@")
        state, tokenizer = read_state(work, name, int(step) if step else None, base), load(work)
        model, step = to_llama(*merged(state, tokenizer)), state["step"]
        return model, tokenizer, Healing(tokenizer), not without, step
    model, tokenizer = to_llama(*read_base(told, 2048)), load(told)
    return model, tokenizer, Healing(tokenizer), False, 0


def told_cursors(cases):
    """What tells one choice of cursors from another."""
    return hashlib.sha256(json.dumps([[d["path"], at, end] for d, at, end, _ in cases]).encode()).hexdigest()[:16]


def complete(model, tokenizer, healing, with_suffix, cases, context):
    """Whether the rest of each line is right, for cases of evaluate.line_cases."""
    right, order = [None] * len(cases), sorted(range(len(cases)), key=lambda i: len(cases[i][0]["text"]))
    for a in range(0, len(order), BATCH):
        batch = [cases[i] for i in order[a:a + BATCH]]
        prompts = [build_prompt(tokenizer, min(context, model.shape.context), d, at, end, with_suffix) for d, at, end, _ in batch]
        stop = lambda _, token: token in (END, tokenizer.marks.turn_end) or b"\n" in tokenizer.bytes_of[token]
        answers = greedy(model, prompts, 48, stop, tokenizer.marks.not_learnt, healing)
        for i, (document, at, end, _), answer in zip(order[a:], batch, answers):
            ids, front = answer if healing else (answer, b"")
            got = b"".join(tokenizer.bytes_of[t] for t in ids if t not in tokenizer.special.values())[len(front):]
            right[i] = got.split(b"\n")[0] == document["text"][at:end].encode()
    return right


def end_samples(tokenizer, documents, count):
    """[(ids, weights)] of rows.py from held-out documents: middles of every kind."""
    rng, samples = random.Random("ends"), []
    while len(samples) < count:
        document = rng.choice(documents)
        at = rng.randrange(max(1, len(document["text"]) - 600))
        text = document["text"][document["text"].rfind("\n", 0, at) + 1:][:1100]
        made = filling(tokenizer, prompt.header(tokenizer, document["path"]), text, 384, rng)
        if made:
            samples.append(made)
    return samples


@torch.no_grad()
def ends(model, tokenizer, samples):
    """Where the end token is the likeliest: {"end", "inside", "line_ends"} as shares with their numbers, and nats a token of middles."""
    hits, nats = {"end": [], "inside": [], "line_ends": []}, []
    for ids, learnt in samples:
        width = -(-len(ids) // 16) * 16
        hidden = model.hidden(torch.tensor([ids + [0] * (width - len(ids))]))[0]
        places = [i for i, w in enumerate(learnt) if w >= 10]
        logits = (hidden[[i - 1 for i in places]] @ model.embedding.t()).float()
        best = logits.argmax(-1).tolist()
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([ids[i] for i in places]), reduction="none").tolist()
        for place, likeliest, nat in zip(places, best, loss):
            last = place == len(ids) - 1
            hits["end" if last else "inside"].append(likeliest == END)
            if not last:
                nats.append(nat)
                if tokenizer.bytes_of[ids[place]].startswith(b"\n"):
                    hits["line_ends"].append(likeliest == END)
    return {name: {"share": round(sum(values) / max(1, len(values)), 4), "places": len(values)} for name, values in hits.items()} | {
        "nats_per_token": round(float(np.mean(nats)), 4)}


def sign_test(won, lost):
    """Two-sided p of so many wins and losses when both are as likely (normal approximation with continuity correction)."""
    n = won + lost
    return 1.0 if n == 0 else min(1.0, math.erfc(max(0, abs(won - lost) - 1) / math.sqrt(n) / math.sqrt(2)))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--models", nargs="+", required=True, metavar="NAME=MODEL")
    options.add_argument("--base", help="the import that files of adapters belong to")
    options.add_argument("--positions", type=int, default=20, help="cursors per language")
    options.add_argument("--context", type=int, default=1100, help="at most 3/8 of it (400 tokens) stand before the cursor, 1/6 (200) behind")
    options.add_argument("--known", help="a JSON file of this program whose models take part as they were measured")
    options.add_argument("--ends", type=int, default=150, help="samples on which ends are told")
    options.add_argument("--against", help="the model that the others are paired with (default: the first)")
    options.add_argument("--out", help="JSON file for the figures")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    work, start = work_folder(options.work), time.time()
    models = dict(m.split("=", 1) for m in options.models)
    with open(os.path.join(work, "corpus", "heldout.jsonl")) as f:
        documents = [json.loads(line) for line in f]
    groups = line_cases(documents, options.positions, random.Random("lines"))
    names = sorted(g for g in groups if len(groups[g]) >= min(10, options.positions))
    cases, labels = [c for g in names for c in groups[g]], [g for g in names for _ in groups[g]]
    figures, right = {"positions": len(cases), "context": options.context, "cursors": told_cursors(cases)}, {}
    if options.known:
        with open(options.known) as f:
            known = json.load(f)
        if known["cursors"] != told_cursors(cases):
            raise SystemExit(f"{options.known} was measured at other cursors: use its --positions ({known['positions']} in all) and corpus")
        for name, entry in known.items():
            if isinstance(entry, dict) and name not in models:
                figures[name] = {key: value for key, value in entry.items() if not key.startswith("against_")}
                right[name] = [c == "1" for c in entry["right"]]
    against = options.against or next(iter(right | models))
    for name, told in models.items():
        model, tokenizer, healing, with_suffix, step = open_model(work, told, options.base)
        right[name] = complete(model, tokenizer, healing, with_suffix, cases, options.context)
        figures[name] = {"step": step, "suffix": with_suffix, "exact": round(sum(right[name]) / len(cases), 4),
                         "by_language": {g: round(sum(r for r, label in zip(right[name], labels) if label == g) / labels.count(g), 4) for g in names},
                         "right": "".join("01"[r] for r in right[name])}
        if with_suffix and healing and options.ends:
            figures[name] |= ends(model, tokenizer, end_samples(tokenizer, documents, options.ends))
        print(name, json.dumps({k: v for k, v in figures[name].items() if k not in ("by_language", "right")}), f"{time.time() - start:.0f} s", flush=True)
    for name in right:
        if name != against:
            won, lost = (sum(a and not b for a, b in zip(x, y)) for x, y in ((right[name], right[against]), (right[against], right[name])))
            figures[name]["against_" + against] = {
                "won": won, "lost": lost, "p": float(f"{sign_test(won, lost):.2g}"),
                "by_language": {g: [sum(a and not b for a, b, label in zip(x, y, labels) if label == g)
                                    for x, y in ((right[name], right[against]), (right[against], right[name]))] for g in names}}
            print(f"{name} against {against}: won {won}, lost {lost}, p {figures[name]['against_' + against]['p']}")
    if options.out:
        with open(options.out, "w") as f:
            json.dump(figures, f, indent=1)
            f.write("\n")
