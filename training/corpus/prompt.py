"""The layout of a prompt, in one place. The extension builds the same bytes (README.md, "The prompt").

    [<|file_sep|>NEIGHBOUR PATH\\nSNIPPET\\n]...  <|file_sep|>PATH\\n  [<|fim_suffix|>SUFFIX<|fim_prefix|>]  PREFIX MIDDLE <|endoftext|>

The text before the cursor flows into the middle without a mark between them: typing only appends to the prompt, every
position of the prefix is also a lesson in continuing text, and the last tokens before the cursor stay next to what is
generated. <|endoftext|> says that the suffix takes over here (or, without a suffix, that the file ends).
PREFIX is tokenized on its own, so the cursor may split a word in two: training text is broken in the same way.
"""
from corpus.tokenizer import END, FILE, PAD, PREFIX, SUFFIX, SUMMARIZE, TRANSLATE, TURN

NOT_LEARNT = (PAD, FILE, SUFFIX, PREFIX, SUMMARIZE, TRANSLATE, TURN)  # only a prompt contains them: never a target of the loss

CARD = {  # goes into every model card as it is
    "order": "suffix-prefix-middle",
    "neighbour": "<|file_sep|>{path}\n{snippet}\n",
    "header": "<|file_sep|>{path}\n",
    "suffix": "<|fim_suffix|>{suffix}<|fim_prefix|>",
    "prefix": "{prefix}",
    "stop": ["<|endoftext|>"],
    "whenSuffixIsEmpty": "leave the suffix block out",
    "tokenize": "each part on its own: special tokens by id, path with its line feed, suffix, prefix",
    "lineEnds": "\n",
    "neverGenerated": ["<|fim_pad|>", "<|file_sep|>", "<|fim_suffix|>", "<|fim_prefix|>", "<|task_summarize|>", "<|task_translate|>", "<|im_start|>"],
}


def header(tokenizer, path):
    """Ids of <|file_sep|>PATH\\n."""
    return [tokenizer.marks.file, *tokenizer.encode(path + "\n")]


def neighbour(tokenizer, path, snippet):
    """Ids of one snippet of another file, put before the header."""
    return header(tokenizer, path) + tokenizer.encode(snippet.rstrip("\n") + "\n")


def suffix_block(tokenizer, suffix):
    """Ids of the text after the cursor; nothing when there is none."""
    return marked_suffix(tokenizer, tokenizer.encode(suffix))


def marked_suffix(tokenizer, ids):
    """The same of a suffix in tokens."""
    return [tokenizer.marks.suffix, *ids, tokenizer.marks.prefix] if ids else []


def prompt(tokenizer, path, prefix, suffix=""):
    """Ids of a whole prompt, ready for the first token of the middle."""
    return header(tokenizer, path) + suffix_block(tokenizer, suffix) + tokenizer.encode(prefix)


assert END == 0
