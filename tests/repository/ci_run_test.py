#!/usr/bin/env python3
"""What .ci/run looks at: lines that name a machine's folders, and the sources that were touched."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

CI_RUN = Path(__file__).resolve().parent.parent.parent / ".ci" / "run"
SOMEBODY = "/" + "home/somebody"


class CiRunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-ci-")
        self.addCleanup(folder.cleanup)
        self.clone = (Path(folder.name) / "a+clone").resolve()
        self.clone.mkdir()
        # Without the steps, which begin with the packages.
        functions, steps, _ = CI_RUN.read_text().partition("\nstep packages")
        self.assertTrue(steps)
        self.write(".ci/run", functions + '\n"$@"\n')
        self.git("init", "--quiet")

    def write(self, name, text):
        path = self.clone / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def git(self, *arguments, **environment):
        command = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=self.clone, check=True, env=os.environ | environment)

    def commit(self, when="now"):
        self.git("add", ".")
        date = subprocess.run(["date", "-d", when, "-Iseconds"], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.git("commit", "--quiet", "-m", "m", GIT_COMMITTER_DATE=date.strip())

    def call(self, *words):
        return subprocess.run(["bash", ".ci/run", *words], cwd=self.clone, capture_output=True, text=True, check=False)

    def names_a_machine(self, line, *before):
        self.write("line.txt", line + "\n")
        self.git("add", ".")
        done = self.call(*before, "machine_paths")
        self.assertEqual(done.returncode, 1 if "line.txt" in done.stderr else 0, done.stderr)
        return done.returncode == 1

    def test_lines_that_name_a_machine(self):
        here = str(self.clone)
        for line in (f"{SOMEBODY}/x", f"path={SOMEBODY}", f'"{here}/README.md"', f"{here}/x"):
            self.assertTrue(self.names_a_machine(line), line)
        for line in ("a line", "https://example.org" + SOMEBODY, "${prefix}" + SOMEBODY, f"/srv{here}/x", here + "x",
                     here.replace("+", "a") + "/x", here.replace("+", "") + "/x"):
            self.assertFalse(self.names_a_machine(line), line)

    def test_a_clone_right_below_the_root(self):
        self.assertFalse(self.names_a_machine("/build/x", "eval", "PWD=/build;"))
        self.assertTrue(self.names_a_machine("/data/build/x", "eval", "PWD=/data/build;"))
        self.assertFalse(self.names_a_machine("/opt/data/build/x", "eval", "PWD=/data/build;"))

    def test_touched_sources(self):
        for name in ("old.cpp", "touched.cpp", "gone.cpp", "other.hpp"):
            self.write(name, "\n")
        self.write("includes.cpp", '#include "a/touched.hpp"\n')
        self.write("includes_other.cpp", '#include "other.hpp"\n')
        self.write("a/touched.hpp", "// old\n")
        self.write("a/nobodys.hpp", "// old\n")
        self.commit()
        every = ["gone.cpp", "includes.cpp", "includes_other.cpp", "old.cpp", "touched.cpp"]
        self.assertEqual(self.call("touched_sources").stdout.split(), every)
        self.git("update-ref", "-d", "HEAD")
        self.commit("5 hours ago")
        self.assertEqual(self.call("touched_sources").stdout.split(), [])
        self.write("touched.cpp", "// new\n")
        self.write("a/touched.hpp", "// new\n")
        self.write("a/nobodys.hpp", "// new\n")
        (self.clone / "gone.cpp").unlink()
        self.commit()
        done = self.call("touched_sources")
        self.assertEqual((done.returncode, done.stdout.split()), (0, ["includes.cpp", "touched.cpp"]), done.stderr)

    def test_a_git_that_fails_is_no_success(self):
        self.write("x.cpp", "\n")
        self.commit("5 hours ago")
        (self.clone / ".git" / "HEAD").write_text("nonsense\n")
        for step in ("machine_paths", "touched_sources", "formatting"):
            self.assertNotEqual(self.call(step).returncode, 0, step)
        self.write("cmake", "#!/bin/sh\n")
        (self.clone / "cmake").chmod(0o755)
        self.assertNotEqual(self.call("eval", "PATH=$PWD:$PATH; tidy").returncode, 0)


if __name__ == "__main__":
    unittest.main()
