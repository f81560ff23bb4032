"""How many draft tokens the target accepts, by context: neural drafts, prompt lookup, longest suffix and n-gram, k = 4.

The target's greedy continuation is fixed first. A round proposes up to four tokens; those that equal the continuation are
accepted, and the target adds one. As long as a proposal is right its context is the continuation itself, so a greedy draft
needs one teacher-forced pass: accepted = run of right predictions from the round's start.
"""
import collections
import glob
import os
import random

import numpy as np
import torch

from corpus import prompt
from corpus.tokenizer import END, PAD
from model.generate import greedy
from model.validate import group_of

LENGTH, PROPOSED = 32, 4
CONTEXTS = {  # context -> groups of held-out files
    "typescript": ("typescript", "tsx"), "javascript": ("javascript",), "python": ("flask", "networkx", "python"),
    "prose": ("prose", "markdown"), "go": ("go",), "rust": ("rust",), "java": ("java",), "c": ("c", "cpp"), "html-css": ("html", "css"),
}


def rounds(continuation, propose):
    """Mean accepted tokens per round; propose(position) -> proposed ids for continuation[position:]."""
    at, accepted, count = 0, 0, 0
    while at < len(continuation):
        proposed = propose(at)[:PROPOSED]
        right = 0
        while right < len(proposed) and at + right < len(continuation) and proposed[right] == continuation[at + right]:
            right += 1
        accepted, count, at = accepted + right, count + 1, at + right + 1
    return accepted, count


def lookup(text, longest=3):
    """Prompt lookup: what followed the latest place where the last 3, 2 or 1 tokens stood before."""
    for size in range(longest, 0, -1):
        tail = text[-size:]
        for start in range(len(text) - size - 1, -1, -1):
            if text[start:start + size] == tail:
                return text[start + size:start + size + PROPOSED]
    return []


def suffix(text):
    """What followed the earlier place that shares the longest run of tokens with the end of the text."""
    best, place, last = 0, None, text[-1]
    for end in range(len(text) - 2, -1, -1):
        if text[end] == last:
            size = 1
            while size <= end and size < 64 and text[end - size] == text[-1 - size]:
                size += 1
            if size > best:
                best, place = size, end + 1
    return text[place:place + PROPOSED] if place is not None else []


class NGram:
    """The likeliest next token after three, two or one tokens of the training corpus (a sample of rows)."""

    def __init__(self, rows):
        self.after = [collections.defaultdict(collections.Counter) for _ in range(3)]
        for row in rows:
            ids = [i for i in row.tolist() if i != PAD]
            for size, table in enumerate(self.after, 1):
                for i in range(len(ids) - size):
                    table[tuple(ids[i:i + size])][ids[i + size]] += 1

    def propose(self, text):
        text, proposed = list(text[-3:]), []
        for _ in range(PROPOSED):
            for size in range(3, 0, -1):
                counts = self.after[size - 1].get(tuple(text[-size:]))
                if counts and (size == 1 or sum(counts.values()) > 1):
                    proposed.append(counts.most_common(1)[0][0])
                    break
            text.append(proposed[-1] if proposed else END)
        return proposed


@torch.no_grad()
def predictions(model, prompts, continuations):
    """For each case the greedy prediction at every position of its continuation, teacher-forced: lists of ids."""
    result = []
    for p, c in zip(prompts, continuations):
        ids = p + c
        width = -(-len(ids) // 16) * 16
        padded = torch.tensor([ids + [PAD] * (width - len(ids))])
        hidden = model.hidden(padded)[0, len(p) - 1:len(p) + len(c) - 1]
        result.append((hidden @ model.embedding.t()).argmax(-1).tolist())
    return result


def some_rows(work, most=1500):
    """Rows for the n-gram: of the target's own text, or where there is none of its drafts'."""
    paths = sorted(glob.glob(os.path.join(work, "rows", "pass-0.npy")) or glob.glob(os.path.join(work, "rows-*", "pass-0.npy")))
    if not paths:
        raise SystemExit(f"{work} has no rows: run python3 -m corpus rows --pass 0 first")
    return [row for path in paths for row in np.load(path, mmap_mode="r")[:most // len(paths)]]


def table(target, drafts, tokenizer, documents, work, per_context, build_prompt):
    """{context: {draft: mean accepted tokens per round, ..., "best": the best draft of each case in hindsight}}."""
    ngram = NGram(some_rows(work))
    result = {}
    for context, groups in CONTEXTS.items():
        rng, chosen = random.Random(context), [d for d in documents if group_of(d) in groups and len(d["text"]) > 600]
        cases = []
        for _ in range(per_context if chosen else 0):
            document = rng.choice(chosen)
            at = rng.randrange(len(document["text"]) // 3, len(document["text"]) - 50)
            cases.append(build_prompt(tokenizer, target.shape.context, document, at, at, False))
        continuations = []
        for a in range(0, len(cases), 32):
            continuations += greedy(target, cases[a:a + 32], LENGTH, forbidden=prompt.NOT_LEARNT)
        names, totals, best = {}, collections.defaultdict(lambda: [0, 0]), [0, 0]
        for name, model in drafts.items():
            names[name] = predictions(model, cases, continuations)
        for i, (p, c) in enumerate(zip(cases, continuations)):
            outcome = {name: rounds(c, lambda at, g=guess[i]: g[at:at + PROPOSED]) for name, guess in names.items()}
            outcome["lookup"] = rounds(c, lambda at: lookup(p + c[:at]))
            outcome["suffix"] = rounds(c, lambda at: suffix(p + c[:at]))
            outcome["ngram"] = rounds(c, lambda at: ngram.propose(p + c[:at]))
            for name, (accepted, count) in outcome.items():
                totals[name][0] += accepted
                totals[name][1] += count
            accepted, count = max(outcome.values(), key=lambda o: o[0] / o[1])
            best = [best[0] + accepted, best[1] + count]
        if cases:
            result[context] = {name: round(a / max(n, 1), 3) for name, (a, n) in totals.items()} | {"best": round(best[0] / best[1], 3)}
    return result
