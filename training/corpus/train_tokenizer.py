"""Learn the byte-level BPE from a sample of the corpus, and write tokenizer.json and tokenizer_config.json.

    python3 -m corpus train_tokenizer --size 8192

The sample takes each language in its share of the training corpus. Merges are learnt over distinct words with their
counts; after a merge only the words that contain the pair are counted anew.
"""
import argparse
import collections
import heapq
import json
import os
import time

from corpus.tokenizer import LETTERS, PATTERN, SPECIAL, WORDS, load
from paths import work_folder


def count_words(path, megabytes):
    """Counter of pre-tokens over the first `megabytes` of the (shuffled) training corpus."""
    words, left = collections.Counter(), megabytes * 1e6
    with open(path) as f:
        for line in f:
            text = json.loads(line)["text"]
            words.update(WORDS.findall(text))
            left -= len(text)
            if left < 0:
                break
    return words


def learn_merges(words, count):
    """words: {str: int}. Returns `count` merges as pairs of ids, where 0..255 are bytes and 256 + i is merge i."""
    spellings = [list(word.encode()) for word in words]
    weights = list(words.values())
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for at, ids in enumerate(spellings):
        for pair in zip(ids, ids[1:]):
            pairs[pair] += weights[at]
            where[pair].add(at)
    queue = [(-n, pair) for pair, n in pairs.items()]
    heapq.heapify(queue)
    merges = []
    while len(merges) < count:
        n, best = heapq.heappop(queue)
        if -n != pairs[best]:  # an old entry: put it back with the count of today
            if pairs[best] > 0:
                heapq.heappush(queue, (-pairs[best], best))
            continue
        new = 256 + len(merges)
        merges.append(best)
        changed = set()
        for at in where.pop(best):
            ids, weight = spellings[at], weights[at]
            for pair in zip(ids, ids[1:]):
                pairs[pair] -= weight
            merged, i = [], 0
            while i < len(ids):
                if i + 1 < len(ids) and (ids[i], ids[i + 1]) == best:
                    merged.append(new)
                    i += 2
                else:
                    merged.append(ids[i])
                    i += 1
            spellings[at] = merged
            for pair in zip(merged, merged[1:]):
                pairs[pair] += weight
                where[pair].add(at)
                if new in pair:
                    changed.add(pair)
        for pair in changed:
            heapq.heappush(queue, (-pairs[pair], pair))
    return merges


def describe(merges):
    """The contents of tokenizer.json: 16 special tokens, 256 bytes, then the merges in the order they were learnt."""
    spelling = [LETTERS[b] for b in range(256)]
    vocabulary = {token: i for i, token in enumerate(SPECIAL + spelling)}
    written = []
    for left, right in merges:
        token = spelling[left] + spelling[right]
        spelling.append(token)
        written.append(f"{spelling[left]} {spelling[right]}")
        vocabulary.setdefault(token, len(vocabulary))
    split = {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}
    to_bytes = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    added = [{"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
             for i, token in enumerate(SPECIAL)]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, to_bytes]}, "post_processor": None, "decoder": to_bytes,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                  "fuse_unk": False, "byte_fallback": False, "vocab": vocabulary, "merges": written},
    }


def write(folder, merges, context=1024):
    with open(os.path.join(folder, "tokenizer.json"), "w") as f:
        json.dump(describe(merges), f, ensure_ascii=False)
    with open(os.path.join(folder, "tokenizer_config.json"), "w") as f:
        json.dump({"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": context, "bos_token": None,
                   "eos_token": SPECIAL[0], "pad_token": SPECIAL[4], "unk_token": None, "add_bos_token": False,
                   "clean_up_tokenization_spaces": False, "additional_special_tokens": SPECIAL[1:]}, f, indent=1)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--size", type=int, default=8192, help="number of ids in all")
    options.add_argument("--sample", type=float, default=50, help="megabytes of text to learn from")
    options = options.parse_args()
    work, start = work_folder(options.work), time.time()
    words = count_words(os.path.join(work, "corpus", "train.jsonl"), options.sample)
    words = {w: n for w, n in words.items() if n > 1 and len(w) < 48}  # what occurs once teaches nothing
    print(f"{len(words)} distinct words, {time.time() - start:.0f} s")
    write(work, learn_merges(words, options.size - 256 - len(SPECIAL)))
    tokens, letters, start_encoding = collections.Counter(), collections.Counter(), time.time()
    tokenizer = load(work)
    with open(os.path.join(work, "corpus", "heldout.jsonl")) as f:
        for line in f:
            document = json.loads(line)
            ids = tokenizer.encode(document["text"])
            assert tokenizer.decode(ids) == document["text"], f"{document['path']} does not come back from its tokens"
            tokens[document["language"]] += len(ids)
            letters[document["language"]] += len(document["text"])
    speed = sum(letters.values()) / (time.time() - start_encoding) / 1e6
    print(f"{tokenizer.size} ids after {time.time() - start:.0f} s; {speed:.1f} MB/s; characters per token on held-out text:")
    print("  ".join(f"{language} {letters[language] / n:.2f}" for language, n in tokens.most_common()))
