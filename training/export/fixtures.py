"""Three tiny models with random weights for the integration tests of the extension, laid out as on the hub.

    python3 -m export fixtures OUT_FOLDER

OUT_FOLDER/concat is a plain fp32 graph that concatenates keys and values; OUT_FOLDER/gqa is the form that is shipped, in
8 bit; OUT_FOLDER/small has the bare 8 bit weights that a draft is run from. They have the same weights and a small byte-level tokenizer of their own (Qwen2's pattern, the usual special tokens,
a few merges). The output is the same on every machine.
"""
import os
import sys

import numpy as np
import torch

from corpus.tokenizer import SPECIAL, WORDS
from corpus.train_tokenizer import learn_merges, write
from export.folder import write_check, write_draft, write_folder
from model.llama import Llama, Shape

TEXT = """function add(left, right) {\n  return left + right;\n}\nconst value = add(1, 2);\n
def add(left, right):\n    return left + right\n\nfor item in range(10):\n    print(item, value)\n
import { value } from './module';\nexport const result = value.map((item) => item + 1);\n"""
SHAPE = Shape(width=64, layers=2, heads=2, kv_heads=1, head_size=32, feed_forward=32, vocabulary=320, context=256)


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: python3 -m export fixtures OUT_FOLDER")
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    words = {}
    for word in WORDS.findall(TEXT):
        words[word] = words.get(word, 0) + 1
    write(out, learn_merges(words, SHAPE.vocabulary - 256 - len(SPECIAL)), SHAPE.context)
    model, rng = Llama(SHAPE), np.random.default_rng(5)
    weights = {}
    for name, parameter in model.named_parameters():  # numpy's generator gives the same numbers everywhere
        scale = 0.25 if name == "embedding" else 1.5 * parameter.shape[-1] ** -0.5
        values = rng.standard_normal(tuple(parameter.shape)) * scale if parameter.ndim == 2 else np.ones(parameter.shape)
        weights[name] = values.astype(np.float32)

    state = {name: torch.from_numpy(w) for name, w in weights.items()}
    for form, bits in (("concat", [32]), ("gqa", [8])):
        write_folder(os.path.join(out, form), weights, SHAPE, out, bits, form)
        write_check(os.path.join(out, "check"), state, SHAPE, [int(i) for i in rng.integers(16, SHAPE.vocabulary, 100)])
    write_draft(os.path.join(out, "small"), weights, SHAPE, out, np.arange(SHAPE.vocabulary))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        os.remove(os.path.join(out, name))
