"""Quick figures on held-out packages while a model trains: bits per character by language, and fill-in-the-middle.

Everything is teacher-forced, so one forward pass answers. `first` counts a cursor as right when the most likely token is
how the missing text goes on; `line` when every token of the rest of the line is the most likely one, and after it the
model stops or starts a new line; `stop` when it gives <|endoftext|> right after the middle.
"""
import json
import os
import random

import torch

from corpus import cuts, prompt
from corpus.tokenizer import END, PAD

FILL_IN_LANGUAGES = ("typescript", "javascript", "tsx", "python", "go", "rust", "java", "cpp")


def group_of(document):
    """Which column a held-out document counts in: its language, and for Python the package too."""
    return {"python3-flask": "flask", "python3-networkx": "networkx"}.get(document["package"], document["language"])


def plain_rows(tokenizer, documents, context, most, skip=0):
    """{group: (ids [n, context], counted [n, context] bool, characters)}: headers are given, text is to be predicted."""
    groups = {}
    for document in documents:
        rows = groups.setdefault(group_of(document), [])
        if len(rows) >= most + skip:
            continue
        head, ids = prompt.header(tokenizer, document["path"]), tokenizer.encode(document["text"])
        for at in range(0, min(len(ids), 2 * (context - len(head))), context - len(head)):
            part = ids[at:at + context - len(head)]
            if len(part) >= 64 and len(rows) < most + skip:
                rows.append((head, part))
    built = {}
    for group, rows in groups.items():
        rows = rows[skip:]
        if not rows:
            continue
        ids = torch.full((len(rows), context), PAD)
        counted = torch.zeros(len(rows), context, dtype=torch.bool)
        for i, (head, part) in enumerate(rows):
            ids[i, :len(head) + len(part)] = torch.tensor(head + part)
            counted[i, len(head):len(head) + len(part)] = True
        built[group] = ids, counted, sum(len(tokenizer.decode(part)) for _, part in rows)
    return built


def cursor_cases(tokenizer, documents, per_language, with_suffix=True, width=512, seed="cursors"):
    """[(language, ids [width], start, middle ids)]: the rest of a line is missing, text follows when with_suffix."""
    rng, cases, counts = random.Random(seed), [], {}
    documents = [d for d in documents if d["language"] in FILL_IN_LANGUAGES and len(d["text"]) > 800]
    rng.shuffle(documents)
    while documents:
        document = documents.pop()
        language, text = document["language"], document["text"]
        for _ in range(2):
            if counts.get(language, 0) >= per_language:
                break
            at = cuts.cursor(text, 300, len(text) - 100, rng)
            end = cuts.line_end(text, at)
            middle = tokenizer.encode(text[at:end])
            if not text[at:end].strip() or len(middle) > 40:
                continue
            suffix = tokenizer.encode(text[end:end + 700])[:150]
            head = prompt.header(tokenizer, document["path"])
            if with_suffix:
                head += [prompt.SUFFIX, *suffix, prompt.PREFIX]
            before = tokenizer.encode(text[text.find("\n", max(0, at - 1500)) + 1 if at > 1500 else 0:at])
            before = before[-(width - len(head) - len(middle) - 1):]
            start = len(head) + len(before)
            ids = torch.full((width,), PAD)
            ids[:start + len(middle) + 1] = torch.tensor(head + before + middle + [END])
            cases.append((language, ids, start, middle, text[at:end]))
            counts[language] = counts.get(language, 0) + 1
    return cases


@torch.no_grad()
def bits_per_character(model, built, device):
    """{group: bits per character}."""
    result = {}
    for group, (ids, counted, characters) in built.items():
        bits = 0.0
        for a in range(0, len(ids), 4):
            target = torch.where(counted[a:a + 4, 1:], ids[a:a + 4, 1:], torch.tensor(-1)).to(device)
            # the last position has no target: the row keeps its full width, which the kernels like
            target = torch.nn.functional.pad(target, (0, 1), value=-1)
            bits += model(ids[a:a + 4].to(device), target).item() * (target >= 0).sum().item()
        result[group] = bits / 0.6931471805599453 / characters
    return result


@torch.no_grad()
def fill_in(model, cases, tokenizer, device):
    """{(language, figure): share of right answers} for the figures first, line and stop."""
    right = {}
    for a in range(0, len(cases), 16):
        batch = cases[a:a + 16]
        hidden = model.hidden(torch.stack([c[1] for c in batch]).to(device))
        for row, (language, _, start, middle, text) in zip(hidden, batch):
            best = (row[start - 1:start + len(middle)] @ model.embedding.t()).argmax(-1).tolist()
            first = tokenizer.bytes_of[best[0]]
            ends = best[-1] == END or tokenizer.bytes_of[best[-1]].startswith(b"\n")
            figures = {"first": best[0] > END and text.encode().startswith(first), "line": best[:-1] == middle and ends, "stop": best[-1] == END}
            for name, value in figures.items():
                right.setdefault((language, name), []).append(value)
    return {key: sum(values) / len(values) for key, values in right.items()}


class Validation:
    """The fixed sets of one training run."""

    def __init__(self, work, tokenizer, context, rows=3, cursors=40):
        with open(os.path.join(work, "corpus", "heldout.jsonl")) as f:
            documents = [json.loads(line) for line in f]
        self.tokenizer = tokenizer
        self.plain = plain_rows(tokenizer, documents, context, rows)
        self.cases = cursor_cases(tokenizer, documents, cursors, width=min(512, context))

    def __call__(self, model, device="cpu"):
        """A flat dictionary of figures: bpc_LANGUAGE, first_LANGUAGE, line_LANGUAGE, stop_LANGUAGE and their means."""
        figures = {f"bpc_{group}": value for group, value in bits_per_character(model, self.plain, device).items()}
        shares = fill_in(model, self.cases, self.tokenizer, device)
        figures |= {f"{name}_{language}": value for (language, name), value in shares.items()}
        for name in ("bpc", "first", "line", "stop"):
            values = [v for k, v in figures.items() if k.startswith(name + "_")]
            figures[name] = sum(values) / len(values)
        return {key: round(figures[key], 4) for key in sorted(figures)}
