#!/usr/bin/env python3
"""hiveframed test, as users meet it: the built binary on pipelines with tests.

    config_test.py BINARY [unittest's arguments]
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BINARY = ""
PATIENCE = 60  # seconds; nothing here should take a tenth of it
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/data/config_tests"


class ConfigTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def call(self, *arguments, **options):
        return subprocess.run(
            [BINARY, *map(str, arguments)],
            cwd=options.pop("cwd", self.folder),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            **options,
        )

    def expect(self, result, status, out=None, err=""):
        self.assertEqual(result.stderr, err)
        self.assertEqual(result.returncode, status, result.stdout)
        if out is not None:
            self.assertEqual(result.stdout, out)

    def pipeline(self, tests, name="p.yaml", head="source: in.ndjson\nsink: out.ndjson\n"):
        return self.write(name, head + "tests:\n" + tests)


class PassingAndFailing(ConfigTest):
    def test_passing(self):
        shutil.copy(DATA / "orders.yaml", self.folder)
        self.expect(
            self.call("test", "orders.yaml"),
            0,
            "ok      orders.yaml:12  paid orders get a total\n"
            "ok      orders.yaml:23  large ones go to both\n"
            "ok      orders.yaml:29  an amount in words, and no JSON at all\n"
            "3 tests, all passed\n",
        )
        self.assertEqual([each.name for each in self.folder.iterdir()], ["orders.yaml"], "nothing is written")

    def test_failing(self):
        result = self.call("test", "failing_test.yaml", cwd=DATA)
        self.expect(result, 1, (DATA / "failing.txt").read_text(encoding="utf-8"))

    def test_files_beside_are_found(self):
        shutil.copytree(DATA, self.folder / "d")
        (self.folder / "d/failing_test.yaml").rename(self.folder / "d/orders_test.yaml")
        result = self.call("test", "d/orders.yaml")
        self.assertEqual(result.returncode, 1)
        self.assertIn("ok      d/orders.yaml:12  ", result.stdout)
        self.assertIn("failed  d/orders_test.yaml:4  ", result.stdout)
        self.assertEqual(self.call("test", "d").stdout, result.stdout)
        self.assertEqual(self.call("test", "d/orders_test.yaml", "d/orders.yaml", "d").stdout, result.stdout)

    def test_what_is_not_tested_is_said(self):
        self.pipeline("  - {name: a, input: [], expect: []}\n", "tested.yaml")
        self.write("untested.yaml", "source: generate\nsink: ${HIVEFRAME_TEST_UNSET}\n")
        self.expect(
            self.call("test", "."),
            0,
            "no test ./untested.yaml, pipeline untested\nok      ./tested.yaml:4  a\n1 test, all passed\n",
        )

    def test_no_test_at_all_is_an_error(self):
        self.write("p.yaml", "source: generate\nsink: discard\n")
        self.expect(
            self.call("test", "p.yaml"),
            2,
            "no test p.yaml, pipeline p\n",
            "hiveframed test: there is no test\n"
            "  add 'tests:' to a pipeline; 'hiveframed explain tests' shows how\n",
        )

    def test_sources_and_sinks_are_not_touched(self):
        self.pipeline(
            "  - {name: a, input: [{id: 1}], expect: [{id: 1}]}\n",
            head="source: /nowhere/at/all.ndjson\nsink: {uri: /nowhere/else.ndjson, mode: overwrite}\n",
        )
        self.expect(self.call("test", "p.yaml"), 0)
        self.pipeline("  - {name: a, input: [{id: 1}], expect: [{id: 1}]}\n", head="source: stdin\nsink: stdout\n")
        self.expect(self.call("test", "p.yaml"), 0, "ok      p.yaml:4  a\n1 test, all passed\n")

    def test_a_test_takes_milliseconds(self):
        self.pipeline("".join(f"  - {{name: t{i}, input: [{{id: {i}}}], expect: [{{id: {i}}}]}}\n" for i in range(500)))
        began = time.monotonic()
        self.expect(self.call("test", "p.yaml"), 0)
        self.assertLess((time.monotonic() - began) / 500, 0.02)


class Surroundings(ConfigTest):
    def test_now_is_mocked(self):
        head = (
            "source: in.ndjson\n"
            "transforms: [{filter: now - timestamp(record.ts) < duration('1h')}]\n"
            "sink: out.ndjson\n"
        )
        records = "[{ts: 2026-03-01T12:00:00Z}]"
        self.pipeline(
            f"  - {{name: young, now: 2026-03-01T12:59:59Z, input: {records}, expect: {records}}}\n"
            f"  - {{name: old, now: 2026-03-01T14:00:00+01:00, input: {records}, expect: []}}\n"
            f"  - {{name: today, input: {records}, expect: []}}\n",
            head=head,
        )
        self.expect(self.call("test", "p.yaml"), 0)

    def test_variables(self):
        self.pipeline(
            "  - name: own\n"
            "    env: {RATE: '2', SINK: x}\n"
            "    input: [{a: 1}]\n"
            "    expect: [{a: 1, rate: '2', process: outside}]\n",
            head="source: in.ndjson\n"
            "transforms: [{set: {rate: env.RATE, process: env.PROCESS}}]\n"
            "sink: ${SINK:?where to}.ndjson\n",
        )
        environment = {**os.environ, "PROCESS": "outside", "RATE": "1"}
        self.expect(self.call("test", "p.yaml", env=environment), 0)

    def test_bad_records_that_stop_the_pipeline(self):
        self.pipeline(
            "  - name: t\n"
            "    input: [{a: 1}, {a: x}, {a: 3}]\n"
            "    expect: [{a: 1, b: 2}]\n"
            "    dead_letters: [{error: expression, record: {a: x}}]\n",
            head="source: in.ndjson\ntransforms: [{set: {b: record.a + 1}}]\nsink: out.ndjson\n",
        )
        self.expect(self.call("test", "p.yaml"), 0)


class WrongFiles(ConfigTest):
    def test_wrong_tests_are_shown_as_validate_shows_them(self):
        path = ROOT / "tests/data/wrong/tests.yaml"
        wanted = path.with_suffix(".txt").read_text(encoding="utf-8")
        for command in ("test", "validate", "run"):
            self.expect(self.call(command, "tests.yaml", cwd=path.parent), 2, "", wanted)

    def test_what_does_not_fit_the_pipeline(self):
        path = ROOT / "tests/data/wrong/unfit_test.yaml"
        wanted = path.with_suffix(".txt").read_text(encoding="utf-8")
        for command in ("test", "validate"):
            self.expect(self.call(command, path.name, cwd=path.parent), 2, "", wanted)

    def test_a_file_of_tests_is_no_pipeline(self):
        shutil.copy(DATA / "failing_test.yaml", self.folder)
        shutil.copy(DATA / "orders.yaml", self.folder)
        result = self.call("validate", ".")
        self.expect(result, 0, "./orders.yaml: ok, pipeline orders, 3 tests\n./failing_test.yaml: ok, 4 tests\n")
        self.expect(
            self.call("run", "failing_test.yaml"),
            2,
            "",
            "failing_test.yaml: error: files named *_test.yaml hold tests of pipelines, and no pipelines\n"
            "  = run them with 'hiveframed test', or give the file another name\n"
            "1 error in 1 file\n",
        )

    def test_run_of_a_folder_passes_over_tests(self):
        self.write("in.ndjson", '{"a": 1}\n')
        self.write("p.yaml", "source: in.ndjson\nsink: {uri: out.ndjson, mode: overwrite}\n")
        self.write("p_test.yaml", "pipeline: p.yaml\ntests: [{name: a, input: [], expect: []}]\n")
        result = self.call("run", "--state-dir", self.folder / "state", ".")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "out.ndjson").read_text(), '{"a": 1}\n')

    def test_a_folder_of_tests_alone_cannot_be_run(self):
        self.write("only/p_test.yaml", "pipeline: ../p.yaml\ntests: [{name: a, input: [], expect: []}]\n")
        self.expect(
            self.call("run", "only"),
            2,
            "",
            "only: error: there are only files of tests in this folder, and no pipelines\n1 error in 1 file\n",
        )


class Output(ConfigTest):
    def on_terminal(self, *arguments, **environment):
        """What the program writes to a terminal."""
        main, other = pty.openpty()
        variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        process = subprocess.Popen(
            [BINARY, *arguments],
            stdout=other,
            stderr=other,
            stdin=subprocess.DEVNULL,
            cwd=DATA,
            env={**variables, "TERM": "xterm", **environment},
        )
        os.close(other)
        text = b""
        try:
            while chunk := os.read(main, 65536):
                text += chunk
        except OSError:  # EIO: the other side is closed
            pass
        os.close(main)
        process.wait(PATIENCE)
        return text.decode().replace("\r\n", "\n")

    def test_colour_is_for_terminals(self):
        painted = self.on_terminal("test", "failing_test.yaml")
        self.assertIn("\x1b[1;31mfailed\x1b[0m  failing_test.yaml:4", painted)
        self.assertIn("\x1b[32m  note          missing, expected null\x1b[0m\n", painted)
        plain = (DATA / "failing.txt").read_text(encoding="utf-8")
        self.assertEqual(re.sub(r"\x1b\[[0-9;]*m", "", painted), plain)
        self.assertEqual(self.on_terminal("test", "failing_test.yaml", NO_COLOR="1"), plain)

    def test_junit(self):
        result = self.call("test", "--junit", self.folder / "results.xml", ".", cwd=DATA)
        self.assertEqual(result.returncode, 1, result.stderr)
        suites = ElementTree.parse(self.folder / "results.xml").getroot()
        self.assertEqual((suites.get("tests"), suites.get("failures")), ("7", "4"))
        self.assertEqual([suite.get("name") for suite in suites], ["./orders.yaml", "./failing_test.yaml"])
        self.assertEqual([len(suite.findall("testcase")) for suite in suites], [3, 4])
        first = suites[1][0]
        self.assertEqual(first.get("name"), "other values, missing and extra ones")
        self.assertEqual((first.get("file"), first.get("line")), ("./failing_test.yaml", "4"))
        self.assertIn("  amount        expected \"10\"\n", first.find("failure").text)
        self.assertIsNone(suites[0][0].find("failure"))

    def test_junit_of_files_that_are_wrong(self):
        results = self.folder / "results.xml"
        path = self.pipeline("  - {name: a, input: [], expect: []}\n")
        self.expect(self.call("test", "--junit", results, path), 0)
        # The results of that run do not stay for those of the next one.
        path.write_text(path.read_text() + "snik: discard\n")
        self.assertEqual(self.call("test", "--junit", results, path).returncode, 2)
        suites = ElementTree.parse(results).getroot()
        self.assertEqual((suites.get("tests"), suites.get("errors")), ("1", "1"))
        self.assertIn("unknown option 'snik'", suites[0][0].find("error").get("message"))
        self.write("none.yaml", "source: in.ndjson\nsink: out.ndjson\n")
        self.assertEqual(self.call("test", "--junit", results, "none.yaml").returncode, 2)
        self.assertEqual(ElementTree.parse(results).getroot().find(".//error").get("message"), "there is no test")

    def test_junit_that_cannot_be_written(self):
        result = self.call("test", "--junit", "nowhere/results.xml", DATA / "orders.yaml")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(
            result.stderr, "hiveframed test: cannot write nowhere/results.xml: No such file or directory\n"
        )

    def test_a_closed_output_is_no_failure_of_its_own(self):
        process = subprocess.run(
            f"'{BINARY}' test orders.yaml | head -1", shell=True, cwd=DATA, capture_output=True, text=True, check=False
        )
        self.assertEqual(process.stdout, "ok      orders.yaml:12  paid orders get a total\n")
        self.assertEqual(process.stderr, "")


class Documentation(ConfigTest):
    def test_the_help_teaches_by_an_example_that_passes(self):
        text = self.call("test", "--help").stdout
        example = text.split("# orders.yaml\n")[1].split("\n  Instead of")[0]
        self.write("orders.yaml", "".join(line.removeprefix("  ") + "\n" for line in example.splitlines()))
        result = self.call("test", "orders.yaml")
        self.expect(result, 0)
        self.assertTrue(result.stdout.endswith("2 tests, all passed\n"))

    def test_the_readme_example_passes(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        pipeline = text.split("    # orders.yaml\n")[1].split("\n\n")[0]
        tests = text.split("    # orders_test.yaml\n")[1].split("\n\n")[0]
        for name, lines in (("orders.yaml", pipeline), ("orders_test.yaml", tests)):
            self.write(name, "".join(line.removeprefix("    ") + "\n" for line in lines.splitlines()))
        result = self.call("test", "orders.yaml")
        self.expect(result, 0)
        self.assertTrue(result.stdout.endswith("2 tests, all passed\n"), result.stdout)

    def test_explain(self):
        text = self.call("explain", "tests").stdout
        for option in ("name", "input", "input_text", "format", "now", "env", "expect", "dead_letters", "filtered"):
            self.assertRegex(text, f"(?m)^  {option}: ")
        example = text.split("Options")[0].split("\n\n")[1]
        head = (
            "source: in.ndjson\n"
            "transforms: [{filter: record.status == 'paid'}, {set: {total: record.amount * 1.2}}]\n"
        )
        self.write("p.yaml", head + "sink: out.ndjson\n" + re.sub("(?m)^  ", "", example) + "\n")
        self.expect(self.call("test", "p.yaml"), 0)
        self.assertEqual(self.call("explain", "test_file").returncode, 0)


def main():
    global BINARY
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)


if __name__ == "__main__":
    main()
