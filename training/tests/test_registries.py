"""Fast tests of fetching: archives stay in their folder, and licences are read from what packages say. No registry is asked."""
import io
import os
import tarfile
import tempfile
import unittest
import zipfile
from unittest import mock

from corpus import registries


class Archives(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.inside = os.path.join(self.folder.name, "inside")
        os.mkdir(self.inside)

    def tearDown(self):
        self.folder.cleanup()

    def files(self):
        return sorted(os.path.relpath(os.path.join(base, n), self.folder.name) for base, _, names in os.walk(self.folder.name) for n in names)

    def test_nothing_leaves_the_folder(self):
        path = os.path.join(self.folder.name, "a.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("src/good.py", "../bad.py", "/bad.py", "src/../../bad.py"):
                archive.writestr(name, "x")
            archive.writestr("large.py", "x" * (registries.MOST + 1))
        registries.unpack_zip(path, self.inside)
        self.assertEqual(self.files(), ["a.zip", "inside/src/good.py"])

    def test_links_are_left_out(self):
        path = os.path.join(self.folder.name, "a.tar")
        with tarfile.open(path, "w") as archive:
            for name in ("package/good.js", "package/../../bad.js"):
                member = tarfile.TarInfo(name)
                member.size = 1
                archive.addfile(member, io.BytesIO(b"x"))
            link = tarfile.TarInfo("package/link.js")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
        registries.unpack_tar(path, self.inside)
        self.assertEqual(self.files(), ["a.tar", "inside/good.js"])


class Licences(unittest.TestCase):
    def test_words_of_a_licence_file(self):
        for words, licence in (("Apache License\nVersion 2.0", "Apache-2.0"), ("MIT\n\nPermission is hereby granted, free of charge, to", "MIT"),
                               ("GNU General Public License", "")):
            with tempfile.TemporaryDirectory() as folder:
                with open(os.path.join(folder, "LICENSE.md"), "w") as f:
                    f.write(words)
                self.assertEqual(registries.stated(folder), licence)

    def test_a_wheel_says_its_version_and_licence(self):
        for line, licence in (("License-Expression: MIT", "MIT"), ("Classifier: License :: OSI Approved :: BSD License", "BSD License"), ("Name: a", "")):
            with tempfile.TemporaryDirectory() as folder:
                scratch, out = os.path.join(folder, "s"), os.path.join(folder, "o")
                os.mkdir(scratch)
                os.mkdir(out)

                def download(command, cwd, **_):
                    self.assertIn("--only-binary=:all:", command)
                    self.assertEqual(command[-1], "a==1.2")
                    with zipfile.ZipFile(os.path.join(cwd, "a-1.2-py3-none-any.whl"), "w") as wheel:
                        wheel.writestr("a/__init__.py", "x = 1\n")
                        wheel.writestr("a-1.2.dist-info/METADATA", f"Metadata-Version: 2.4\nVersion: 1.2\n{line}\n\nText\nVersion: 9\n")
                    return mock.Mock(returncode=0, stdout="")

                with mock.patch("subprocess.run", download):
                    self.assertEqual(registries.pypi({"name": "a", "version": "1.2"}, out, scratch), ("1.2", licence))

    def test_a_failing_client_is_heard(self):
        with self.assertRaisesRegex(RuntimeError, "no such thing"):
            registries.run(["sh", "-c", "echo first >&2; echo no such thing >&2; exit 3"], ".")
