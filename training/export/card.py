"""Write the card of an exported model: README.md for people and slipstream.json for the extension.

    python3 -m export card --run target --folder DIR --figures results/target.json
    python3 -m export card --run draft-python --folder DIR --figures results/target.json
"""
import argparse
import collections
import json
import os

from corpus import prompt
from export.folder import config
from model import checkpoint
from model.llama import Shape
from paths import CORPUS_JSON, work_folder

PROMPT = {"order": prompt.CARD["order"], "header": prompt.CARD["header"], "neighbours": True}
LANGUAGE_IDS = {"typescript": ["typescript"], "tsx": ["typescriptreact"], "javascript": ["javascript", "javascriptreact"], "python": ["python"],
                "prose": ["restructuredtext", "plaintext"], "markdown": ["markdown"], "shell": ["shellscript"], "css": ["css", "scss", "less"],
                "c": ["c"], "cpp": ["cpp"], "task": []}  # where the editor's id is not the corpus's own word


def corpus_words(work):
    """Sentences about the data: licences, packages held out, sizes."""
    with open(CORPUS_JSON) as f:
        packages = json.load(f)["packages"]
    licences = collections.Counter(p["licence"] for p in packages)
    held = sorted(p["name"] for p in packages if p["held_out"])
    sizes = collections.Counter()
    with open(os.path.join(work, "corpus", "train.jsonl")) as f:
        for line in f:
            document = json.loads(line)
            sizes[document["language"]] += len(document["text"].encode())
    count = sum(not p["held_out"] for p in packages)
    return (f"{sum(sizes.values()) / 1e6:.0f} MB of text from {count} packages, each named with version and licence in\n"
            "`training/corpus/corpus.json`: " + ", ".join(f"{language} {size / 1e6:.1f} MB" for language, size in sizes.most_common()) + ".\n\n"
            "Licences (packages): " + ", ".join(f"{name} ({n})" for name, n in licences.most_common()) + ".\n\n"
            "Held out, never trained on: " + ", ".join(held) + ".\n")


def shares(figures, name):
    """A table of line completion by language."""
    rows = [f"| {group} | {f['all']['positions']} | {f['all']['first']:.1%} | {f['all']['exact']:.1%} | {f['all']['edit']:.2f} | "
            + " | ".join(f"{f[kind]['exact']:.1%}" if f[kind] else "–" for kind in ("border", "inside")) + " |"
            for group, f in figures[name].items()]
    return "\n".join(["| held-out | cursors | first token right | line exact | edit similarity | exact at a border | exact inside a word |",
                      "|---|---|---|---|---|---|---|", *rows])


def target_card(state, shape, figures, work):
    tokens = state["position"] * shape.context
    bits = "\n".join(f"| {g} | {v:.3f} | {figures['top1'][g]:.3f} |" for g, v in figures["bits_per_character"].items())
    recipe = "gpu" if state["recipe"]["device"] == "cuda" else "cpu"
    return f"""# Target

{config(shape, 0)['architectures'][0]}: {shape.width} wide, {shape.layers} layers, {shape.heads} query heads over {shape.kv_heads} key-value heads of
{shape.head_size}, feed-forward {shape.feed_forward}, {shape.vocabulary} ids, context {shape.context}. It completes code and prose, with and without the text after the cursor.

## Training

From scratch on text of permissively licensed packages, {tokens / 1e6:.1f} M tokens in {state['seconds'] / 3600:.1f} hours
({state['step']} steps), recipe `training/recipes/{recipe}.json`: fill-in-the-middle in suffix-prefix-middle order on three
quarters of the windows, Muon and AdamW, bf16. `training/README.md` says how to repeat it.

## Data

{corpus_words(work)}
## Figures on held-out packages (step {figures['step']}, before quantization)

| held-out | bits per character | top-1 |
|---|---|---|
{bits}

With the text after the cursor:

{shares(figures, 'line_with_suffix')}

From the text before the cursor alone:

{shares(figures, 'line_without_suffix')}

## Limits

A model of this size knows syntax, idioms and what stands in the file and its neighbours; it does not know libraries, and it
makes up names. It has seen little text other than English and code. Nothing was done to align it. What it writes may repeat
its training text, whose licences are listed above.
"""


def draft_card(name, state, shape, figures):
    recipe = state["recipe"]
    start = f" It began as layers {', '.join(map(str, recipe['layers']))} of the target, cut to its width (`training/model/slicing.py`)." if recipe.get("layers") else ""
    rows = [(context, row) for context, row in figures["acceptance"].items() if name in row]
    accepted = "\n".join(f"| {context} | {row[name]:.2f} | {row['lookup']:.2f} | {row['suffix']:.2f} | {row['ngram']:.2f} |" for context, row in rows)
    table = f"""Mean accepted tokens a round in front of its teacher, four proposed, on held-out packages (`python3 -m model evaluate --only acceptance`):

| context | {name} | lookup | suffix | n-gram |
|---|---|---|---|---|
{accepted}

"""
    return f"""# {name}

A draft for {', '.join(recipe['languages'])}: {shape.width} wide, {shape.layers} layers, a head over the
{len(state['output_ids'])} commonest ids of its text. It imitates the bundled 8 M target (step {state['target_step']}) on such text and on the target's own
continuations (`training/model/distill.py`, recipe `training/recipes/{name}.json`, {state['step']} steps).{start} Data, licences, tokenizer and prompt are the target's.
`weights/draft_q8.safetensors` are its 8 bit weights for the extension's own kernel.

{table if rows else ''}Beside a target with another vocabulary it drafts text. It is of use only in front of a target: alone it writes nonsense.
"""


def editor_languages(languages):
    return [i for language in languages for i in LANGUAGE_IDS.get(language, [language])]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--run", required=True, help="name of the training run")
    options.add_argument("--step", type=int, help="a checkpoint's step (default: the newest)")
    options.add_argument("--folder", required=True, help="model folder that `folder` has written")
    options.add_argument("--figures", required=True, help="JSON file that `python3 -m model evaluate` has written")
    options.add_argument("--tasks", nargs="*", default=[], choices=("summarize", "translate"), help="what a target does well enough to be offered")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    work = work_folder(options.work)
    state = checkpoint.load(os.path.join(work, "runs", options.run), options.step)
    if state is None:
        raise SystemExit(f"run {options.run!r} has no checkpoint")
    with open(options.figures) as f:
        figures = json.load(f)
    shape, draft = Shape(**state["recipe"]["shape"]), "output_ids" in state
    size = sum(t.numel() for t in state["optimizer"]["master"].values()) / 1e6
    if draft:
        languages = state["recipe"]["languages"]
        text = draft_card(options.run, state, shape, figures)
        everywhere = state["recipe"].get("everywhere", False)
        kinds = "all kinds of text" if everywhere else ", ".join(languages)
        card = {"role": "draft", "description": f"{size:.1f} M parameters, imitates the 8 M model on {kinds}.",
                "prompt": PROMPT, "languages": [] if everywhere else editor_languages(languages)}
    else:
        text = target_card(state, shape, figures, work)
        tokens = state["position"] * shape.context / 1e6
        card = {"role": "target", "description": f"{size:.1f} M parameters, trained on {tokens:.0f} M tokens; fills in the middle.",
                "prompt": PROMPT,
                "tasks": ["complete", *options.tasks]}
    with open(os.path.join(options.folder, "README.md"), "w") as f:
        f.write(text)
    with open(os.path.join(options.folder, "slipstream.json"), "w") as f:
        json.dump(card, f, indent=2)
        f.write("\n")
    print(f"{options.folder}: README.md and slipstream.json")
