"""Export an imported or tuned Llama as a model folder whose graph multiplies 8 bit integers (onnx_int8.py).

    python3 -m export folder_int8 --model DIR --out DIR       DIR has weights.npz, config.json and the tokenizer, as fill/import_gguf.py and
                                                       fill/merge.py leave them

What size the channels of activations have is found on TEXTS texts of the training corpus, drawn evenly over its languages; held-out
texts, on which the result is judged (evaluate_graph.py), are no part of it.
"""
import argparse
import json
import os
import random
import shutil

import numpy as np

from corpus.tokenizer import Tokenizer
from export import int8
from export.folder import write_graph
from export.onnx_int8 import build_int8
from model.llama import Shape, rope_tables
from paths import work_folder

TEXTS, TOKENS, SEED = 16, 384, 1
CHARACTERS = 6 * TOKENS  # enough for that many tokens of most texts; the others are passed over
CONTEXT = 2048  # positions of the rotary tables: what a laptop reads in time, and what tuning sees


def texts(path, tokenizer, count=TEXTS, length=TOKENS, seed=SEED):
    """Lists of ids from a corpus file: path and the head of a document, or its middle, one language after the other."""
    by_language = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            document = json.loads(line)
            by_language.setdefault(document["language"], []).append(document)
    draw, found = random.Random(seed), []
    for language in sorted(by_language):
        draw.shuffle(by_language[language])
    for turn in range(max(map(len, by_language.values()))):
        for language in sorted(by_language):
            if len(found) == count:
                return found
            if turn < len(by_language[language]):
                document = by_language[language][turn]
                at = min(len(document["text"]) // 3, 4000) if turn % 2 else 0
                ids = tokenizer.encode(document["path"] + "\n" + document["text"][at:at + CHARACTERS])
                if len(ids) >= length:
                    found.append(ids[:length])
    return found


def read_weights(folder):
    """({name: float32 array}, Shape) of a folder's weights.npz."""
    with np.load(os.path.join(folder, "weights.npz")) as file:
        shape = json.loads(bytes(file["shape"]))
        weights = {name: file[name].astype(np.float32) for name in file.files if name not in ("shape", "about")}
    return weights, Shape(**shape | {"context": min(shape["context"], CONTEXT)})


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="folder with weights.npz, config.json and the tokenizer")
    options.add_argument("--out", required=True, help="model folder to write")
    options.add_argument("--work", help="working folder with corpus/train.jsonl (default: see paths.py)")
    options = options.parse_args()
    weights, shape = read_weights(options.model)
    drawn = texts(os.path.join(work_folder(options.work), "corpus", "train.jsonl"), Tokenizer(os.path.join(options.model, "tokenizer.json")))
    peak = int8.peaks(weights, shape, drawn)
    tables = [table.numpy() for table in rope_tables(shape, shape.context)]
    write_graph(options.out, "model_q8.onnx", build_int8(weights, shape, tables, peak))
    for name in ("tokenizer.json", "tokenizer_config.json", "slipstream.json"):
        shutil.copyfile(os.path.join(options.model, name), os.path.join(options.out, name))
    with open(os.path.join(options.model, "config.json")) as f:
        config = json.load(f)
    with open(os.path.join(options.out, "config.json"), "w") as f:
        json.dump(config | {"max_position_embeddings": shape.context}, f, indent=1)
        f.write("\n")
