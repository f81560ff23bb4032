"""The entry of a folder: `python3 -m FOLDER STEP ARGUMENTS`, run from this folder."""
import importlib
import sys


def run(folder, steps):
    """Start the step that the command line names; `steps` are {a module of the folder that has a main(): what it makes}."""
    name = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if name not in steps:
        listed = "".join(f"\n  {step:16} {made}" for step, made in steps.items())
        told = f"usage: python3 -m {folder} STEP ..., where STEP is one of{listed}"
        if name in ("-h", "--help"):
            print(told)
            sys.exit()
        sys.exit(f"{folder} has no step {name!r}\n{told}")
    sys.argv = [f"python3 -m {folder} {name}", *sys.argv[2:]]
    sys.exit(importlib.import_module(f"{folder}.{name}").main())
