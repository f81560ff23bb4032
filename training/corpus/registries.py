"""How a package of each registry is fetched and unpacked, through the registry's own client: one function for each source.

Every function takes (entry of corpus.json, folder for the files, scratch folder) and returns (version, licence). Clients check the
registry's hashes. What cannot be had raises RuntimeError, OSError, KeyError or IndexError.
"""
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile

MOST = 2_000_000  # bytes of a file that may be text worth reading
LICENCE_TEXTS = (("Apache-2.0", r"Apache License"), ("MIT", r"Permission is hereby granted, free of charge"),
                 ("BSD", r"Redistribution and use in source and binary forms"), ("ISC", r"Permission to use, copy, modify,? and(?:/or)? distribute"))


def run(command, folder, **options):
    """Run a package client in `folder`; its words are shown only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(((done.stderr or done.stdout).strip().splitlines() or ["it failed without a word"])[-1])
    return done.stdout


def place_for(folder, name, drop=0):
    """The path for a member of an archive less its first `drop` folders, its own folders made; None when it points outside."""
    parts = os.path.normpath(name).split(os.sep)
    if os.path.isabs(name) or ".." in parts or len(parts) <= drop:
        return None
    path = os.path.join(folder, *parts[drop:])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def unpack_tar(archive, folder):
    """Text-sized regular files only: no links, nothing outside the folder. The first folder is the archive's own."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile() or member.size > MOST:
                continue
            try:
                path = place_for(folder, member.name, 1)
                if path:
                    with open(path, "wb") as out:
                        shutil.copyfileobj(tar.extractfile(member), out)
            except (IsADirectoryError, FileExistsError, NotADirectoryError):
                continue


def unpack_zip(archive, folder):
    """The same of a zip file, which has no folder of its own."""
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = None if member.is_dir() or member.file_size > MOST else place_for(folder, member.filename)
            if path:
                with packed.open(member) as source, open(path, "wb") as out:
                    shutil.copyfileobj(source, out)


def copy_texts(source, folder):
    """Copy a folder of sources, without links and large files."""
    for base, _, names in os.walk(source):
        for name in names:
            path = os.path.join(base, name)
            target = place_for(folder, os.path.relpath(path, source))
            if target and not os.path.islink(path) and os.path.getsize(path) <= MOST:
                shutil.copyfile(path, target)


def stated(folder):
    """The licence whose words the package's own licence file has, or ""."""
    for name in sorted(os.listdir(folder)):
        if re.match(r"(licen[cs]e|copying)", name, re.I) and os.path.isfile(os.path.join(folder, name)):
            with open(os.path.join(folder, name), errors="replace") as f:
                text = f.read()
            return next((licence for licence, words in LICENCE_TEXTS if re.search(words, text)), "")
    return ""


def npm(entry, folder, scratch):
    wanted = entry["name"] + ("@" + entry["version"] if entry["version"] else "")
    words = run(["npm", "pack", "--silent", "--ignore-scripts", wanted], scratch).split()
    unpack_tar(os.path.join(scratch, words[-1]), folder)
    with open(os.path.join(folder, "package.json")) as f:
        package = json.load(f)
    licence = package.get("license") or (package.get("licenses") or [{}])[0]
    return package["version"], licence.get("type", "") if isinstance(licence, dict) else licence


def debian(entry, folder, scratch):
    wanted = entry["name"] + ("=" + entry["version"] if entry["version"] else "")
    run(["apt-get", "download", "-o", "APT::Sandbox::User=root", wanted], scratch)
    archive = os.path.join(scratch, [n for n in os.listdir(scratch) if n.endswith(".deb")][0])
    version = run(["dpkg-deb", "-f", archive, "Version"], scratch).strip()
    run(["dpkg-deb", "-x", archive, folder], scratch)
    return version, entry["licence"]


def pypi(entry, folder, scratch):
    """A wheel: nothing of the package is run."""
    wanted = entry["name"] + ("==" + entry["version"] if entry["version"] else "")
    run(["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", ".", wanted], scratch)
    unpack_zip(os.path.join(scratch, [n for n in os.listdir(scratch) if n.endswith(".whl")][0]), folder)
    about = next(os.path.join(folder, n, "METADATA") for n in os.listdir(folder) if n.endswith(".dist-info"))
    with open(about) as f:
        head = f.read().split("\n\n")[0]
    licence = re.search(r"^License-Expression: (.+)$|^Classifier: License :: OSI Approved :: (.+)$|^License: (.{1,60})$", head, re.M)
    return re.search(r"^Version: (.+)$", head, re.M)[1], next(filter(None, licence.groups())) if licence else ""


def crates(entry, folder, scratch):
    """cargo fetches it as the dependency of an empty package."""
    with open(os.path.join(scratch, "Cargo.toml"), "w") as f:
        f.write(f'[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n'
                f'{entry["name"]} = {{ version = "{"=" + entry["version"] if entry["version"] else "*"}", default-features = false }}\n')
    open(os.path.join(scratch, "lib.rs"), "w").close()
    told = json.loads(run(["cargo", "metadata", "--format-version", "1"], scratch))
    package = next(p for p in told["packages"] if p["name"] == entry["name"])
    copy_texts(os.path.dirname(package["manifest_path"]), folder)
    return package["version"], package["license"] or ""


def go(entry, folder, scratch):
    told = json.loads(run(["go", "mod", "download", "-json", f"{entry['name']}@{entry['version'] or 'latest'}"], scratch))
    copy_texts(told["Dir"], folder)
    return told["Version"], stated(folder)


def maven(entry, folder, scratch):
    """The archive of sources; its licence stands in corpus.json, as the project states it."""
    group, artifact = entry["name"].split(":")
    if not entry["version"]:
        raise KeyError("a version is needed")
    run(["mvn", "-q", "-B", "dependency:get", f"-Dartifact={entry['name']}:{entry['version']}:jar:sources", "-Dtransitive=false"], scratch)
    archive = os.path.join(os.path.expanduser("~/.m2/repository"), *group.split("."), artifact, entry["version"], f"{artifact}-{entry['version']}-sources.jar")
    unpack_zip(archive, folder)
    return entry["version"], entry["licence"]


SOURCES = {"npm": npm, "debian": debian, "pypi": pypi, "crates": crates, "go": go, "maven": maven}
