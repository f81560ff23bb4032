"""`python3 -m corpus STEP ...`: the steps of this folder."""
from steps import run

run("corpus", {
    "fetch": "the packages that corpus.json names",
    "build": "the corpus from them",
    "tasks": "samples for translation and summaries",
    "train_tokenizer": "the tokenizer, learnt from the corpus",
    "rows": "a pass of training rows",
    "bundle": "corpus and tokenizer in parts, to carry to another machine",
    "tokenizer": "ids of documents, to compare with JavaScript's",
})
