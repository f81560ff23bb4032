"""Samples for translation and summaries: WORK/corpus/tasks.jsonl, read by rows.py when it is there.

    python3 -m corpus tasks

Each line is {"language": "task", "task", "target", "input", "output"}. As tokens:

    <|task_translate|>TARGET LANGUAGE\\nINPUT<|im_start|>OUTPUT<|endoftext|>
    <|task_summarize|>PROGRAMMING LANGUAGE\\nINPUT<|im_start|>OUTPUT<|endoftext|>

Translations come from the interface texts of permissively licensed packages (gettext catalogues and JSON files), in both
directions and in runs of several sentences; summaries from documentation comments: the code is the input, its own first
sentence the output.
"""
import argparse
import ast
import collections
import gettext
import glob
import json
import os
import random
import re

from corpus.filters import SECRETS
from corpus.tokenizer import END, SUMMARIZE, TRANSLATE, TURN
from paths import CORPUS_JSON, work_folder

NAMES = {"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "sv": "Swedish",
         "da": "Danish", "pl": "Polish", "cs": "Czech", "ru": "Russian", "uk": "Ukrainian", "tr": "Turkish", "ja": "Japanese",
         "zh": "Chinese", "ko": "Korean"}
WEIGHT = {"de": 1.0, "fr": 1.0, "es": 1.0, "it": 0.6, "pt": 0.6, "nl": 0.6}  # share of a language's texts that is used
OTHERS = 0.25
SUMMARIES = 16_000
COMMENTED = re.compile(  # a documentation comment, the head of the function under it, and its indented body
    r"^([ \t]*)(/\*\*(?:[^*]|\*(?!/))*\*/\n|(?:// .*\n)+|(?:[ \t]*/// .*\n)+)"
    r"[ \t]*((?:export |async |public |private |static |pub |default )*(?:function|func|fn)\b.*)\n"
    r"((?:\1[ \t}].*\n|\n)*)", re.M)


def encode(tokenizer, sample):
    """Ids of one sample."""
    task = TRANSLATE if sample["task"] == "translate" else SUMMARIZE
    return [task, *tokenizer.encode(sample["target"] + "\n" + sample["input"]), TURN, *tokenizer.encode(sample["output"]), END]


def read(work):
    """All samples, or none when they have not been made."""
    path = os.path.join(work, "corpus", "tasks.jsonl")
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [json.loads(line) for line in f]


def catalogues(folder):
    """Yields (language code, English, translated) from compiled gettext catalogues and from JSON files named by language."""
    for path in sorted(glob.glob(os.path.join(folder, "**", "LC_MESSAGES", "*.mo"), recursive=True)):
        code = path.split(os.sep)[-3].split("_")[0]
        try:
            with open(path, "rb") as f:
                messages = gettext.GNUTranslations(f)._catalog
        except (OSError, UnicodeDecodeError):
            continue
        for key, value in messages.items():
            if isinstance(key, str) and key:
                yield code, key, value
    for path in sorted(glob.glob(os.path.join(folder, "**", "lang", "*.json"), recursive=True)):
        code = re.split(r"[-_.]", os.path.basename(path))[0]
        with open(path) as f:
            for key, value in json.load(f).items():
                if isinstance(value, str):
                    yield code, key, value


def translations(folders, rng):
    """Samples in both directions; a third of them join several texts, so that longer inputs occur."""
    texts = collections.defaultdict(dict)
    for folder in folders:
        for code, english, other in catalogues(folder):
            if code in NAMES and other and english != other and 3 < len(english) < 700 and len(other) < 900:
                texts[code][english.strip()] = other.strip()
    samples = []
    for code, pairs in sorted(texts.items()):
        pairs = sorted(pairs.items())
        rng.shuffle(pairs)
        pairs = pairs[:int(len(pairs) * WEIGHT.get(code, OTHERS))]
        while pairs:
            take, pairs = pairs[:rng.choice((1, 1, 1, 2, 4))], pairs[4:] if rng.random() < 0.2 else pairs[1:]
            english, other = "\n".join(p[0] for p in take), "\n".join(p[1] for p in take)
            into = rng.random() < 0.6
            samples.append({"language": "task", "task": "translate", "target": NAMES[code] if into else "English",
                            "input": english if into else other, "output": other if into else english})
    return samples


def first_sentence(comment):
    """The first sentence of a documentation comment, or None when it says too little or too much."""
    text = re.sub(r"^[ \t]*(/\*\*|\*/|\*|///?)[ \t]?", "", comment, flags=re.M).replace("*/", "")
    text = re.split(r"\n\s*\n|\n\s*@", text.strip())[0]
    text = re.sub(r"\s+", " ", re.split(r"(?<=[a-z)])\.\s", text + " ")[0]).strip()
    return text.rstrip(".") + "." if 15 < len(text) < 180 and text.count(" ") > 2 and "http" not in text else None


def python_summaries(text):
    """Yields (code without its docstring, first sentence) of the functions of a Python file."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and len(node.body) > 1:
            doc, sentence = node.body[0], first_sentence(ast.get_docstring(node) or "")
            if sentence:
                yield "\n".join(lines[node.lineno - 1:doc.lineno - 1] + lines[doc.end_lineno:node.end_lineno]), sentence


def comment_summaries(text):
    """The same for languages whose documentation stands above the function."""
    for match in COMMENTED.finditer(text):
        sentence = first_sentence(match[2])
        if sentence and match[4].strip():
            yield match[1] + match[3] + "\n" + match[4].rstrip(), sentence


def summaries(documents, rng):
    samples = []
    for document in documents:
        find = {"python": python_summaries, "typescript": comment_summaries, "javascript": comment_summaries,
                "go": comment_summaries, "rust": comment_summaries}.get(document["language"])
        for code, sentence in list(find(document["text"]))[:6] if find else ():
            if 80 < len(code) < 1600 and not SECRETS.search(code):
                samples.append({"language": "task", "task": "summarize", "target": document["language"], "input": code, "output": sentence})
    rng.shuffle(samples)
    return samples[:SUMMARIES]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", help="working folder (default: see paths.py)")
    work, rng = work_folder(options.parse_args().work), random.Random(11)
    with open(CORPUS_JSON) as f:
        packages = [e for e in json.load(f)["packages"] if not e["held_out"]]
    with open(os.path.join(work, "corpus", "train.jsonl")) as f:
        documents = [json.loads(line) for line in f]
    folders = [os.path.join(work, "raw", e["source"], e["name"].replace("/", "__")) for e in packages]
    samples = translations(folders, rng) + summaries(documents, rng)
    with open(os.path.join(work, "corpus", "tasks.jsonl"), "w") as f:
        for sample in samples:
            f.write(json.dumps(sample) + "\n")
    counts = collections.Counter((s["task"], s["target"]) for s in samples)
    print("  ".join(f"{task} {target} {n}" for (task, target), n in counts.most_common()))
    print(f"{len(samples)} samples, {sum(len(s['input']) + len(s['output']) for s in samples) / 1e6:.1f} MB")
