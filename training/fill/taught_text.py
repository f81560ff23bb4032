"""Text that a model wrote itself, for drafts of any vocabulary to learn from: WORK/taught.jsonl in the drafts' working folder.

    python3 -m fill taught_text --model run:fill --from WORK_OF_THE_MODEL --each 300

For cursors in training documents it lets the model go on greedily, healed as in the extension, in the form in which the extension
will ask it. A line is {"language", "path", "prefix", "suffix", "text"}: everything as text, because a draft sees its own tokens of it.
"""
import argparse
import json
import os
import random
import time

import torch

from corpus import cuts, prompt
from fill.evaluate import open_model
from model.generate import greedy
from paths import work_folder

BEFORE, AFTER, LENGTH, BATCH = 200, 60, 64, 48  # tokens of prefix and suffix, tokens written, rows at once


def cursors(documents, count, rng):
    """[(document, position)] in documents that are long enough."""
    documents = [d for d in documents if len(d["text"]) > 400]
    chosen = []
    for _ in range(count if documents else 0):
        text = (document := rng.choice(documents))["text"]
        chosen.append((document, cuts.cursor(text, 200, len(text) - 100, rng)))
    return chosen


def write_texts(model, tokenizer, healing, with_suffix, places):
    """Yields one line for each place; the suffix is "" where the model is not told of it."""
    for a in range(0, len(places), BATCH):
        batch, prompts = places[a:a + BATCH], []
        for document, at in batch:
            text = document["text"]
            before = text[text.rfind("\n", 0, max(0, at - 3 * BEFORE)) + 1:at]
            after = text[cuts.line_end(text, at):][:4 * AFTER] if with_suffix else ""
            ids = prompt.header(tokenizer, document["path"]) + prompt.marked_suffix(tokenizer, tokenizer.encode(after)[:AFTER]) + tokenizer.encode(before)[-BEFORE:]
            prompts.append((ids, before, after))
        answers = greedy(model, [p[0] for p in prompts], LENGTH, lambda _, t: t in (tokenizer.marks.end, tokenizer.marks.turn_end),
                         tokenizer.marks.not_learnt, healing)
        for (document, _), (_, before, after), answer in zip(batch, prompts, answers):
            ids, front = answer if healing else (answer, b"")
            special = set(tokenizer.special.values())
            written = b"".join(tokenizer.bytes_of[i] for i in ids if i not in special)[len(front):].decode("utf-8", "ignore")
            if written:
                yield {"language": document["language"], "path": document["path"], "prefix": before, "suffix": after, "text": written}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="as in evaluate.py")
    options.add_argument("--from", dest="source", required=True, help="working folder of the model")
    options.add_argument("--languages", default="typescript,javascript,python,c,cpp,rust,go,java,markdown,prose")
    options.add_argument("--each", type=int, default=150, help="texts of each language")
    options.add_argument("--work", help="the drafts' working folder (default: see paths.py)")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    work, start, count = work_folder(options.work), time.time(), 0
    model, tokenizer, healing, with_suffix, _ = open_model(options.source, options.model)
    by_language = {}
    with open(os.path.join(work, "corpus", "train.jsonl")) as f:
        for line in f:
            document = json.loads(line)
            by_language.setdefault(document["language"], []).append(document)
    path = os.path.join(work, "taught.jsonl")
    with open(path + ".part", "w") as f:
        for language in options.languages.split(","):
            places = cursors(by_language.get(language, []), options.each, random.Random("taught/" + language))
            for line in write_texts(model, tokenizer, healing, with_suffix, places):
                f.write(json.dumps(line) + "\n")
                count += 1
            print(f"{language}: {count} texts, {time.time() - start:.0f} s", flush=True)
    os.replace(path + ".part", path)
