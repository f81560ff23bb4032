"""`python3 -m state STEP ...`: the steps of this folder."""
import sys

from model import environment
from steps import run

if sys.argv[1:2] and sys.argv[1] in ("train",):
    environment.prepare()

run("state", {
    "rows": "what the target's graph computes over text",
    "train": "teach the draft",
    "write": "the draft in its target's folder",
    "fixture": "a toy for the tests of the extension",
})
