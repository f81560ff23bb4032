"""Turn the corpus into training rows: WORK/rows/pass-N.npy, uint16 [rows, context + 1], shuffled.

    python3 -m corpus rows --pass 0

One pass holds every document once, with its own cursors, breaks, neighbours and order (seeded by the pass number). A
training run reads the passes one after another, so its position in the data is one number. Documents share rows without
a mask between them: each starts with <|file_sep|>, which is enough to tell them apart.
"""
import argparse
import collections
import json
import os
import random
import re
import time
from multiprocessing import Pool

import numpy as np

from corpus import cuts, prompt, tasks
from corpus.tokenizer import END, PAD, load
from paths import work_folder

FILL_IN = 0.75      # share of windows with a suffix block
NEIGHBOURS = 0.12   # share of windows that start with a snippet of another file
CHUNK = 400         # documents a worker packs together
WORD = re.compile(r"[A-Za-z_]\w{3,}")


def broken(tokenizer, text, rng):
    """Ids of text with token borders at random cursors, as a prompt has one at its end."""
    return [i for piece in cuts.pieces(text, rng) for i in tokenizer.encode(piece)]


def snippet(document, text, others, rng):
    """(path, lines) of another file of the same package: of some random places the one that shares most words."""
    words, best = set(WORD.findall(text)), (-1, None, "")
    for _ in range(6):
        other = rng.choice(others)
        if other is document:
            continue
        start = rng.randrange(len(other["text"]))
        start = other["text"].rfind("\n", 0, start) + 1
        end = cuts.line_end(other["text"], min(len(other["text"]), start + rng.randint(150, 900)))
        lines = other["text"][start:end][:1200]
        best = max(best, (len(words & set(WORD.findall(lines))), other["path"], lines), key=lambda b: b[0])
    return best[1:]


def window(tokenizer, document, text, last, room, others, rng):
    """Ids of one training window, at most `room` long. `last`: the text reaches the end of the file."""
    head = prompt.header(tokenizer, document["path"])
    if rng.random() < NEIGHBOURS and len(others) > 1 and room > 400:
        path, lines = snippet(document, text, others, rng)
        if path:
            head = prompt.neighbour(tokenizer, path, lines)[:room // 3] + head
            text = text[:int(len(text) * 0.7)]
            last = False
    if rng.random() >= FILL_IN:
        ids = broken(tokenizer, text, rng)
        return len(text), (head + ids + [END] * last)[:room]
    start, end = cuts.middle(text, rng)
    suffix = tokenizer.encode(text[end:])
    before = broken(tokenizer, text[:start], rng)
    inside = broken(tokenizer, text[start:end], rng)
    left = room - len(head) - len(inside) - 3
    over = len(before) + len(suffix) - left
    if over > 0:  # shorten the end of the suffix first, then the start of the prefix
        cut = min(over, max(0, len(suffix) - left // 3))
        suffix = suffix[:len(suffix) - cut]
        before = before[over - cut:]
    block = [prompt.SUFFIX, *suffix, prompt.PREFIX] if suffix else []
    return len(text), (head + block + before + inside + [END] * bool(suffix or last))[:room]


def windows(tokenizer, document, others, context, rng):
    """All windows of one document, from its start to its end; most fill a row, some are short."""
    text, at = document["text"], 0
    while at < len(text):
        room = context + 1 if rng.random() < 0.6 else rng.randint(100, context)
        part = text[at:at + int(room * 3.1)]
        if 0 < len(text) - at - len(part) < 150:  # leave no crumb
            part = text[at:]
        used, ids = window(tokenizer, document, part, at + len(part) == len(text), room, others, rng)
        yield ids
        at += used
        if at < len(text):  # most windows start at a line, as a prompt that was cut to size does
            line = text.rfind("\n", at - used // 4, at) + 1
            at = line if line and rng.random() < 0.8 else at


def pack(samples, width):
    """Best fit: put each sample into the fullest open row that holds it. Returns uint16 [rows, width]."""
    full, open_rows = [], []
    for sample in samples:
        fitting = [row for row in open_rows if len(row) + len(sample) <= width]
        if fitting:
            max(fitting, key=len).extend(sample)
        else:
            open_rows.append(list(sample))
        full += [row for row in open_rows if len(row) > width - 24]
        open_rows = [row for row in open_rows if len(row) <= width - 24]
        if len(open_rows) > 64:
            open_rows.sort(key=len)
            full.append(open_rows.pop())
    full += open_rows
    packed = np.full((len(full), width), PAD, np.uint16)
    for row, ids in zip(packed, full):
        row[:len(ids)] = ids
    return packed


def build(job):
    """One worker's share: documents -> packed rows. The result depends on the seed alone, not on the worker."""
    documents, seed = job
    tokenizer, context, packages = build.tokenizer, build.context, build.packages
    rng = random.Random(seed)
    samples = []
    for document in documents:
        if document["language"] == "task":
            samples.append(tasks.encode(tokenizer, document)[:context + 1])
        else:
            samples += windows(tokenizer, document, packages[document["package"]], context, rng)
    rng.shuffle(samples)
    return pack(samples, context + 1)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--pass", dest="number", type=int, default=0, help="number of the pass; also its seed")
    options.add_argument("--context", type=int, default=1024)
    options.add_argument("--languages", default="", help="only these, separated by commas (for a draft's own text)")
    options.add_argument("--out", default="rows", help="folder inside the working folder")
    options.add_argument("--processes", type=int, default=os.cpu_count())
    options = options.parse_args()
    work, start = work_folder(options.work), time.time()
    build.tokenizer, build.context = load(work), options.context
    with open(os.path.join(work, "corpus", "train.jsonl")) as f:
        documents = [json.loads(line) for line in f]
    wanted = set(filter(None, options.languages.split(",")))
    documents = [d for d in documents if not wanted or d["language"] in wanted]
    build.packages = collections.defaultdict(list)
    for document in documents:
        build.packages[document["package"]].append(document)
    if not wanted or "task" in wanted:
        documents += tasks.read(work)
    random.Random(options.number).shuffle(documents)
    jobs = [(documents[i:i + CHUNK], f"{options.number}/{i}") for i in range(0, len(documents), CHUNK)]
    with Pool(options.processes) as pool:
        rows = np.concatenate(pool.map(build, jobs, chunksize=1))
    rows = rows[np.random.default_rng(options.number).permutation(len(rows))]
    folder = os.path.join(work, options.out)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"pass-{options.number}.npy")
    np.save(path + ".part.npy", rows)
    os.replace(path + ".part.npy", path)
    print(f"{path}: {len(rows)} rows, {(rows != PAD).sum() / 1e6:.1f} M tokens, {(rows == PAD).mean():.1%} padding, {time.time() - start:.0f} s")
