#!/usr/bin/env python3
"""deploy/install-packages against a dpkg, an apt-get and a mirror that are made up."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "deploy/install-packages"

# Each appends its name and arguments to $WORLD/calls. Installed packages are the lines of
# $WORLD/installed; apt-get install fails as often as $WORLD/failures says.
PROGRAMS = {
    "dpkg-query": """
        shift 2; shift
        for package; do grep -qx "$package" "$WORLD/installed" && echo "$package installed"; done; exit 1
    """,
    "apt-get": """
        echo "apt-get $*" >>"$WORLD/calls"
        case " $* " in *' update '*) exit 0 ;; esac
        failures=$(cat "$WORLD/failures")
        if [ "$failures" -gt 0 ]; then
          echo $((failures - 1)) >"$WORLD/failures"; echo 'E: the mirror hung up' >&2; exit 100
        fi
        for word; do case $word in -* | *=* | install) ;; *) echo "$word" >>"$WORLD/installed" ;; esac; done
    """,
    "sudo": 'exec "$@"',
    "sleep": 'echo "sleep $*" >>"$WORLD/calls"',
}


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.world = Path(folder.name)
        for name, text in PROGRAMS.items():
            program = self.world / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            program.chmod(0o755)
        (self.world / "calls").touch()

    def run_script(self, *sections, installed=(), failures=0):
        (self.world / "installed").write_text("".join(f"{name}\n" for name in installed), encoding="utf-8")
        (self.world / "failures").write_text(str(failures), encoding="utf-8")
        path = f"{self.world}/bin:{os.environ['PATH']}"
        return subprocess.run(
            [SCRIPT, *sections],
            env={"WORLD": str(self.world), "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self):
        return set((self.world / "installed").read_text(encoding="utf-8").split())

    def calls(self, word):
        lines = (self.world / "calls").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if f" {word}" in line]

    def test_installs_what_is_missing_and_then_nothing(self):
        first = self.run_script("build", "test", installed=["cmake"])
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertTrue({"cmake", "g++", "libgtest-dev"} <= self.installed())
        self.assertNotIn("debootstrap", self.installed())
        self.assertNotIn(" cmake", self.calls("install")[0])

        (self.world / "calls").write_text("", encoding="utf-8")
        second = self.run_script("build", "test", installed=self.installed())
        self.assertEqual((second.returncode, second.stdout), (0, ""))
        self.assertEqual((self.world / "calls").read_text(encoding="utf-8"), "")

    def test_a_mirror_that_fails_for_a_moment(self):
        result = self.run_script("test", failures=3)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(self.calls("install")), 4)
        self.assertGreaterEqual(len(self.calls("update")), 1)
        self.assertIn("mold", self.installed())

    def test_a_mirror_that_is_gone(self):
        result = self.run_script("test", failures=1000)
        self.assertEqual(result.returncode, 1)
        self.assertIn("the mirror hung up", result.stderr)
        self.assertIn("Could not install: libgtest-dev", result.stderr)
        self.assertLess(len(self.calls("install")), 10)

    def test_a_section_that_does_not_exist(self):
        result = self.run_script("build", "tests")
        self.assertEqual(result.returncode, 2)
        self.assertIn("no section [tests]", result.stderr)
        self.assertEqual(self.calls("install"), [])


if __name__ == "__main__":
    unittest.main()
