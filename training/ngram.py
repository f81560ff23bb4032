"""Make the n-gram draft: a table from the last few tokens to the likeliest next one, for one tokenizer.

    python3 ngram.py windows --model DIR --count 4000
    node --import tsx answers.ts DIR WORK/ngram/windows.u16 384 64 WORK/ngram/answers.u16
    python3 ngram.py build --model DIR --out FOLDER

What is to be guessed is what the target says, not what the corpus says. So besides the corpus the table counts the target's
likeliest token at every position of some windows of the corpus, and its greedy continuations of these windows. Without answers
`build` counts the corpus alone. One window in ten, with the whole file that it was cut from, is kept apart: by these the
probabilities are calibrated and the table is measured.
"""
import argparse
import hashlib
import json
import os
from multiprocessing import Pool

import numpy as np

import ngram_prune
import ngram_table
import prompt
from ngram_counts import NOTHING, ORDERS, Source, count
from paths import work_folder
from tokenizer import END, PAD, load

WINDOW, CONTINUATION = 384, 64
APART = 10   # one window in so many is not counted
WARM_UP = 8  # answers to so few tokens say nothing


def encode(documents):
    """One worker's share: ids of documents as the target sees them, and where each begins."""
    parts = [prompt.header(encode.tokenizer, d["path"]) + encode.tokenizer.encode(d["text"]) + [END] for d in documents]
    return np.array([i for part in parts for i in part], np.uint16), [len(part) for part in parts]


def corpus_ids(tokenizer, work, folder):
    """uint16 ids of the whole training corpus and int64 [documents + 1] borders; kept in the folder."""
    path = os.path.join(folder, f"corpus-{hashlib.sha256(ngram_table.vocabulary_hash(tokenizer)).hexdigest()[:12]}.npz")
    if not os.path.exists(path):
        encode.tokenizer = tokenizer
        with open(os.path.join(work, "corpus", "train.jsonl")) as f:
            documents = [json.loads(line) for line in f]
        with Pool() as pool:
            parts = pool.map(encode, [documents[i:i + 400] for i in range(0, len(documents), 400)], chunksize=1)
        borders = np.cumsum([0] + [length for _, lengths in parts for length in lengths])
        np.savez(path, ids=np.concatenate([ids for ids, _ in parts]), borders=borders)
    made = np.load(path)
    return made["ids"], made["borders"]


def cut_windows(tokenizer, ids, borders, number, seed=1):
    """uint16 [number, WINDOW]: header and text of random places, mostly from a line's start on; and the documents' numbers."""
    rng, line_end = np.random.default_rng(seed), np.array([b"\n" in text for text in tokenizer.bytes_of])
    usable = np.flatnonzero(np.diff(borders) > WINDOW + 8)
    room = np.diff(borders)[usable] - WINDOW
    documents = rng.choice(usable, number, p=room / room.sum())
    rows = np.empty((number, WINDOW), np.uint16)
    for row, document in zip(rows, documents):
        text = ids[borders[document]:borders[document + 1]]
        head = 2 + int(np.argmax(line_end[text[1:]]))  # up to the line feed behind the path
        start = int(rng.integers(head, len(text) - WINDOW + head)) if rng.random() < 0.8 else head
        ends = np.flatnonzero(line_end[text[start - 1:start + 40]])
        start = min(start + int(ends[0]) if len(ends) else start, len(text) - WINDOW + head - 1)
        row[:] = np.concatenate([text[:head], text[start:start + WINDOW - head]])
    return rows, documents


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
    bits, longest = ngram_table.token_bits(tokenizer.size), len(orders)
    entries = ngram_prune.to_size(ngram_prune.estimate(orders, weights, tokenizer.size), weights, size)
    centre = (np.arange(ngram_table.LEVELS) + 0.5) / ngram_table.LEVELS
    hits = np.tile(centre, (longest, 1))
    figures = {"entries": np.bincount(entries.order, minlength=longest + 1)[1:].tolist()}
    if apart is not None and len(apart.ids):
        there = apart.answers != NOTHING
        token, probability, order = (values[there] for values in ngram_prune.look_up(entries, apart.ids, bits))
        right = token == apart.answers[there]
        for n in range(1, longest + 1):
            hits[n - 1] = ngram_prune.calibrated(centre, probability[order == n], right[order == n])
        figures |= {"positions": len(right), "right": round(float(right.mean()), 4),
                    "right by order": [round(float(right[order == n].mean()), 4) for n in range(1, longest + 1) if (order == n).any()]}
    return ngram_table.build(entries.words, entries.token, entries.probability, hits, tokenizer.size, ngram_table.vocabulary_hash(tokenizer)), figures


def counted(options, tokenizer, work, folder):
    """Orders of counts of corpus and answers, and what was kept apart."""
    ids, borders = corpus_ids(tokenizer, work, folder)
    said = documents = None
    if os.path.exists(os.path.join(folder, "answers.u16")):
        documents, said = np.load(os.path.join(folder, "documents.npy")), answers_of(folder)
    taken, apart = sources(ids, borders, documents, said)
    return count(taken, ngram_table.token_bits(tokenizer.size), options.orders), apart


def build(options, work, folder):
    tokenizer = load(options.model)
    orders, apart = counted(options, tokenizer, work, folder)
    table, figures = table_of(orders, apart, tokenizer, ngram_prune.Weights(), options.size)
    figures["counted"] = orders[0].counts.sum(1).astype(int).tolist()
    os.makedirs(options.out, exist_ok=True)
    table.write(os.path.join(options.out, "table.bin"))
    print(json.dumps(figures))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("step", choices=["windows", "build"])
    options.add_argument("--model", required=True, help="folder with the target's tokenizer.json")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--count", type=int, default=4000, help="windows to cut")
    options.add_argument("--size", type=int, default=950_000, help="entries of the table; each takes 4 bytes and a bit")
    options.add_argument("--orders", type=int, default=ORDERS, help="tokens of the longest context")
    options.add_argument("--out", help="folder for table.bin")
    options = options.parse_args()
    work = work_folder(options.work)
    folder = os.path.join(work, "ngram")
    os.makedirs(folder, exist_ok=True)
    if options.step == "build":
        if not options.out:
            raise SystemExit("build needs --out FOLDER")
        return build(options, work, folder)
    tokenizer = load(options.model)
    rows, documents = cut_windows(tokenizer, *corpus_ids(tokenizer, work, folder), options.count)
    rows.tofile(os.path.join(folder, "windows.u16"))
    np.save(os.path.join(folder, "documents.npy"), documents)


if __name__ == "__main__":
    main()
