"""Fetch the source packages that corpus.json names, each by exact name and version, and unpack them.

    python3 fetch.py                 fetch what is pinned
    python3 fetch.py --pin           also resolve entries without a version, and write the versions found

npm packages come with `npm pack`, Debian's with `apt-get download`: both check the registry's own hashes.
Unpacked sources lie in WORK/raw/<source>/<name>/; a package that is already there is not fetched again.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

from paths import CORPUS_JSON, work_folder


def run(command, folder):
    """Run a package client in `folder`; its words are shown only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout


def unpack_npm(archive, folder):
    """Unpack text-sized regular files only: no links, nothing outside the folder."""
    with tarfile.open(archive) as tar:
        for member in tar:
            name = os.path.normpath(member.name)
            if not member.isfile() or name.startswith(("..", "/")) or member.size > 2_000_000:
                continue
            target = os.path.join(folder, *name.split(os.sep)[1:])  # the first part is the archive's own folder
            os.makedirs(os.path.dirname(target), exist_ok=True)
            try:
                with open(target, "wb") as out:
                    shutil.copyfileobj(tar.extractfile(member), out)
            except (IsADirectoryError, FileExistsError, NotADirectoryError):
                continue


def fetch_npm(entry, folder, scratch):
    """Returns (version, licence) as the package itself states them."""
    wanted = entry["name"] + ("@" + entry["version"] if entry["version"] else "")
    words = run(["npm", "pack", "--silent", "--ignore-scripts", wanted], scratch).split()
    archive = os.path.join(scratch, words[-1])
    unpack_npm(archive, folder)
    os.remove(archive)
    with open(os.path.join(folder, "package.json")) as f:
        package = json.load(f)
    licence = package.get("license") or (package.get("licenses") or [{}])[0]
    return package["version"], licence.get("type", "") if isinstance(licence, dict) else licence


def fetch_debian(entry, folder, scratch):
    wanted = entry["name"] + ("=" + entry["version"] if entry["version"] else "")
    run(["apt-get", "download", "-o", "APT::Sandbox::User=root", wanted], scratch)
    archive = os.path.join(scratch, [n for n in os.listdir(scratch) if n.endswith(".deb")][0])
    version = run(["dpkg-deb", "-f", archive, "Version"], scratch).strip()
    run(["dpkg-deb", "-x", archive, folder], scratch)
    os.remove(archive)
    return version, entry["licence"]


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
            get = fetch_npm if entry["source"] == "npm" else fetch_debian
            version, licence = get(entry, folder, scratch)
        except (RuntimeError, OSError, KeyError, IndexError) as error:
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


if __name__ == "__main__":
    sys.exit(main())
