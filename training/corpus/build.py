"""Build the corpus from the fetched packages: WORK/corpus/{train,heldout}.jsonl, one document a line, and a table
(with tokens when a tokenizer has been trained).

    python3 -m corpus build                the small size (about 100 MB, for the CPU recipe)
    python3 -m corpus build --size large   as much as the packages hold (for the GPU recipe)

A document is {"package", "path", "language", "text"}. Every language has a budget in bytes (corpus.json, "budgets").
A budget is shared by water-filling: each package gives at most the same number of bytes, so that no package dominates
and small ones are taken whole. Within a package source comes before built files, and code before tests.
"""
import argparse
import collections
import gzip
import hashlib
import json
import os
import random
import re
import sys

from corpus.filters import decode, language_of, reason_to_drop
from corpus.minhash import NearDuplicates
from corpus.tokenizer import load
from paths import CORPUS_JSON, work_folder

PERMISSIVE = re.compile(r"\b(MIT|ISC|BSD|Apache|PSF|0BSD|Zlib|BSL|CC0|Unlicense|Python|HPND|BlueOak)", re.I)
ROOTS = re.compile(  # where Debian puts sources: stripped, so that paths look like those of a project
    r"^usr/(lib/python3/dist-packages|lib/python3\.\d+|lib/go-[\d.]+/src|share/go-[\d.]+/src|share/gocode/src/[^/]+/[^/]+"
    r"|share/cargo/registry|src/[^/]+|share/doc|include|share)/")
BUILT = re.compile(r"(^|/)(dist|build|lib-?cjs|cjs|commonjs|umd|amd|es5|esm5|iife|bundles?|fesm\w*|dist-\w+|module|compiled|prebuilt)/")
TESTS = re.compile(r"(^|/)(tests?|testing|__tests__|spec|fixtures|examples?)/|[._-](test|spec)\.|(^|/)test_")
SKIP = {"node_modules", "__pycache__", ".git", "locale", "i18n"}


def files_of(folder):
    """Yields (path inside the package, bytes) of every regular file, in a fixed order."""
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in SKIP)
        for name in sorted(names):
            path = os.path.join(base, name)
            if os.path.islink(path) or name == ".fetched.json":
                continue
            plain = path[:-3] if path.endswith(".gz") else path
            for ending in (".txt",):  # Sphinx publishes its sources as page.rst.txt
                plain = plain[:-4] if plain.endswith(".rst" + ending) else plain
            if language_of(plain) is None:
                continue
            try:
                with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
                    yield os.path.relpath(plain, folder), f.read(2_000_000)
            except OSError:
                continue


def documents_of(entry, folder, dropped):
    """All usable documents of one package, best first. Adds to `dropped`: {(language, reason): bytes}."""
    found = []
    for path, data in files_of(folder):
        language = language_of(path)
        text = decode(data)
        reason = "not UTF-8" if text is None else reason_to_drop(text, path, language)
        if reason:
            dropped[language, reason] += len(data)
            continue
        short = ROOTS.sub("", path)
        if entry["source"] == "debian" and language in ("c", "cpp") and "/" not in short:
            short = "include/" + short
        found.append({"package": entry["name"], "path": "/".join(short.split("/")[-5:]), "language": language, "text": text})
    typed = sum(len(d["text"]) for d in found if d["language"] in ("typescript", "tsx") and not d["path"].endswith(".d.ts"))
    kept = []
    for document in found:
        script = document["language"] == "javascript"
        declaration = document["path"].endswith(".d.ts")
        if typed > 50_000 and (declaration or script and (BUILT.search(document["path"]) or typed > 150_000)):
            dropped[document["language"], "built from a source that is here"] += len(document["text"].encode())
            continue
        document["rank"] = 2 * bool(BUILT.search(document["path"])) + bool(TESTS.search(document["path"])) + 3 * declaration
        kept.append(document)
    random.Random(entry["name"]).shuffle(kept)  # a fixed order of its own for every package
    return sorted(kept, key=lambda d: d["rank"])


def water_level(sizes, budget):
    """The level L for which the sum of min(size, L) is the budget (infinite when all fits)."""
    left, count = budget, len(sizes)
    for size in sorted(sizes):
        if size * count > left:
            return left / count
        left, count = left - size, count - 1
    return float("inf")


def fill_budgets(documents, budgets, dropped):
    """Keep documents up to the water level of each language; documents are ordered by rank inside each package."""
    sizes = collections.defaultdict(collections.Counter)
    for document in documents:
        sizes[document["language"]][document["package"]] += document["bytes"]
    levels = {language: water_level(list(by.values()), budgets.get(language, 0)) for language, by in sizes.items()}
    used, kept = collections.Counter(), []
    for document in documents:
        key = document["language"], document["package"]
        if used[key] >= levels[document["language"]]:
            dropped[document["language"], "over the budget"] += document["bytes"]
            continue
        used[key] += document["bytes"]
        kept.append(document)
    return kept


def table(kept, dropped, out, tokenizer=None):
    """Print kept bytes (and tokens, with a tokenizer) by language and what was dropped, by reason, in MB."""
    print(f"{'language':12} {'files':>7} {'MB':>8} {'M tokens' if tokenizer else ''}", file=out)
    for split in ("train", "heldout"):
        total = 0
        for language in sorted({d["language"] for d in kept[split]}):
            chosen = [d["bytes"] for d in kept[split] if d["language"] == language]
            total += sum(chosen)
            tokens = f"{sum(len(tokenizer.encode(d['text'])) for d in kept[split] if d['language'] == language) / 1e6:8.2f}" if tokenizer else ""
            print(f"{language:12} {len(chosen):7} {sum(chosen) / 1e6:8.2f} {tokens}  {split}", file=out)
        print(f"{'all':12} {len(kept[split]):7} {total / 1e6:8.2f}  {split}", file=out)
    reasons = collections.Counter()
    for (_, reason), size in dropped.items():
        reasons[reason] += size
    print("\ndropped, by reason (MB)", file=out)
    for reason, size in reasons.most_common():
        print(f"{size / 1e6:9.2f}  {reason}", file=out)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--size", default="small", help="which budgets of corpus.json to fill: small or large")
    options = options.parse_args()
    work = work_folder(options.work)
    with open(CORPUS_JSON) as f:
        corpus = json.load(f)
    if options.size not in corpus["budgets"]:
        sys.exit(f"corpus.json has no budgets named {options.size!r}: it has {', '.join(corpus['budgets'])}")
    dropped, duplicates = collections.Counter(), NearDuplicates()
    kept = {"train": [], "heldout": []}
    # Held-out packages first: a copy of one of their files inside another package is then the duplicate that is dropped.
    for entry in sorted(corpus["packages"], key=lambda e: not e["held_out"]):
        if not PERMISSIVE.search(entry["licence"] or ""):
            sys.exit(f"{entry['name']}: licence {entry['licence']!r} is not on the list of permissive licences")
        folder = os.path.join(work, "raw", entry["source"], entry["name"].replace("/", "__"))
        if not os.path.isdir(folder):
            sys.exit(f"{entry['name']} is not fetched: run python3 -m corpus fetch first")
        for document in documents_of(entry, folder, dropped):
            document["bytes"] = len(document["text"].encode())
            if duplicates.seen(document["text"]):
                dropped[document["language"], "near-duplicate"] += document["bytes"]
            else:
                kept["heldout" if entry["held_out"] else "train"].append(document)
    kept["train"] = fill_budgets(kept["train"], {k: v * 1e6 for k, v in corpus["budgets"][options.size].items()}, dropped)
    held = {hashlib.sha256(d["text"].encode()).digest() for d in kept["heldout"]}
    assert not any(hashlib.sha256(d["text"].encode()).digest() in held for d in kept["train"])
    os.makedirs(os.path.join(work, "corpus"), exist_ok=True)
    for split, documents in kept.items():
        random.Random(split).shuffle(documents)
        with open(os.path.join(work, "corpus", split + ".jsonl"), "w") as f:
            for d in documents:
                f.write(json.dumps({key: d[key] for key in ("package", "path", "language", "text")}) + "\n")
    tokenizer = load(work) if os.path.exists(os.path.join(work, "tokenizer.json")) else None
    with open(os.path.join(work, "corpus", "table.txt"), "w") as f:
        table(kept, dropped, f, tokenizer)
    with open(os.path.join(work, "corpus", "table.txt")) as f:
        print(f.read())
