"""Samples for continued training on filling in the middle, as shards that a run on any machine reads: WORK/fill/pass-N/.

    python3 -m fill rows --pass 0 --samples 40000

A shard is tokens.bin (uint16), learnt.bin (uint8, one for each token: how much predicting it counts, in tenths) and index.npy
(int64 [samples, 2]: first token and number of tokens). A sample is one prompt with its answer, in the layout of corpus/prompt.py:

    [NEIGHBOUR]  <filename>PATH\\n  [<|fim_suffix|>SUFFIX<|fim_prefix|>]  PREFIX MIDDLE <|endoftext|>

PREFIX and MIDDLE are encoded together, the suffix on its own; the middle may start and end inside a token's letters. Its end is
anywhere: in a line, at a line's end, lines on, so that the end token means «the suffix takes over» and not «the line ends».
Besides there are plain samples without a suffix and instructions in the model's chat form.
"""
import argparse
import collections
import json
import os
import random
import time
from multiprocessing import Pool

import numpy as np

from corpus import cuts, prompt, tasks
from corpus.rows import snippet
from corpus.tokenizer import load
from paths import work_folder

SHARES = {"typescript": 15, "tsx": 5, "javascript": 12, "python": 18, "go": 7, "rust": 7, "java": 6, "c": 5, "cpp": 5, "csharp": 3, "html": 4,
          "css": 4, "shell": 3, "sql": 2, "json": 3, "yaml": 2, "markdown": 4, "prose": 4}  # of the samples that are no instruction
INSTRUCTIONS = 0.05
PLAIN = 0.12        # share of samples without a suffix; where the file ends, they end
NEIGHBOURS = 0.12
ROOM = ((192, 0.3), (256, 0.3), (384, 0.25), (512, 0.15))  # most tokens of a sample
BEFORE, INSIDE, ENDS, WHOLE = 3, 10, 20, 10  # what a token of the prefix, of the middle, the end token and one of plain text count
NAMES = {"typescript": "TypeScript", "javascript": "JavaScript", "python": "Python", "go": "Go", "rust": "Rust"}


def encode_chat(tokenizer, turns):
    """Ids and weights of [(role, text)] in ChatML, the answer of the last turn learnt."""
    ids, learnt = [], []
    for role, text in turns:
        head, body = tokenizer.encode(role + "\n"), tokenizer.encode(text)
        learn = INSIDE if role == "assistant" else 0
        ids += [tokenizer.marks.turn, *head, *body, tokenizer.marks.turn_end, *tokenizer.encode("\n")]
        learnt += [0] * (1 + len(head)) + [learn] * (len(body) + 1) + [0]
    return ids[:-1], learnt[:-1]


def instruction(tokenizer, sample, room):
    """A translation or a summary as the extension asks a chat model for it (src/prompts/task.ts)."""
    if sample["task"] == "translate":
        asked = f"Translate the following text to {sample['target']}. Answer with the translation only."
    else:
        language = NAMES.get(sample["target"], sample["target"])
        asked = f"Summarize the following {language} text in a few sentences. Answer with the summary only."
    system = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    ids, learnt = encode_chat(tokenizer, [("system", system), ("user", f"{asked}\n\n{sample['input']}"), ("assistant", sample["output"])])
    return (ids, learnt) if len(ids) <= room else None


def part_of(text, room, rng):
    """(start, end): a stretch of a document that fills about `room` tokens, from a line's start."""
    size = int(room * 3.3)
    if len(text) <= size:
        return 0, len(text)
    at = rng.randrange(len(text) - size // 2)
    at = text.rfind("\n", 0, at) + 1
    return at, min(len(text), at + size)


def plain(tokenizer, head, text, last, room):
    ids = tokenizer.encode(text)
    last = last and len(ids) < room - len(head)
    ids = ids[:room - len(head) - last]
    return head + ids + [tokenizer.marks.end] * last, [0] * len(head) + [WHOLE] * len(ids) + [ENDS] * last


def filling(tokenizer, head, text, room, rng):
    """Ids and weights of one sample with its middle missing, or None when nothing fits."""
    start, end = cuts.middle(text, rng)
    before, through = tokenizer.encode(text[:start]), tokenizer.encode(text[:end])
    shared = 0  # tokens before the middle that it does not change
    while shared < min(len(before), len(through)) and before[shared] == through[shared]:
        shared += 1
    after = tokenizer.encode(text[end:])
    middle, left = len(through) - shared, room - len(head) - 3
    if middle > left // 2:
        return None
    kept = min(shared, max(left - middle - len(after), (left - middle) * rng.randint(40, 75) // 100))
    after = after[:left - middle - kept]
    if not after or not text[end:].strip():
        return None
    block = prompt.marked_suffix(tokenizer, after)
    ids = head + block + through[shared - kept:] + [tokenizer.marks.end]
    return ids, [0] * (len(head) + len(block)) + [BEFORE] * kept + [INSIDE] * middle + [ENDS]


def sample(tokenizer, document, others, rng):
    """One sample of a document: (ids, weights), or None."""
    kind, room = rng.random(), rng.choices([r for r, _ in ROOM], [s for _, s in ROOM])[0]
    head = prompt.header(tokenizer, document["path"])
    start, end = part_of(document["text"], room, rng)
    text = document["text"][start:end]
    if kind < PLAIN:
        return plain(tokenizer, head, text, end == len(document["text"]), room)
    if rng.random() < NEIGHBOURS and len(others) > 1 and room > 192:
        path, lines = snippet(document, text, others, rng)
        if path:
            head = prompt.neighbour(tokenizer, path, lines)[:room // 3] + head
            text = text[:int(len(text) * 0.7)]
    return filling(tokenizer, head, text, room, rng)


def build(job):
    """One worker's share: `count` samples -> (tokens, weights, lengths). The result depends on the seed alone."""
    count, seed = job
    tokenizer, by_language, packages, chats = build.shared
    rng = random.Random(seed)
    languages = [name for name in SHARES if by_language.get(name)]
    weights = [SHARES[name] for name in languages]
    ids, learnt, lengths = [], [], []
    while len(lengths) < count:
        if chats and rng.random() < INSTRUCTIONS:
            made = instruction(tokenizer, rng.choice(chats), ROOM[-1][0])
        else:
            document = rng.choice(by_language[rng.choices(languages, weights)[0]])
            made = sample(tokenizer, document, packages[document["package"]], rng)
        if made and sum(made[1]):
            ids += made[0]
            learnt += made[1]
            lengths.append(len(made[0]))
    return np.array(ids, np.uint16), np.array(learnt, np.uint8), lengths


def write(folder, parts):
    """The three files of a shard from what the workers made."""
    os.makedirs(folder, exist_ok=True)
    lengths = np.concatenate([p[2] for p in parts]).astype(np.int64)
    np.concatenate([p[0] for p in parts]).tofile(os.path.join(folder, "tokens.bin"))
    np.concatenate([p[1] for p in parts]).tofile(os.path.join(folder, "learnt.bin"))
    np.save(os.path.join(folder, "index.npy"), np.stack([np.cumsum(lengths) - lengths, lengths], 1))  # last: it says that all is there
    return lengths


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--pass", dest="number", type=int, default=0, help="number of the pass; also its seed")
    options.add_argument("--samples", type=int, default=40_000)
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--processes", type=int, default=os.cpu_count())
    options = options.parse_args()
    work, start = work_folder(options.work), time.time()
    tokenizer, by_language, packages = load(work), collections.defaultdict(list), collections.defaultdict(list)
    if not tokenizer.marks.suffix:
        raise SystemExit(f"the tokenizer in {work} has no marks for filling in: run python3 -m fill marks first")
    with open(os.path.join(work, "corpus", "train.jsonl")) as f:
        for line in f:
            document = json.loads(line)
            by_language[document["language"]].append(document)
            packages[document["package"]].append(document)
    build.shared = tokenizer, by_language, packages, tasks.read(work)
    jobs = [(min(500, options.samples - at), f"fill/{options.number}/{at}") for at in range(0, options.samples, 500)]
    with Pool(options.processes) as pool:
        lengths = write(os.path.join(work, "fill", f"pass-{options.number}"), pool.map(build, jobs, chunksize=1))
    print(f"{len(lengths)} samples, {lengths.sum() / 1e6:.2f} M tokens, {time.time() - start:.0f} s")
