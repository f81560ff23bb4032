"""The file of an n-gram table: written here, read by src/runtime/ngramFile.ts. Little-endian:

    "SLNG"  u32 version  u32 vocabulary  u32 orders  u32 bucket bits  u32 entries  u32 levels  u32 0  32 bytes SHA-256 of the vocabulary
    f32 probability[orders][levels]   u8 count[2 ** bucket bits]   u16 token[entries]   u16 mark[entries]

An entry lies in the bucket that the upper bits of hash word a name (counts.py); buckets follow one another. `token` holds
the token in its lowest bits, `mark` the level of the probability; the bits above them, those of `mark` first, hold the lowest
bits of word b, by which contexts that share a bucket are told apart.
"""
import dataclasses
import hashlib
import struct

import numpy as np

from ngram.counts import start, step

MAGIC, VERSION, LEVEL_BITS, BUCKET_SIZE = b"SLNG", 1, 5, 4
LEVELS = 1 << LEVEL_BITS


def vocabulary_hash(tokenizer):
    """SHA-256 over the bytes of every token in the order of ids, each after its length (u16). Special tokens have no bytes."""
    special, digest = set(tokenizer.special.values()), hashlib.sha256()
    for number, text in enumerate(tokenizer.bytes_of):
        text = b"" if number in special else text
        digest.update(struct.pack("<H", len(text)) + text)
    return digest.digest()


def token_bits(vocabulary):
    return max(1, (vocabulary - 1).bit_length())


@dataclasses.dataclass
class Table:
    vocabulary: int
    probability: np.ndarray  # float32 [orders, LEVELS]: how often a guess of that order and level is right
    bucket_bits: int
    count: np.ndarray        # uint8 [2 ** bucket_bits]
    token: np.ndarray        # uint16 [entries]
    mark: np.ndarray         # uint16 [entries]
    digest: bytes

    def write(self, path):
        head = struct.pack("<4s7I32s", MAGIC, VERSION, self.vocabulary, len(self.probability), self.bucket_bits, len(self.token), LEVELS, 0, self.digest)
        with open(path, "wb") as f:
            f.write(head)
            for column, form in ((self.probability, "<f4"), (self.count, "u1"), (self.token, "<u2"), (self.mark, "<u2")):
                f.write(np.ascontiguousarray(column, form).tobytes())

    def next(self, context):
        """(token, probability, order) after the longest context that is known, or None. Slow: for tests."""
        first = np.concatenate([[0], np.cumsum(self.count, dtype=np.int64)])
        bits, state, found = token_bits(self.vocabulary), start(), None
        for order, token in enumerate(reversed(context[-len(self.probability):]), 1):
            state = step(state, np.uint32(token))
            bucket = int(state[0]) >> (32 - self.bucket_bits) if self.bucket_bits else 0
            low, high = check(state[1], bits)
            for i in range(first[bucket], first[bucket + 1]):
                if self.mark[i] >> LEVEL_BITS == low and self.token[i] >> bits == high:
                    level = self.mark[i] & (LEVELS - 1)
                    found = int(self.token[i]) & ((1 << bits) - 1), float(self.probability[order - 1, level]), order
                    break
        return found


def check(b, bits):
    """The bits of hash word b that lie in `mark` and those that lie in `token`, whose ids take `bits`."""
    low = 16 - LEVEL_BITS
    return b & np.uint32((1 << low) - 1), (b >> np.uint32(low)) & np.uint32((1 << 16 - bits) - 1)


def level_of(probability):
    """uint16: the level of a probability. Levels are even steps."""
    return np.clip(probability * LEVELS, 0, LEVELS - 1).astype(np.uint16)


def build(words, token, probability, hits, vocabulary, digest):
    """A Table of entries. words: uint32 [2, n]. hits: float [orders, LEVELS], how often the guesses of a level are right."""
    bits = token_bits(vocabulary)
    bucket_bits = max(0, (len(token) // BUCKET_SIZE).bit_length())
    bucket = words[0].astype(np.int64) >> (32 - bucket_bits)
    count = np.bincount(bucket, minlength=1 << bucket_bits)
    if count.max(initial=0) > 255:
        raise SystemExit("a bucket is too full: the hash is broken")
    low, high = check(words[1], bits)
    placed = np.lexsort((token, bucket))
    token = (token.astype(np.uint32) | high << np.uint32(bits)).astype(np.uint16)[placed]
    mark = (level_of(probability) | low << np.uint32(LEVEL_BITS)).astype(np.uint16)[placed]
    return Table(vocabulary, hits.astype(np.float32), bucket_bits, count.astype(np.uint8), token, mark, digest)
