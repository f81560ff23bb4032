"""The whole way in about two minutes, on text that every machine has: the sources of this folder.

    python3 smoke.py

Makes a tiny corpus from the Python sources below training/, then runs each step as its folder's entry starts it: tokenizer, rows, target, draft, export,
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


def run(folder, step, *arguments):
    start = time.time()
    subprocess.run([sys.executable, "-m", folder, step, *arguments], check=True, cwd=HERE)
    print(f"== {folder} {step}: {time.time() - start:.0f} s", flush=True)


def make_corpus(work):
    """Every source of this folder a few times, two files held out."""
    os.makedirs(os.path.join(work, "corpus"))
    files = sorted(glob.glob("**/*.py", root_dir=HERE, recursive=True))
    with open(os.path.join(work, "corpus", "train.jsonl"), "w") as kept, open(os.path.join(work, "corpus", "heldout.jsonl"), "w") as held:
        for path in files:
            with open(os.path.join(HERE, path)) as f:
                document = {"package": "training", "path": path, "language": "python", "text": f.read()}
            for copy in range(6):
                out = held if path in ("model/llama.py", "corpus/build.py") else kept
                if out is kept or copy == 0:
                    out.write(json.dumps(document) + "\n")
    with open(os.path.join(work, "corpus", "tasks.jsonl"), "w") as f:
        f.write(json.dumps({"language": "task", "task": "translate", "target": "German", "input": "Open the file", "output": "Die Datei öffnen"}) + "\n")


def main():
    with tempfile.TemporaryDirectory() as work:
        make_corpus(work)
        there = ["--work", work]
        run("corpus", "train_tokenizer", "--size", "512", *there)
        run("model", "train", "--recipe", "smoke", "--name", "target", "--steps", "60", "--threads", "1", *there)
        run("model", "train", "--recipe", "smoke", "--name", "target-decayed", "--decay-from", "target", "--decay-steps", "20", "--threads", "1", *there)
        with open(os.path.join(work, "runs", "target", "loss.csv")) as f:
            losses = [float(row["loss"]) for row in csv.DictReader(f)]
        if losses[-1] > losses[0] - 0.5:
            raise SystemExit(f"the target does not learn: loss {losses[0]} to {losses[-1]}")
        small = ["shape.width=32", "shape.layers=1", "shape.heads=2", "shape.kv_heads=1", "shape.head_size=32", "shape.feed_forward=64", "layers=[0]",
                 "shape.vocabulary=512", "shape.context=256", "output_ids=256", "own_samples=8", 'rows_per_step=[[0,4]]']
        run("model", "distill", "--recipe", "draft-python", "--target", "target-decayed", "--minutes", "0.1", "--set", *small, *there)
        target, draft, figures = (os.path.join(work, name) for name in ("models/target", "models/draft-python", "figures.json"))
        run("export", "folder", "--run", "target-decayed", "--out", target, "--bits", "32", "8", "4", "--check", os.path.join(work, "check"), *there)
        run("export", "folder", "--run", "draft-python", "--out", draft, "--graph", *there)
        weights = os.path.join(work, "target.npz")
        run("export", "folder", "--run", "target-decayed", "--weights", weights, *there)
        run("model", "train", "--recipe", "smoke", "--name", "target-again", "--weights", weights, "--steps", "81", "--threads", "1", *there)
        run("export", "write_gguf", "--run", "target-decayed", "--out", os.path.join(work, "target.gguf"), *there)
        run("model", "evaluate", "--run", "target-decayed", "--drafts", "draft-python", "--positions", "10", "--rows", "2", "--out", figures, *there)
        run("export", "card", "--run", "target-decayed", "--folder", target, "--figures", figures, *there)
        run("export", "card", "--run", "draft-python", "--folder", draft, "--figures", figures, *there)
        ngram = os.path.join(work, "models/ngram")
        run("ngram", "windows", "--model", target, "--count", "20", *there)
        run("ngram", "build", "--model", target, "--out", ngram, "--size", "5000", *there)
        if os.path.getsize(os.path.join(ngram, "table.bin")) < 4 * 4000:
            raise SystemExit("the n-gram table is too small")
        for folder, weights in ((target, "onnx/model_q4.onnx"), (draft, "weights/draft_q8.safetensors")):
            for name in ("config.json", "tokenizer.json", "slipstream.json", "README.md", "onnx/model_q8.onnx", weights):
                if not os.path.exists(os.path.join(folder, name)):
                    raise SystemExit(f"{os.path.basename(folder)} has no {name}")
    print("smoke: all steps passed")


if __name__ == "__main__":
    main()
