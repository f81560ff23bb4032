"""`python3 -m fill STEP ...`: the steps of this folder."""
import sys

from model import environment
from steps import run

if sys.argv[1:2] and sys.argv[1] in ("tune",):
    environment.prepare()

run("fill", {
    "import_gguf": "weights and tokenizer from a package's GGUF file",
    "check_import": "the import against llama.cpp",
    "marks": "a tokenizer with marks for filling in",
    "rows": "a pass of samples",
    "tune": "go on training",
    "evaluate": "models compared on held-out lines",
    "merge": "the weights of a run as a folder",
    "adapters": "what adapters learnt, as a small file",
    "taught_text": "text that a model wrote, for drafts to learn from",
})
