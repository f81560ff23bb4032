"""The vocabulary of an imported model with marks for filling in the middle.

    python3 -m fill marks --model DIR          DIR's tokenizer, renamed, into the working folder

Tokens that the model was never trained on get the names that the extension looks for. Ids and text tokens stay as they are, so
the model's weights fit as before; what the renamed tokens mean is learnt in tune.py.
"""
import argparse
import json
import os

from fill.import_gguf import write_json
from paths import work_folder

# <jupyter_start> and the others here share one embedding in the import: nobody trained them.
RENAMED = {"<jupyter_start>": "<|fim_prefix|>", "<jupyter_text>": "<|fim_suffix|>", "<jupyter_code>": "<|fim_middle|>", "<jupyter_output>": "<|fim_pad|>"}
CARD = {"role": "target", "prompt": {"order": "suffix-prefix-middle", "header": "<filename>{path}\n", "neighbours": True}, "tasks": ["complete"]}


def renamed(description, settings):
    """tokenizer.json and tokenizer_config.json with the marks' names, as new dictionaries."""
    vocabulary = description["model"]["vocab"]
    missing = [name for name in RENAMED if name not in vocabulary]
    if missing:
        raise SystemExit(f"the vocabulary has no {', '.join(missing)}: these are the unused tokens that become marks")
    new = lambda name: RENAMED.get(name, name)
    description = description | {
        "added_tokens": [token | {"content": new(token["content"])} for token in description["added_tokens"]],
        "model": description["model"] | {"vocab": {new(name): i for name, i in vocabulary.items()}}}
    special = [new(name) for name in settings["additional_special_tokens"]]
    return description, settings | {"additional_special_tokens": special, "pad_token": "<|fim_pad|>"}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="the folder that import_gguf.py wrote")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    work, read = work_folder(options.work), []
    for name in ("tokenizer.json", "tokenizer_config.json"):
        with open(os.path.join(options.model, name)) as f:
            read.append(json.load(f))
    description, settings = renamed(*read)
    write_json(work, "tokenizer.json", description)
    write_json(work, "tokenizer_config.json", settings, indent=1)
