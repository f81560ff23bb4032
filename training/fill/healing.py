"""Prompts that end inside a word, for a model that was not trained on such ends: as the extension heals them (src/engine/healing.ts).

The prompt is cut back where its last tokens could be the beginning of a longer one, and what is generated must start with the
bytes that were cut off.
"""
import bisect

MOST = 4  # tokens that are cut off at most


class Healing:
    """Looks up tokens by the bytes they start with."""

    def __init__(self, tokenizer):
        special = set(tokenizer.special.values())
        pairs = sorted((spelling, i) for i, spelling in enumerate(tokenizer.bytes_of) if spelling and i not in special)
        self.spellings, self.ids = [p[0] for p in pairs], [p[1] for p in pairs]
        self.exact = dict(pairs)
        self.bytes_of = tokenizer.bytes_of

    def _starting(self, start):
        """The range of places whose tokens start with these bytes."""
        low = bisect.bisect_left(self.spellings, start)
        high = low
        while high < len(self.spellings) and self.spellings[high].startswith(start):
            high += 1
        return low, high

    def cut(self, ids):
        """(prompt without its last tokens, the bytes they had)."""
        for count in range(min(MOST, len(ids) - 1), 0, -1):
            tail = ids[-count:]
            spelling = b"".join(self.bytes_of[i] for i in tail)
            if all(self.exact.get(self.bytes_of[i]) == i for i in tail):
                low, high = self._starting(spelling)
                if any(len(s) > len(spelling) for s in self.spellings[low:high]):
                    return ids[:-count], spelling
        return ids, b""

    def allowed(self, required):
        """Ids that may stand first in a text that starts with `required`."""
        low, high = self._starting(required)
        shorter = [self.exact[required[:n]] for n in range(1, len(required)) if required[:n] in self.exact]
        return self.ids[low:high] + shorter

    def rest(self, required, token):
        """What is still required after a token."""
        return required[len(self.bytes_of[token]):]
