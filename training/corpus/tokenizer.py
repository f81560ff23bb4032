"""The byte-level BPE tokenizer: encode and decode from a Hugging Face `tokenizer.json`.

    python3 -m corpus tokenizer FOLDER < heldout.jsonl > ids.jsonl      ids of documents, for check_tokenizer.mjs

The pre-tokenizer is exactly Qwen2's pattern, so llama.cpp reads the vocabulary as `qwen2`. Encoding works word by
word with a cache: most words of a corpus repeat, so nearly all of them cost one dictionary look-up.
"""
import json
import os
import sys

import regex

PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|\s*[\r\n]+|\s+(?!\S)|\s+")
WORDS = regex.compile(PATTERN)
SPECIAL = [  # ids 0 to 15, named as Qwen2.5-Coder names them where it has the token
    "<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
    "<|im_start|>", "<|im_end|>", "<|task_summarize|>", "<|task_translate|>",
    "<|spare_0|>", "<|spare_1|>", "<|spare_2|>", "<|spare_3|>", "<|spare_4|>",
]
END, PREFIX, MIDDLE, SUFFIX, PAD, REPO, FILE, TURN, TURN_END, SUMMARIZE, TRANSLATE = range(11)


def byte_letters():
    """GPT-2's table: every byte as one printable character, as `tokenizer.json` writes tokens."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + i) for i, b in enumerate(others)}}


class Marks:
    """Ids of the marks of a prompt in one vocabulary, by name; None where it has none of that name.

    `file` is <|file_sep|>, or <filename> in the vocabulary of SmolLM2, which was trained with that one.
    """

    def __init__(self, special):
        self.end, self.prefix, self.middle, self.suffix, self.pad, self.turn, self.turn_end, self.summarize, self.translate = (
            special.get(SPECIAL[i]) for i in (END, PREFIX, MIDDLE, SUFFIX, PAD, TURN, TURN_END, SUMMARIZE, TRANSLATE))
        self.file = special.get("<|file_sep|>", special.get("<filename>"))
        prompt_only = self.pad, self.file, self.suffix, self.prefix, self.summarize, self.translate, self.turn
        self.not_learnt = tuple(i for i in prompt_only if i is not None)  # only a prompt contains them: never a target of the loss


LETTERS = byte_letters()
BYTES = {letter: byte for byte, letter in LETTERS.items()}


class Tokenizer:
    """encode(text) -> list of ids (special tokens are never read from text); decode(ids) -> text."""

    def __init__(self, path):
        with open(path) as f:
            description = json.load(f)
        vocabulary = description["model"]["vocab"]
        special = {t["content"]: t["id"] for t in description["added_tokens"]}
        self.size = 1 + max(max(vocabulary.values()), max(special.values()))
        self.special = special
        self.marks = Marks(special)
        # SmolLM2's vocabulary lacks some control characters and bytes that UTF-8 hardly uses: text loses them, as elsewhere.
        self.byte_ids = [vocabulary.get(LETTERS[b]) for b in range(256)]
        self.merges = {}  # (left id, right id) -> (rank, merged id); a lower rank merges first
        for rank, merge in enumerate(description["model"]["merges"]):
            left, right = merge.split(" ") if isinstance(merge, str) else merge
            self.merges[vocabulary[left], vocabulary[right]] = rank, vocabulary[left + right]
        self.bytes_of = [b""] * self.size
        for token, number in vocabulary.items():
            if token not in special:
                self.bytes_of[number] = bytes(BYTES[letter] for letter in token)
        for token, number in special.items():
            self.bytes_of[number] = token.encode()
        pieces = description["pre_tokenizer"]["pretokenizers"]
        self.words = regex.compile(next(p["pattern"]["Regex"] for p in pieces if p["type"] == "Split"))
        self.cache = {}

    def encode_bytes(self, word):
        """One token a byte."""
        return [i for i in map(self.byte_ids.__getitem__, word.encode()) if i is not None]

    def encode_word(self, word):
        """BPE inside one pre-token: merge the pair of lowest rank until none is left."""
        ids = self.encode_bytes(word)
        while len(ids) > 1:
            rank, merged, at = min((*self.merges.get(pair, (1 << 30, 0)), i) for i, pair in enumerate(zip(ids, ids[1:])))
            if rank == 1 << 30:
                break
            ids[at:at + 2] = [merged]
        return ids

    def encode(self, text):
        ids, cache = [], self.cache
        for word in self.words.findall(text):
            known = cache.get(word)
            if known is None:
                known = self.encode_word(word) if len(word) < 2000 else self.encode_bytes(word)
                if len(word) < 32:
                    cache[word] = known
            ids += known
        return ids

    def decode(self, ids):
        return b"".join(self.bytes_of[i] for i in ids).decode("utf-8", "replace")


def load(folder):
    """The tokenizer of a model or working folder."""
    path = os.path.join(folder, "tokenizer.json")
    if not os.path.exists(path):
        raise SystemExit(f"{path} is missing: run python3 -m corpus train_tokenizer first")
    return Tokenizer(path)


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: python3 -m corpus tokenizer FOLDER < documents.jsonl > ids.jsonl")
    tokenizer = load(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(tokenizer.encode(json.loads(line)["text"]), separators=(",", ":")))
