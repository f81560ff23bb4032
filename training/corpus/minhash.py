"""Near-duplicate files by MinHash (Broder 1997) over the sets of their lines, found with locality-sensitive hashing."""
import zlib

import numpy as np

HASHES = 64      # permutations; the estimate of the Jaccard index is then within about 0.06
BANDS = 16       # 16 bands of 4 hashes: pairs above about 0.5 become candidates
ALIKE = 0.6      # an estimated Jaccard index from here on makes two files near-duplicates
PRIME = np.uint64((1 << 31) - 1)
_random = np.random.default_rng(20)
A = _random.integers(1, 1 << 31, HASHES, dtype=np.uint64)
B = _random.integers(0, 1 << 31, HASHES, dtype=np.uint64)


def signature(text):
    """uint32[HASHES]: the smallest value of each hash function over the file's distinct lines."""
    lines = {line.strip() for line in text.split("\n")}
    codes = np.array([zlib.crc32(line.encode()) for line in lines if len(line) > 3] or [0], dtype=np.uint64) % PRIME
    return ((codes[:, None] * A + B) % PRIME).min(axis=0).astype(np.uint32)


class NearDuplicates:
    """Remembers the signatures it has seen; `seen(text)` tells whether a near-duplicate came before, else adds the text."""

    def __init__(self):
        self.buckets = {}
        self.signatures = []

    def seen(self, text):
        own = signature(text)
        keys = [(band, part.tobytes()) for band, part in enumerate(own.reshape(BANDS, -1))]
        candidates = {other for key in keys for other in self.buckets.get(key, ())}
        for other in candidates:
            if np.mean(self.signatures[other] == own) >= ALIKE:
                return True
        for key in keys:
            self.buckets.setdefault(key, []).append(len(self.signatures))
        self.signatures.append(own)
        return False
