"""Compare an import with an independent run of the same file: llama.cpp, through llama-cpp-python.

    python3 -m fill check_import --model DIR --texts 200 --out results/import-check.json

DIR is what import_gguf.py wrote. Texts are stretches of held-out documents (WORK/corpus/heldout.jsonl), a fixed choice over all
languages. Told are the tokens of whole documents in both tokenizers, and the distribution of the token after each text: the same
likeliest token, and the Kullback-Leibler divergence of llama.cpp's distribution from PyTorch's in nats. llama.cpp rounds what
goes into a product of 4 bit weights to 8 bits; PyTorch here rounds nothing.
"""
import argparse
import json
import os
import random

import numpy as np
import torch

from corpus.tokenizer import load
from fill.import_gguf import IMPORT, fetch
from fill.tune import read_base
from model.llama import Llama
from paths import work_folder


def texts_of(documents, count, rng):
    """[(language, text)]: stretches of 40 to 240 characters that end anywhere, in turn from every language."""
    by_language = {}
    for document in documents:
        by_language.setdefault(document["language"], []).append(document["text"])
    found, languages = [], sorted(by_language)
    while len(found) < count:
        language = languages[len(found) % len(languages)]
        text = rng.choice(by_language[language])
        start = rng.randrange(max(1, len(text) - 100))
        found.append((language, text[start:start + rng.randint(40, 240)]))
    return found


@torch.no_grad()
def ours(model, ids):
    """float64 log probabilities [vocabulary] of the token after `ids`."""
    last = model.hidden(torch.tensor([ids]))[0, -1]
    return torch.log_softmax((last @ model.embedding.t()).double(), -1).numpy()


def theirs(llama, ids):
    """The same by llama.cpp, which keeps the logits of the last token alone."""
    import llama_cpp
    llama.reset()
    llama.eval(ids)
    logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(llama.ctx, -1), (llama.n_vocab(),)).astype(np.float64)
    if not logits.std():
        raise SystemExit("llama.cpp gave no logits for the last token")
    return logits - np.logaddexp.reduce(logits)


def compare(pairs):
    """Figures of [(log p, log q)]: q measured against p."""
    divergence = [float((np.exp(p) * (p - q)).sum()) for p, q in pairs]
    return {"same_likeliest": round(sum(p.argmax() == q.argmax() for p, q in pairs) / len(pairs), 4),
            "mean_kl": round(float(np.mean(divergence)), 6), "largest_kl": round(max(divergence), 5),
            "mean_difference_of_the_likeliest": round(float(np.mean([abs(np.exp(p.max()) - np.exp(q[p.argmax()])) for p, q in pairs])), 6)}


def same_tokens(tokenizer, llama, documents):
    """How many whole documents both tokenizers split alike, and where the first differing ones do not."""
    different = []
    for document in documents:
        a, b = tokenizer.encode(document["text"]), llama.tokenize(document["text"].encode(), add_bos=False, special=False)
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            different.append([document["path"], at, tokenizer.decode(a[at:at + 3]), tokenizer.decode(b[at:at + 3])])
    return {"documents": len(documents), "same": len(documents) - len(different), "first_different": different[:5]}


def next_tokens(folder, tokenizer, llama, texts):
    """Figures of the token after each text."""
    shape, weights = read_base(folder, 1024)
    model = Llama(shape).float().eval()
    model.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()}, strict=False)
    pairs = []
    for _, text in texts:
        ids = tokenizer.encode(text)
        pairs.append((ours(model, ids), theirs(llama, ids)))
    return {"texts": len(pairs), **compare(pairs)}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="the folder that import_gguf.py wrote")
    options.add_argument("--texts", type=int, default=200)
    options.add_argument("--only", choices=("tokens", "next"), help="one half; the other half of --out stays")
    options.add_argument("--out", help="JSON file for the figures")
    options.add_argument("--work", help="working folder with a corpus (default: see paths.py)")
    options = options.parse_args()
    try:
        import llama_cpp
    except ImportError:
        raise SystemExit("the package llama-cpp-python is missing: pip install llama-cpp-python") from None
    work = work_folder(options.work)
    with open(os.path.join(work, "corpus", "heldout.jsonl")) as f:
        documents = [json.loads(line) for line in f]
    tokenizer, llama = load(options.model), llama_cpp.Llama(fetch(work), n_ctx=1024, n_threads=1, n_threads_batch=1, verbose=False)
    figures = {}
    if options.out and os.path.exists(options.out):
        with open(options.out) as f:
            figures = json.load(f)
    figures |= {"file": IMPORT, "llama_cpp_python": llama_cpp.__version__}
    if options.only != "next":
        figures["tokens"] = same_tokens(tokenizer, llama, documents)
        print(json.dumps(figures["tokens"]), flush=True)
    if options.only != "tokens":
        figures["next_token"] = next_tokens(options.model, tokenizer, llama, texts_of(documents, options.texts, random.Random("import")))
        print(json.dumps(figures["next_token"]))
    if options.out:
        with open(options.out, "w") as f:
            json.dump(figures, f, indent=1)
            f.write("\n")
