"""Measure a model on held-out packages: bits per character, top-1, completion of lines and blocks, acceptance of drafts.

    python3 -m model evaluate --run target --out results/target.json
    python3 -m model evaluate --run target --drafts draft-jsts draft-python --positions 300 --out results/target.json
    python3 -m model evaluate --run weights/target.npz --drafts draft-jsts --only acceptance --out results/drafts.json

Line completion: the rest of a line is missing. `first` is right when the first token is how the missing text starts, `exact`
when the generated line is the missing text to the letter, `edit` is 1 - Levenshtein distance / longer length. A cursor
is `inside` a word when letters or digits stand on both sides of it, otherwise at a `border`.
"""
import argparse
import json
import os
import random
import time

import numpy as np
import torch

from corpus import cuts, prompt
from corpus.tokenizer import END, load
from model import acceptance, checkpoint
from model.generate import greedy
from model.llama import Llama, Shape
from model.validate import bits_per_character, group_of, plain_rows
from paths import work_folder

BATCH = 32


def load_model(work, run, step=None, device="cpu"):
    """(model, step) of a run's checkpoint, or of a file of weights (`python3 -m export folder --weights`) when `run` ends with .npz."""
    if run.endswith(".npz"):
        with np.load(run) as saved:
            about = json.loads(saved["about"].tobytes())
            state = {"step": about["step"], "recipe": about["recipe"],
                     "optimizer": {"master": {name: torch.from_numpy(saved[name]) for name in saved.files if name != "about"}}}
    else:
        state = checkpoint.load(os.path.join(work, "runs", run), step)
    if state is None:
        raise SystemExit(f"run {run!r} has no checkpoint")
    model = Llama(Shape(**state["recipe"]["shape"]))
    model.load_state_dict({k: v.float() for k, v in state["optimizer"]["master"].items()}, strict=False)
    return model.to(device).to_working().eval(), state["step"]


def levenshtein(a, b):
    """Edit distance of two strings."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def similarity(a, b):
    return 1 - levenshtein(a, b) / max(len(a), len(b), 1)


def line_cases(documents, per_group, rng):
    """{group: [(document, start, end)]}: half of the cursors inside a word, half at a border."""
    cases = {}
    for document in documents:
        text, group = document["text"], cases.setdefault(group_of(document), [])
        for _ in range(4):
            inside = sum(c[3] for c in group) < len(group) - sum(c[3] for c in group)
            at = cuts.cursor(text, min(200, len(text) // 3), len(text) - 1, rng)
            end = cuts.line_end(text, at)
            within = 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
            if len(group) < per_group and text[at:end].strip() and end - at < 120 and within == inside:
                group.append((document, at, end, within))
    return cases


def build_prompt(tokenizer, context, document, at, end, with_suffix):
    """Ids of a prompt: at most 3/8 of the context (400 tokens) before the cursor, from a line's start, and 1/6 (200) after."""
    text, before_room, after_room = document["text"], min(400, context * 3 // 8), min(200, context // 6)
    start = text.find("\n", max(0, at - 4 * before_room)) + 1 if at > 4 * before_room else 0
    before = tokenizer.encode(text[start if start < at else at - 100:at])[-before_room:]
    head = prompt.header(tokenizer, document["path"])
    if with_suffix:
        head += prompt.marked_suffix(tokenizer, tokenizer.encode(text[end:end + 5 * after_room])[:after_room])
    return head + before


def line_completion(model, tokenizer, cases, with_suffix):
    """Figures for one group's cases."""
    results = []
    for a in range(0, len(cases), BATCH):
        batch = cases[a:a + BATCH]
        prompts = [build_prompt(tokenizer, model.shape.context, d, at, end, with_suffix) for d, at, end, _ in batch]
        stop = lambda _, token: token == END or b"\n" in tokenizer.bytes_of[token]
        for (document, at, end, inside), ids in zip(batch, greedy(model, prompts, 48, stop, tokenizer.marks.not_learnt)):
            wanted = document["text"][at:end]
            got = tokenizer.decode([i for i in ids if i != END]).split("\n")[0]
            first = ids[0] != END and wanted.encode().startswith(tokenizer.bytes_of[ids[0]])
            results.append((inside, first, got == wanted, similarity(got, wanted)))
    def shares(chosen):
        return {"positions": len(chosen), **{name: round(sum(r[i] for r in chosen) / len(chosen), 4)
                                             for i, name in ((1, "first"), (2, "exact"), (3, "edit"))}} if chosen else None
    return {"all": shares(results), "inside": shares([r for r in results if r[0]]), "border": shares([r for r in results if not r[0]])}


def block_completion(model, tokenizer, documents, most, rng):
    """The rest of an indented block is missing, two to twelve lines; the suffix is given."""
    cases = []
    for document in documents:
        text = document["text"]
        for _ in range(3):
            at = cuts.line_end(text, rng.randrange(len(text)))
            end = cuts.block_end(text, at + 1)
            if len(cases) < most and at > 100 and text[at:end].count("\n") >= 2 and end - at < 500:
                cases.append((document, at, end))
    exact, edit = [], []
    for a in range(0, len(cases), BATCH):
        batch = cases[a:a + BATCH]
        answers = greedy(model, [build_prompt(tokenizer, model.shape.context, d, at, end, True) for d, at, end in batch],
                         min(200, model.shape.context // 4), forbidden=tokenizer.marks.not_learnt)
        for (document, at, end), ids in zip(batch, answers):
            wanted, got = document["text"][at:end], tokenizer.decode([i for i in ids if i != END])
            exact.append(got.strip() == wanted.strip())
            edit.append(similarity(got.strip(), wanted.strip()))
    return {"positions": len(cases), "exact": round(sum(exact) / len(exact), 4), "edit": round(sum(edit) / len(edit), 4)} if cases else None


@torch.no_grad()
def top1(model, built):
    """{group: share of tokens whose likeliest prediction is right}."""
    result = {}
    for group, (ids, counted, _) in built.items():
        right = total = 0
        for a in range(0, len(ids), 4):
            best = model.hidden(ids[a:a + 4]).matmul(model.embedding.t()).argmax(-1)[:, :-1]
            mask = counted[a:a + 4, 1:]
            right += (best == ids[a:a + 4, 1:])[mask].sum().item()
            total += mask.sum().item()
        result[group] = right / total
    return result


def quality(model, tokenizer, documents, options):
    """Everything about the model itself, printed as it comes."""
    built = plain_rows(tokenizer, documents, model.shape.context, options.rows)
    bits, best = bits_per_character(model, built, "cpu"), top1(model, built)
    figures = {"bits_per_character": {g: round(v, 4) for g, v in sorted(bits.items())},
               "top1": {g: round(v, 4) for g, v in sorted(best.items())}}
    for group in sorted(bits):
        print(f"{group:12} {bits[group]:.3f} bits per character, top-1 {best[group]:.3f}", flush=True)
    cases = line_cases(documents, options.positions, random.Random("lines"))
    for name, with_suffix in (("line_with_suffix", True), ("line_without_suffix", False)):
        figures[name] = {}
        for group in sorted(cases):
            if len(cases[group]) >= 10:
                figures[name][group] = line_completion(model, tokenizer, cases[group], with_suffix)
                print(f"{name:20} {group:12} {figures[name][group]['all']}", flush=True)
    figures["block"] = {}
    for group in ("typescript", "javascript", "tsx", "python", "flask", "networkx", "go", "rust", "java", "cpp"):
        chosen = [d for d in documents if group_of(d) == group]
        if chosen:
            figures["block"][group] = block_completion(model, tokenizer, chosen, max(20, options.positions // 4), random.Random("blocks"))
            print(f"block                {group:12} {figures['block'][group]}", flush=True)
    return figures


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", default="target", help="the run to measure")
    options.add_argument("--step", type=int, help="a checkpoint's step (default: the newest)")
    options.add_argument("--drafts", nargs="*", default=[], help="runs of drafts whose acceptance is measured")
    options.add_argument("--positions", type=int, default=300, help="cursors per language")
    options.add_argument("--rows", type=int, default=24, help="windows per language for bits per character")
    options.add_argument("--only", choices=("acceptance",), help="leave out what is about the target alone")
    options.add_argument("--out", help="JSON file for the figures")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    work, start = work_folder(options.work), time.time()
    tokenizer = load(work)
    model, step = load_model(work, options.run, options.step)
    with open(os.path.join(work, "corpus", "heldout.jsonl")) as f:
        documents = [json.loads(line) for line in f]
    figures = {"run": os.path.basename(options.run), "step": step}
    if options.only != "acceptance":
        figures |= quality(model, tokenizer, documents, options)
    drafts = {name: load_model(work, name)[0] for name in options.drafts}
    figures["acceptance"] = acceptance.table(model, drafts, tokenizer, documents, work, max(10, options.positions // 6), build_prompt)
    for context, row in figures["acceptance"].items():
        print(f"accepted of 4 in {context:12} " + "  ".join(f"{name} {value:.2f}" for name, value in row.items()), flush=True)
    if options.out:
        os.makedirs(os.path.dirname(os.path.abspath(options.out)), exist_ok=True)
        with open(options.out, "w") as f:
            json.dump(figures, f, indent=1)
            f.write("\n")
    print(f"{time.time() - start:.0f} s")
