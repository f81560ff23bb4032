"""Where things lie. Everything large (raw packages, corpus, rows, checkpoints) stays outside the repository."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS_JSON = os.path.join(HERE, "corpus", "corpus.json")
RECIPES = os.path.join(HERE, "recipes")


def work_folder(option=None):
    """The working folder: --work, else $SLIPSTREAM_TRAINING, else ~/.cache/slipstream-training."""
    folder = option or os.environ.get("SLIPSTREAM_TRAINING") or "~/.cache/slipstream-training"
    folder = os.path.abspath(os.path.expanduser(folder))
    os.makedirs(folder, exist_ok=True)
    return folder
