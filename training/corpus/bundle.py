"""Carry corpus and tokenizer to a machine that cannot fetch packages: one compressed archive in parts.

    python3 -m corpus bundle pack FOLDER --part 50      WORK/corpus and the tokenizer as FOLDER/part-00, part-01, ... of 50 MB
    python3 -m corpus bundle unpack FOLDER              the other way round

Parts may be moved one by one; `unpack` checks them against FOLDER/parts.json before it writes anything.
"""
import argparse
import hashlib
import io
import json
import lzma
import os
import sys
import tarfile

from paths import work_folder

FILES = ("tokenizer.json", "tokenizer_config.json", "corpus/train.jsonl", "corpus/heldout.jsonl", "corpus/tasks.jsonl")


class Parts(io.RawIOBase):
    """A file to write to that starts a new part whenever one is full."""

    def __init__(self, folder, size):
        self.folder, self.size, self.names, self.out = folder, size, [], None

    def writable(self):
        return True

    def write(self, data):
        view = memoryview(data)
        while view:
            if self.out is None or self.out.tell() >= self.size:
                if self.out:
                    self.out.close()
                self.names.append(f"part-{len(self.names):02}")
                self.out = open(os.path.join(self.folder, self.names[-1]), "wb")
            taken = view[:self.size - self.out.tell()]
            self.out.write(taken)
            view = view[len(taken):]
        return len(data)

    def close(self):
        if self.out:
            self.out.close()
        super().close()


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def pack(work, folder, size):
    os.makedirs(folder, exist_ok=True)
    parts = Parts(folder, int(size * 1e6))
    with lzma.open(parts, "wb", preset=4) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name in FILES:
            if os.path.exists(os.path.join(work, name)):
                tar.add(os.path.realpath(os.path.join(work, name)), name)
    parts.close()
    listing = {name: digest(os.path.join(folder, name)) for name in parts.names}
    with open(os.path.join(folder, "parts.json"), "w") as f:
        json.dump(listing, f, indent=1)
    print(f"{len(listing)} parts, {sum(os.path.getsize(os.path.join(folder, n)) for n in listing) / 1e6:.0f} MB")


def unpack(work, folder):
    with open(os.path.join(folder, "parts.json")) as f:
        listing = json.load(f)
    for name, wanted in listing.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path) or digest(path) != wanted:
            sys.exit(f"{path} is missing or damaged")
    whole = io.BytesIO()
    for name in sorted(listing):
        with open(os.path.join(folder, name), "rb") as f:
            whole.write(f.read())
    whole.seek(0)
    with tarfile.open(fileobj=whole, mode="r:xz") as tar:
        for member in tar:
            if member.name in FILES and member.isfile():
                os.makedirs(os.path.dirname(os.path.join(work, member.name)), exist_ok=True)
                with open(os.path.join(work, member.name), "wb") as out:
                    out.write(tar.extractfile(member).read())
                print(member.name)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("action", choices=("pack", "unpack"))
    options.add_argument("folder")
    options.add_argument("--part", type=float, default=50, help="size of a part in MB")
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options = options.parse_args()
    work = work_folder(options.work)
    if options.action == "pack":
        pack(work, options.folder, options.part)
    else:
        unpack(work, options.folder)
