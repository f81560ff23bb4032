"""`python3 -m model STEP ...`: the steps of this folder."""
import sys

from model import environment
from steps import run

if sys.argv[1:2] and sys.argv[1] in ("train", "distill"):
    environment.prepare()

run("model", {
    "train": "a target by a recipe, or its decay",
    "distill": "a draft from a target",
    "evaluate": "figures on held-out packages",
})
