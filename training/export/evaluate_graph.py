"""How far the distributions of exported graphs are from those of the fp32 weights, on held-out text.

    python3 -m export evaluate_graph --model DIR --graphs int8=base/onnx/model_q8.onnx blocks=DIR/onnx/model_q8.onnx --out results/int8.json

DIR has weights.npz and the tokenizer. Texts are drawn evenly over the languages of corpus/heldout.jsonl, whose packages are no part
of the corpus that graphs are calibrated on. It needs the library `onnxruntime` (pip install onnxruntime). Printed for each graph:
mean and median of KL(fp32 || graph) in nats a token, and the share of tokens whose likeliest next token stays the same.
"""
import argparse
import json
import os

import numpy as np
import torch

from corpus.tokenizer import Tokenizer
from export.folder_int8 import read_weights, texts
from model.llama import Llama
from paths import work_folder

TEXTS, TOKENS, SEED = 48, 256, 2


def logits_of(session, ids):
    """float32 [tokens, vocabulary] of a whole text in one pass."""
    feeds = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64),
             "num_logits_to_keep": np.array(len(ids), np.int64)}
    for entry in session.get_inputs():
        if entry.name.startswith("past_key_values."):
            feeds[entry.name] = np.zeros((1, entry.shape[1], 0, entry.shape[3]), np.float32)
    return session.run(["logits"], feeds)[0][0]


def divergence(expected, got):
    """KL(expected || got) of each row of logits, in nats [rows]."""
    log_p, log_q = (torch.as_tensor(x).double().log_softmax(-1) for x in (expected, got))
    return (log_p.exp() * (log_p - log_q)).sum(-1).numpy()


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="folder with weights.npz and the tokenizer")
    options.add_argument("--graphs", required=True, nargs="+", metavar="NAME=FILE")
    options.add_argument("--texts", type=int, default=TEXTS)
    options.add_argument("--out", help="write the figures as JSON")
    options.add_argument("--work", help="working folder with corpus/heldout.jsonl (default: see paths.py)")
    options = options.parse_args()
    import onnxruntime
    weights, shape = read_weights(options.model)
    model = Llama(shape).float()
    model.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()}, strict=False)
    drawn = texts(os.path.join(work_folder(options.work), "corpus", "heldout.jsonl"), Tokenizer(os.path.join(options.model, "tokenizer.json")),
                  options.texts, TOKENS, SEED)
    sessions = {name: onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
                for name, path in (pair.split("=", 1) for pair in options.graphs)}
    lost, same = ({name: [] for name in sessions} for _ in range(2))
    for ids in drawn:
        with torch.no_grad():
            expected = model(torch.tensor([ids]))[0].numpy()
        for name, session in sessions.items():
            got = logits_of(session, ids)
            lost[name].append(divergence(expected, got))
            same[name].append(expected.argmax(-1) == got.argmax(-1))
    figures = {name: {"kl": float(np.mean(lost[name])), "medianKl": float(np.median(np.concatenate(lost[name]))),
                      "top1": float(np.mean(same[name]))} for name in sessions}
    for name, found in figures.items():
        print(f"{name}: KL {found['kl']:.4f}, median {found['medianKl']:.4f}, the same likeliest token in {100 * found['top1']:.1f} %")
    if options.out:
        with open(options.out, "w") as f:
            json.dump({"texts": len(drawn), "tokens": TOKENS, "graphs": figures}, f, indent=1)
            f.write("\n")
