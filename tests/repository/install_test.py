#!/usr/bin/env python3
"""What `cmake --install` lays down, below a DESTDIR.

    install_test.py BUILD_FOLDER [unittest's arguments]
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = ""
CONFIGURATION = {"etc/hiveframed/hiveframed.yaml"}


class InstallTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-install-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def install(self, *arguments):
        done = subprocess.run(
            ["cmake", "--install", BUILD, *arguments],
            env=os.environ | {"DESTDIR": str(self.root)},
            capture_output=True,
            text=True,
            umask=0o077,  # of a careful root
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def files(self):
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if not path.is_dir()}

    def mode(self, name):
        return (self.root / name).stat().st_mode & 0o7777

    def unit(self, prefix):
        return (self.root / prefix / "lib/systemd/system/hiveframed.service").read_text()

    def shipped(self, name):
        return (REPOSITORY / "deploy" / name).read_text()

    def test_for_the_machine(self):
        self.install()
        self.assertEqual(
            self.files(), CONFIGURATION | {"usr/local/bin/hiveframed", "usr/local/lib/systemd/system/hiveframed.service"}
        )
        done = subprocess.run([self.root / "usr/local/bin/hiveframed", "version"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        command = "ExecStart=/usr/bin/hiveframed serve"
        self.assertIn(command, self.shipped("hiveframed.service"))
        self.assertEqual(
            self.unit("usr/local"), self.shipped("hiveframed.service").replace("/usr/bin/hiveframed", "/usr/local/bin/hiveframed")
        )
        self.assertEqual((self.root / "etc/hiveframed/hiveframed.yaml").read_text(), self.shipped("hiveframed.yaml"))

    def test_for_a_package(self):
        self.install("--prefix", "/usr")
        self.assertEqual(self.files(), CONFIGURATION | {"usr/bin/hiveframed", "usr/lib/systemd/system/hiveframed.service"})
        self.assertEqual(self.unit("usr"), self.shipped("hiveframed.service"))

    def test_the_service_may_read_all_of_it(self):
        self.install()
        for name in ("etc/hiveframed", "etc/hiveframed/pipelines", "usr/local/bin/hiveframed"):
            self.assertEqual(self.mode(name), 0o755, name)
        for name in ("etc/hiveframed/hiveframed.yaml", "usr/local/lib/systemd/system/hiveframed.service"):
            self.assertEqual(self.mode(name), 0o644, name)

    def test_what_the_operator_changed_stays(self):
        self.install()
        configuration, unit = self.root / "etc/hiveframed/hiveframed.yaml", "usr/local/lib/systemd/system/hiveframed.service"
        configuration.write_text("pipelines: [/srv]\n")
        configuration.chmod(0o600)
        (self.root / "etc/hiveframed/pipelines").chmod(0o700)
        (self.root / unit).write_text("of an earlier version\n")
        said = self.install()
        self.assertEqual(configuration.read_text(), "pipelines: [/srv]\n")
        self.assertEqual(self.mode("etc/hiveframed/hiveframed.yaml"), 0o600)
        self.assertEqual(self.mode("etc/hiveframed/pipelines"), 0o700)
        self.assertIn("ExecStart", self.unit("usr/local"))
        self.assertIn(f"Kept: {configuration}", said)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main()
