"""What a target's graph computes over text, for a draft that reads it: WORK/state/shard-N/, and shard `held` of held-out packages.

    for i in 0 1; do python3 -m state rows --graph DIR --tokens 1000000 --part $i/2 & done; wait

The graph itself is run as the extension runs it, so the draft learns from the very numbers that it will be given. A shard is
features.npy (float16 [tokens, taps * width]), tokens.npy (uint16) and starts.npy (where windows begin). A window is a header with the
path, then a stretch of a document from a line's start.
"""
import argparse
import collections
import glob
import json
import os
import random
import time

import numpy as np
import onnx

from corpus import prompt
from corpus.tokenizer import load
from fill.rows import SHARES
from paths import work_folder

WINDOW, SHARD = 448, 100_000  # tokens of a window, tokens of a shard
DEPTHS = (1 / 3, 2 / 3)  # where the stream is tapped beside its end, in shares of the layers


def taps(graph):
    """Names of the tensors behind a norm that are tapped: those of two layers and that of the last norm, which the head sees."""
    normed = [name for node in graph.node for name in node.output if name.endswith("_normed")]
    middle = [name for name in normed if name.startswith("norm2_")]
    return [middle[round(len(middle) * depth)] for depth in DEPTHS] + [normed[-1]]


def read_graph(folder):
    """Bytes of onnx/model_q8.onnx, from its parts where it has some."""
    path = os.path.join(folder, "onnx", "model_q8.onnx")
    files = sorted(glob.glob(path + ".part*")) or [path]
    return b"".join(open(file, "rb").read() for file in files)


class Tapped:
    """A graph with inputs and outputs of export/onnx_graph.py that also gives what is tapped."""

    def __init__(self, folder, threads):
        import onnxruntime  # only here: the training reads what this has written

        model = onnx.load_from_string(read_graph(folder))
        self.names = taps(model.graph)
        for name in self.names:
            model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        self.empty = {i.name: np.zeros((1, i.shape[1], 0, i.shape[3]), np.float32) for i in self.session.get_inputs() if i.name.startswith("past")}

    def __call__(self, ids):
        """ids: list of n -> features [n, taps * width]."""
        feeds = self.empty | {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64), "num_logits_to_keep": np.array(1, np.int64)}
        return np.concatenate([part[0] for part in self.session.run(self.names, feeds)], -1)


def windows(tokenizer, documents, rng):
    """Endless lists of ids, languages by their shares."""
    by_language = collections.defaultdict(list)
    for document in documents:
        by_language[document["language"]].append(document)
    languages = [name for name in SHARES if by_language[name]]
    while True:
        document = rng.choice(by_language[rng.choices(languages, [SHARES[name] for name in languages])[0]])
        text = document["text"]
        start = text.rfind("\n", 0, rng.randrange(len(text))) + 1 if len(text) > WINDOW * 3 else 0
        ids = prompt.header(tokenizer, document["path"]) + tokenizer.encode(text[start:start + WINDOW * 5])
        if len(ids) >= 64:
            yield ids[:WINDOW]


def write(folder, tapped, source, count):
    ids, starts, features = [], [], []
    while len(ids) < count:
        window = next(source)
        starts.append(len(ids))
        ids += window
        features.append(tapped(window).astype(np.float16))
    os.makedirs(folder, exist_ok=True)
    for name, array in (("features", np.concatenate(features)), ("starts", np.array(starts)), ("tokens", np.array(ids, np.uint16))):
        np.save(os.path.join(folder, name + ".part.npy"), array)
        os.replace(os.path.join(folder, name + ".part.npy"), os.path.join(folder, name + ".npy"))


def read(work, name):
    with open(os.path.join(work, "corpus", name)) as f:
        return [json.loads(line) for line in f]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--graph", required=True, help="the model's folder, laid out as on the hub")
    options.add_argument("--tokens", type=int, default=1_000_000)
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--part", default="0/1", help="I/N: of N processes side by side this is number I; each runs on one thread")
    options = options.parse_args()
    part, parts = map(int, options.part.split("/"))
    work, start = work_folder(options.work), time.time()
    tokenizer, tapped = load(work), Tapped(options.graph, 1 if parts > 1 else os.cpu_count())
    with open(os.path.join(work, "state-taps.json"), "w") as f:
        json.dump(tapped.names, f)
    jobs = [("held", "heldout.jsonl", 30_000)] + [(n, "train.jsonl", SHARD) for n in range(options.tokens // SHARD)]
    documents = {}
    for name, source, count in jobs[part::parts]:
        folder = os.path.join(work, "state", f"shard-{name}")
        if os.path.exists(os.path.join(folder, "tokens.npy")):
            continue
        if source not in documents:
            documents = {source: read(work, source)}
        write(folder, tapped, windows(tokenizer, documents[source], random.Random(f"state/{name}")), count)
        print(f"shard {name}: {count} tokens, {time.time() - start:.0f} s", flush=True)

