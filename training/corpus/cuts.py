"""Where training text is cut: the cursor and the end of the middle (fill-in-the-middle), and breaks inside words.

All functions take a `random.Random` and work on characters, because a cursor stands between characters, not tokens.
"""
import re

CLOSERS = re.compile(r"[)\]}>\"'`;,]+$")  # what an editor's automatic brackets leave after the cursor


def cursor(text, low, high, random):
    """A cursor position in [low, high): mostly anywhere, often after the indentation or after a space."""
    kind, at = random.random(), random.randrange(low, max(low + 1, high))
    if kind < 0.2:  # the first character of a line, after its indentation
        at = text.rfind("\n", low, at) + 1 or at
        while at < len(text) and text[at] in " \t":
            at += 1
    elif kind < 0.35:  # after a space or an opening sign inside the line
        for i in range(at, max(low, at - 60), -1):
            if text[i - 1] in " (.[{":
                return i
    return min(at, len(text))


def line_end(text, at):
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def block_end(text, at):
    """The end of the indented block that the line of `at` opens or belongs to, at most 12 lines on."""
    start = text.rfind("\n", 0, at) + 1
    indent = len(text[start:]) - len(text[start:start + 200].lstrip(" \t")) - len(text[start + 200:])
    end = line_end(text, at)
    for _ in range(12):
        stop = line_end(text, end + 1)
        line = text[end + 1:stop]
        if end >= len(text) or line.strip() and len(line) - len(line.lstrip()) < max(indent, 1):
            break
        end = stop
    return end


def middle_end(text, at, random):
    """Where the middle that starts at `at` ends; never before `at`, at most about 900 characters on."""
    kind, end = random.random(), line_end(text, at)
    if kind < 0.40:  # the rest of the line
        pass
    elif kind < 0.52:  # up to brackets that the editor has closed already
        closed = CLOSERS.search(text, at, end)
        end = closed.start() if closed else end
    elif kind < 0.70:  # the rest of the line and some more lines
        for _ in range(random.randint(1, 5)):
            end = line_end(text, end + 1) if end < len(text) else end
    elif kind < 0.82:
        end = block_end(text, at)
    else:  # any number of characters, more often few
        end = at + int(random.random() ** 3 * 500)
    return max(at, min(end, at + 900, len(text)))


def middle(text, random):
    """(start, end) of the part to fill in. Prefixes and suffixes of all lengths occur, short ones on purpose."""
    size, kind = len(text), random.random()
    if kind < 0.10:
        low, high = 0, size // 6            # hardly any prefix
    elif kind < 0.35:
        low, high = size * 3 // 4, size     # hardly any suffix
    else:
        low, high = size // 5, size
    for _ in range(6):
        at = cursor(text, low, high, random)
        end = middle_end(text, at, random)
        if end > at or random.random() < 0.1:  # seldom nothing is missing: then the answer is <|endoftext|> at once
            break
    return at, end


def pieces(text, random, every=160):
    """Split text at random cursors, about one in `every` characters: each piece is then tokenized on its own."""
    cuts = sorted(cursor(text, 0, len(text), random) for _ in range(int(len(text) / every + random.random())))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)]) if b > a]
