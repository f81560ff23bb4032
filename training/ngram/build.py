"""Make the n-gram draft: a table from the last few tokens to the likeliest next one, for one tokenizer.

    python3 -m ngram windows --model DIR --count 4000
    node --import tsx ngram/answers.ts DIR WORK/ngram/windows.u16 384 64 WORK/ngram/answers.u16
    python3 -m ngram build --model DIR --out FOLDER

What is to be guessed is what the target says, not what the corpus says. So besides the corpus the table counts the target's
likeliest token at every position of some windows of the corpus, and its greedy continuations of these windows. Without answers
`build` counts the corpus alone. One window in ten, with the whole file that it was cut from, is kept apart: by these the
probabilities are calibrated and the table is measured.
"""
import argparse
import json
import os

import numpy as np

from corpus import prompt
from corpus.tokenizer import PAD, load
from ngram import prune, table
from ngram.counts import NOTHING, ORDERS, Source, count
from ngram.windows import WINDOW, corpus_ids, ngram_folder
from paths import work_folder

CONTINUATION = 64
APART = 10   # one window in so many is not counted
WARM_UP = 8  # answers to so few tokens say nothing


def answers_of(folder):
    """ids and answers, uint16 [rows, WINDOW + CONTINUATION - 1], of the windows that were answered."""
    answers = np.fromfile(os.path.join(folder, "answers.u16"), np.uint16)
    width = WINDOW + CONTINUATION - 1
    answers = answers[:len(answers) // width * width].reshape(-1, width)
    rows = np.fromfile(os.path.join(folder, "windows.u16"), np.uint16).reshape(-1, WINDOW)[:len(answers)]
    ids = np.concatenate([rows, answers[:, WINDOW - 1:-1]], axis=1)
    ids[ids == NOTHING] = PAD
    answers[np.isin(answers, prompt.NOT_LEARNT)] = NOTHING
    answers[:, :WARM_UP] = NOTHING
    return ids, answers


def only(answers, first, last):
    """The answers with all but columns first to last left out."""
    kept = np.full_like(answers, NOTHING)
    kept[:, first:last] = answers[:, first:last]
    return kept


def sources(ids, borders, documents, said):
    """([corpus, answers to it, continuations], what was kept apart)."""
    following = np.append(ids[1:], np.uint16(NOTHING))
    following[np.isin(following, prompt.NOT_LEARNT)] = NOTHING
    if said is None:
        return [Source(ids[None], following[None])], None
    rows, answers = said
    apart = np.arange(len(rows)) % APART == APART - 1
    apart |= np.isin(documents[:len(rows)], documents[:len(rows)][apart])
    for document in documents[:len(rows)][apart]:
        following[borders[document]:borders[document + 1]] = NOTHING
    taken, given = rows[~apart], answers[~apart]
    return [Source(ids[None], following[None]), Source(taken, only(given, 0, WINDOW - 1)), Source(taken, only(given, WINDOW - 1, None))], \
        Source(rows[apart], only(answers[apart], WINDOW - 1, None))


def table_of(orders, apart, tokenizer, weights, size):
    """The table of at most about `size` entries, and what is known of it: how often it is right about what was kept apart."""
    bits, longest = table.token_bits(tokenizer.size), len(orders)
    entries = prune.to_size(prune.estimate(orders, weights, tokenizer.size), weights, size)
    centre = (np.arange(table.LEVELS) + 0.5) / table.LEVELS
    hits = np.tile(centre, (longest, 1))
    figures = {"entries": np.bincount(entries.order, minlength=longest + 1)[1:].tolist()}
    if apart is not None and len(apart.ids):
        there = apart.answers != NOTHING
        token, probability, order = (values[there] for values in prune.look_up(entries, apart.ids, bits))
        right = token == apart.answers[there]
        for n in range(1, longest + 1):
            hits[n - 1] = prune.calibrated(centre, probability[order == n], right[order == n])
        figures |= {"positions": len(right), "right": round(float(right.mean()), 4),
                    "right by order": [round(float(right[order == n].mean()), 4) for n in range(1, longest + 1) if (order == n).any()]}
    return table.build(entries.words, entries.token, entries.probability, hits, tokenizer.size, table.vocabulary_hash(tokenizer)), figures


def counted(options, tokenizer, work, folder):
    """Orders of counts of corpus and answers, and what was kept apart."""
    ids, borders = corpus_ids(tokenizer, work, folder)
    said = documents = None
    if os.path.exists(os.path.join(folder, "answers.u16")):
        documents, said = np.load(os.path.join(folder, "documents.npy")), answers_of(folder)
    taken, apart = sources(ids, borders, documents, said)
    return count(taken, table.token_bits(tokenizer.size), options.orders), apart


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="folder with the target's tokenizer.json")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--size", type=int, default=950_000, help="entries of the table; each takes 4 bytes and a bit")
    options.add_argument("--orders", type=int, default=ORDERS, help="tokens of the longest context")
    options.add_argument("--out", required=True, help="folder for table.bin")
    options = options.parse_args()
    work = work_folder(options.work)
    tokenizer = load(options.model)
    orders, apart = counted(options, tokenizer, work, ngram_folder(work))
    made, figures = table_of(orders, apart, tokenizer, prune.Weights(), options.size)
    figures["counted"] = orders[0].counts.sum(1).astype(int).tolist()
    os.makedirs(options.out, exist_ok=True)
    made.write(os.path.join(options.out, "table.bin"))
    print(json.dumps(figures))
