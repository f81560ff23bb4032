"""The entry of each folder, and who may train a run."""
import contextlib
import importlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from model.train import claim
from paths import HERE
from steps import run


def steps_of(folder):
    """The steps that `python3 -m FOLDER` lists."""
    listed = subprocess.run([sys.executable, "-m", folder], cwd=HERE, capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()[1:]]


class Entry(unittest.TestCase):
    def test_every_step_is_a_module_with_a_main_and_every_main_a_step(self):
        for folder in ("corpus", "model", "export", "fill", "ngram", "state"):
            mains = set()
            for name in os.listdir(os.path.join(HERE, folder)):
                if name.endswith(".py") and not name.startswith("__"):
                    with open(os.path.join(HERE, folder, name)) as f:
                        if "\ndef main():" in f.read():
                            mains.add(name[:-3])
            self.assertEqual(set(steps_of(folder)), mains, folder)

    def test_a_step_gets_its_arguments_and_its_outcome_is_the_programs(self):
        seen = []
        module = importlib.import_module("ngram.fixture")
        with mock.patch.object(sys, "argv", ["x", "fixture", "DIR", "-n"]), mock.patch.object(module, "main", lambda: seen.extend(sys.argv) or 3):
            with self.assertRaises(SystemExit) as end:
                run("ngram", {"fixture": "a table"})
        self.assertEqual((seen, end.exception.code), (["python3 -m ngram fixture", "DIR", "-n"], 3))

    def test_an_unknown_step_is_answered_with_those_that_there_are(self):
        with mock.patch.object(sys, "argv", ["x", "oops"]), self.assertRaisesRegex(SystemExit, "corpus has no step 'oops'\n.*\n  fetch +packages"):
            run("corpus", {"fetch": "packages"})
        out = io.StringIO()
        with mock.patch.object(sys, "argv", ["x"]), contextlib.redirect_stdout(out), self.assertRaises(SystemExit) as end:
            run("corpus", {"fetch": "packages"})
        self.assertIn("fetch", out.getvalue())
        self.assertFalse(end.exception.code)


class Claim(unittest.TestCase):
    def test_a_run_that_another_process_trains_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            other = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()", "--name", "mine"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            other.stdout.readline()  # it runs
            try:
                with open(os.path.join(folder, "pid"), "w") as f:
                    f.write(str(other.pid))
                with self.assertRaisesRegex(SystemExit, f"'mine' is being trained by process {other.pid}"):
                    claim(folder, "mine")
                claim(folder, "another")  # the id of a process that trains something else, long after
                with open(os.path.join(folder, "pid")) as f:
                    self.assertEqual(f.read(), str(os.getpid()))
            finally:
                other.communicate(b"\n")
