"""`python3 -m ngram STEP ...`: the steps of this folder."""
from steps import run

run("ngram", {
    "windows": "windows of the corpus for the target to answer (answers.ts)",
    "build": "the table",
    "fixture": "a small table for the tests of its reader",
})
