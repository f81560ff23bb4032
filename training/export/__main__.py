"""`python3 -m export STEP ...`: the steps of this folder."""
from steps import run

run("export", {
    "folder": "a run as a model folder",
    "folder_int8": "an imported or tuned model as a folder whose graph multiplies 8 bit integers",
    "write_gguf": "a target for llama.cpp",
    "card": "README.md and slipstream.json beside the graphs",
    "evaluate_graph": "how far graphs are from the fp32 weights",
    "fixtures": "tiny models for the extension's tests",
    "large": "graphs of larger shapes with random weights",
})
