"""Cut windows of the corpus for the target to answer: WORK/ngram/windows.u16, and documents.npy, which says where they are from.

    python3 -m ngram windows --model DIR --count 4000
"""
import argparse
import hashlib
import json
import os
from multiprocessing import Pool

import numpy as np

from corpus import prompt
from corpus.tokenizer import END, load
from ngram import table
from paths import work_folder

WINDOW = 384


def ngram_folder(work):
    """WORK/ngram, made unless it is there."""
    folder = os.path.join(work, "ngram")
    os.makedirs(folder, exist_ok=True)
    return folder


def encode(documents):
    """One worker's share: ids of documents as the target sees them, and where each begins."""
    parts = [prompt.header(encode.tokenizer, d["path"]) + encode.tokenizer.encode(d["text"]) + [END] for d in documents]
    return np.array([i for part in parts for i in part], np.uint16), [len(part) for part in parts]


def corpus_ids(tokenizer, work, folder):
    """uint16 ids of the whole training corpus and int64 [documents + 1] borders; kept in the folder."""
    path = os.path.join(folder, f"corpus-{hashlib.sha256(table.vocabulary_hash(tokenizer)).hexdigest()[:12]}.npz")
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


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="folder with the target's tokenizer.json")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--count", type=int, default=4000, help="windows to cut")
    options = options.parse_args()
    work = work_folder(options.work)
    folder, tokenizer = ngram_folder(work), load(options.model)
    rows, documents = cut_windows(tokenizer, *corpus_ids(tokenizer, work, folder), options.count)
    rows.tofile(os.path.join(folder, "windows.u16"))
    np.save(os.path.join(folder, "documents.npy"), documents)
