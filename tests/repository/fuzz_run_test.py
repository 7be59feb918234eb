#!/usr/bin/env python3
"""tests/fuzz/run with programs that are made up: what each is given, and what becomes of a finding."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "tests/fuzz/run"

# Makes programs that note what they were given; csv_fuzz has a finding if $WORLD/finding is there.
CMAKE = """#!/bin/sh
[ "$1" = --build ] || exit 0
for target in yaml uri configuration json lines framer csv avro expression transforms http; do
  cat >"$2/${target}_fuzz" <<'END'
#!/bin/sh
echo "$@" >"$WORLD/$(basename "$0")"
echo 'stat::number_of_executed_units: 17'
case $0 in */csv_fuzz) [ ! -e "$WORLD/finding" ] || { echo 'finding: it is not the same'; exit 77; } ;; esac
END
  chmod +x "$2/${target}_fuzz"
done
"""


class FuzzRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-fuzz-")
        self.addCleanup(folder.cleanup)
        self.world = Path(folder.name)
        (self.world / "bin").mkdir()
        for name, text in (("cmake", CMAKE), ("clang++-16", "#!/bin/sh\n")):
            program = self.world / "bin" / name
            program.write_text(text, encoding="utf-8")
            program.chmod(0o755)

    def run_script(self, *words, path=None, **environment):
        environment = {
            "WORLD": str(self.world),
            "FUZZ_BUILD": str(self.world / "build"),
            "PATH": path or f"{self.world}/bin:{os.environ['PATH']}",
        } | environment
        return subprocess.run([RUN, *words], env=environment, capture_output=True, text=True, check=False)

    def given(self, target):
        return (self.world / f"{target}_fuzz").read_text(encoding="utf-8").split()

    def test_runs_each_for_the_time_with_seeds_and_words(self):
        done = self.run_script("60")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("nothing found in 17 runs"), 11)
        folder = self.world / "build"
        for target in ("csv", "lines", "configuration"):
            words = self.given(target)
            self.assertIn("-max_total_time=60", words)
            self.assertEqual(words[-2:], [f"{folder}/corpus/{target}", f"{folder}/seeds/{target}"])
            self.assertTrue(any((folder / "seeds" / target).iterdir()))
        self.assertIn(f"-dict={folder}/seeds/csv.dict", self.given("csv"))
        self.assertFalse(any(word.startswith("-dict") for word in self.given("lines")))

    def test_the_environment_says_how_long_and_else_an_hour(self):
        self.run_script(HIVEFRAME_FUZZ_SECONDS="300")
        self.assertIn("-max_total_time=300", self.given("csv"))
        self.run_script()
        self.assertIn("-max_total_time=3600", self.given("csv"))

    def test_only_those_that_are_named(self):
        done = self.run_script("5", "csv", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(path.name for path in self.world.glob("*_fuzz")), ["csv_fuzz", "json_fuzz"])

    def test_a_finding_is_shown_and_fails(self):
        (self.world / "finding").touch()
        done = self.run_script("5")
        self.assertEqual(done.returncode, 1)
        self.assertIn("csv: a finding\n", done.stdout)
        self.assertIn("it is not the same", done.stdout)
        self.assertEqual(done.stdout.count("nothing found"), 10)

    def test_wrong_usage(self):
        for words in (["0"], ["soon"], ["5", "cvs"]):
            self.assertEqual(self.run_script(*words).returncode, 2, words)

    def test_without_the_compiler_it_is_skipped(self):
        (self.world / "bin/clang++-16").unlink()
        (self.world / "bin/dirname").symlink_to("/usr/bin/dirname")
        (self.world / "bin/bash").symlink_to("/usr/bin/bash")
        done = self.run_script("5", path=f"{self.world}/bin")
        self.assertEqual(done.returncode, 77, done.stderr)


if __name__ == "__main__":
    unittest.main()
