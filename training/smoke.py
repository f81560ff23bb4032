"""The whole way in about two minutes, on text that every machine has: the sources of this folder.

    python3 smoke.py

Makes a tiny corpus from training/*.py, then runs each step's own program: tokenizer, rows, target, draft, export,
evaluation, card. It fails when a step fails, when the target does not learn, or when a file is missing at the end.
"""
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

from paths import HERE


def run(program, *arguments):
    start = time.time()
    subprocess.run([sys.executable, os.path.join(HERE, program), *arguments], check=True, cwd=HERE)
    print(f"== {program}: {time.time() - start:.0f} s", flush=True)


def make_corpus(work):
    """Every source of this folder a few times, two files held out."""
    os.makedirs(os.path.join(work, "corpus"))
    files = sorted(glob.glob(os.path.join(HERE, "*.py")))
    with open(os.path.join(work, "corpus", "train.jsonl"), "w") as kept, open(os.path.join(work, "corpus", "heldout.jsonl"), "w") as held:
        for path in files:
            with open(path) as f:
                document = {"package": "training", "path": os.path.basename(path), "language": "python", "text": f.read()}
            for copy in range(6):
                out = held if os.path.basename(path) in ("model.py", "corpus.py") else kept
                if out is kept or copy == 0:
                    out.write(json.dumps(document) + "\n")
    with open(os.path.join(work, "corpus", "tasks.jsonl"), "w") as f:
        f.write(json.dumps({"language": "task", "task": "translate", "target": "German", "input": "Open the file", "output": "Die Datei öffnen"}) + "\n")


def main():
    with tempfile.TemporaryDirectory() as work:
        make_corpus(work)
        there = ["--work", work]
        run("train_tokenizer.py", "--size", "512", *there)
        run("train.py", "--recipe", "smoke", "--name", "target", "--minutes", "0.4", *there)
        run("train.py", "--recipe", "smoke", "--name", "target-decayed", "--decay-from", "target", "--decay-steps", "20", *there)
        with open(os.path.join(work, "runs", "target", "loss.csv")) as f:
            losses = [float(row["loss"]) for row in csv.DictReader(f)]
        if losses[-1] > losses[0] - 0.5:
            raise SystemExit(f"the target does not learn: loss {losses[0]} to {losses[-1]}")
        small = ["shape.vocabulary=512", "shape.context=256", "output_ids=256", "own_samples=8", 'rows_per_step=[[0,4]]']
        run("distill.py", "--recipe", "draft-python", "--target", "target-decayed", "--minutes", "0.1", "--set", *small, *there)
        target, draft, figures = (os.path.join(work, name) for name in ("models/target", "models/draft-python", "figures.json"))
        run("export.py", "--run", "target-decayed", "--out", target, "--bits", "32", "8", "4", "--check", os.path.join(work, "check"), *there)
        run("export.py", "--run", "draft-python", "--out", draft, "--graph", *there)
        weights = os.path.join(work, "target.npz")
        run("export.py", "--run", "target-decayed", "--weights", weights, *there)
        run("train.py", "--recipe", "smoke", "--name", "target-again", "--weights", weights, "--minutes", "0.02", *there)
        run("gguf.py", "--run", "target-decayed", "--out", os.path.join(work, "target.gguf"), *there)
        run("evaluate.py", "--run", "target-decayed", "--drafts", "draft-python", "--positions", "10", "--rows", "2", "--out", figures, *there)
        run("card.py", "--run", "target-decayed", "--folder", target, "--figures", figures, *there)
        run("card.py", "--run", "draft-python", "--folder", draft, "--figures", figures, *there)
        ngram = os.path.join(work, "models/ngram")
        run("ngram.py", "windows", "--model", target, "--count", "20", *there)
        run("ngram.py", "build", "--model", target, "--out", ngram, "--size", "5000", *there)
        if os.path.getsize(os.path.join(ngram, "table.bin")) < 4 * 4000:
            raise SystemExit("the n-gram table is too small")
        for folder, weights in ((target, "onnx/model_q4.onnx"), (draft, "weights/draft_q8.safetensors")):
            for name in ("config.json", "tokenizer.json", "slipstream.json", "README.md", "onnx/model_q8.onnx", weights):
                if not os.path.exists(os.path.join(folder, name)):
                    raise SystemExit(f"{os.path.basename(folder)} has no {name}")
    print("smoke: all steps passed")


if __name__ == "__main__":
    main()
