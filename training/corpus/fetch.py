"""Fetch the source packages that corpus.json names, each by exact name and version, and unpack them.

    python3 -m corpus fetch                 fetch what is pinned
    python3 -m corpus fetch --pin           also resolve entries without a version, and write the versions found

Sources are npm, Debian, PyPI, crates, Go modules and Maven's archives of sources, each through its own client (registries.py).
Unpacked sources lie in WORK/raw/<source>/<name>/; a package that is already there is not fetched again.
"""
import argparse
import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from corpus.registries import SOURCES
from paths import CORPUS_JSON, work_folder


def drop_binaries(folder):
    """Shared libraries and the like are never read by the corpus builder: free the disk."""
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            if os.path.islink(path) or os.path.getsize(path) > 2_000_000 or name.endswith((".so", ".a", ".node", ".png", ".wasm")):
                os.remove(path)


def fetch(entry, work, pin):
    """Fetch one entry unless it is there; returns a complaint or None."""
    folder = os.path.join(work, "raw", entry["source"], entry["name"].replace("/", "__"))
    stamp = os.path.join(folder, ".fetched.json")
    if not os.path.exists(stamp):
        if not entry["version"] and not pin:
            return f"{entry['name']}: corpus.json pins no version (run with --pin once)"
        scratch = folder + ".scratch"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        os.makedirs(scratch, exist_ok=True)
        try:
            version, licence = SOURCES[entry["source"]](entry, folder, scratch)
        except (RuntimeError, OSError, KeyError, IndexError, StopIteration) as error:
            shutil.rmtree(folder, ignore_errors=True)
            return f"{entry['name']}: {error}"
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        drop_binaries(folder)
        with open(stamp, "w") as f:
            json.dump({"version": version, "licence": licence}, f)
    with open(stamp) as f:
        found = json.load(f)
    if pin:
        entry.update(found)
    elif entry["version"] != found["version"]:
        return f"{entry['name']}: corpus.json says {entry['version']}, {folder} holds {found['version']} (remove it to fetch anew)"
    return None


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--work", help="working folder (default: see paths.py)")
    options.add_argument("--pin", action="store_true", help="resolve versions and write them to corpus.json")
    options = options.parse_args()
    work = work_folder(options.work)
    with open(CORPUS_JSON) as f:
        corpus = json.load(f)
    with ThreadPoolExecutor(6) as pool:
        complaints = [c for c in pool.map(lambda e: fetch(e, work, options.pin), corpus["packages"]) if c]
    if options.pin:
        with open(CORPUS_JSON, "w") as f:
            json.dump(corpus, f, indent=1)
            f.write("\n")
    print(f"{len(corpus['packages']) - len(complaints)} of {len(corpus['packages'])} packages are here")
    for complaint in complaints:
        print("missing:", complaint, file=sys.stderr)
    return 1 if complaints else 0
