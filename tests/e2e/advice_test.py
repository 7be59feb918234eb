#!/usr/bin/env python3
"""What a message says to do, done to the letter: it works, and the output is what the message promised.

    advice_test.py BINARY [unittest's arguments]
"""

import gzip
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from launch import run, write_pipeline

BINARY = ""
BAD_LINE = 2000  # where the bad record stands: behind what a file is known by


def good(begin, end):
    return b"".join(b'{"id":%d,"a":1}\n' % i for i in range(begin, end))


class AdviceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-advice-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.input = self.folder / "in.ndjson"
        self.out = self.folder / "out.ndjson"

    def run_it(self, *arguments, source="in.ndjson", mode="append", more=""):
        pipeline = write_pipeline(
            self.folder, f"source: {source}\nsink: {{uri: out.ndjson, mode: {mode}}}\n{more}\n"
        )
        return run(BINARY, self.folder, pipeline, arguments=arguments)

    def fail_it(self, *says, **options):
        done = self.run_it(**options)
        self.assertEqual(done.status, 1, done.messages)
        [error] = [line for line in done.messages.splitlines() if re.match(r"\S+ error ", line)]
        for each in says:
            self.assertIn(each, error)

    def finish(self, *arguments, **options):
        done = self.run_it(*arguments, **options)
        self.assertEqual(done.status, 0, done.messages)

    def write_bad(self, line):
        self.input.write_bytes(good(1, line) + b"no\n" + good(line + 1, 2 * BAD_LINE))

    def mend(self):
        """As most editors do it: a new file in place of the old one."""
        subprocess.run(["sed", "-i", 's/^no$/{"id":0,"a":1}/', self.input], check=True)

    # A bad record

    def test_go_past_a_bad_record(self):
        for number, on_error in enumerate(("drop", f"{{dead_letter: {self.folder}/letters.ndjson}}")):
            with self.subTest(on_error=on_error):
                self.out.unlink(missing_ok=True)
                self.write_bad(BAD_LINE)
                self.fail_it("set on_error to drop or to a dead_letter to go past it")
                self.finish(more=f"on_error: {on_error}")
                self.assertEqual(self.out.read_bytes(), good(1, BAD_LINE) + good(BAD_LINE + 1, 2 * BAD_LINE))
                letters = self.folder / "letters.ndjson"
                self.assertEqual(len(letters.read_bytes().splitlines()) if letters.exists() else 0, number)

    def test_mend_a_bad_record_and_begin_anew(self):
        for line in (2, BAD_LINE):
            for mode in ("append", "overwrite"):
                with self.subTest(line=line, mode=mode):
                    self.out.unlink(missing_ok=True)
                    self.write_bad(line)
                    self.fail_it("or mend the input and run with --from-start", mode=mode)
                    self.mend()
                    self.finish("--from-start", mode=mode)
                    # As the message says: what stood before it is written again where output is appended.
                    before = good(1, line) if mode == "append" else b""
                    self.assertEqual(self.out.read_bytes(), before + self.input.read_bytes())

    def test_mended_and_run_without_thinking(self):
        """Another file than the one that was read: this error says the way out, too."""
        self.write_bad(BAD_LINE)
        self.fail_it("the next run begins with it")
        before = self.out.read_bytes()
        self.mend()
        self.fail_it(
            "is not what this pipeline read before under that name",
            "run with --from-start, which reads everything anew (a sink that appends then writes again what it has "
            "already)",
        )
        self.assertEqual(self.out.read_bytes(), before)
        self.finish("--from-start")
        self.assertEqual(self.out.read_bytes(), before + self.input.read_bytes())

    def test_a_bad_expression_is_mended_in_the_pipeline(self):
        self.input.write_bytes(good(1, BAD_LINE) + b'{"id":0,"a":"1"}\n')
        self.fail_it("the next run begins with it", more="transforms: [filter: record.a + 1 == 2]")
        self.finish(more="transforms: [filter: int(record.a) + 1 == 2]")
        self.assertEqual(self.out.read_bytes(), self.input.read_bytes())

    def test_a_record_that_a_dry_run_stops_at(self):
        self.write_bad(BAD_LINE)
        pipeline = write_pipeline(self.folder, "source: in.ndjson\nsink: out.ndjson\n")
        done = subprocess.run(
            [BINARY, "run", "--dry-run", pipeline], capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertFalse(self.out.exists())
        self.assertIn("; set on_error to drop or to a dead_letter to go past it, or mend it\n", done.stderr)
        self.assertNotIn("delivered", done.stderr)
        self.mend()
        done = subprocess.run(
            [BINARY, "run", "--dry-run", pipeline], capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 2 * BAD_LINE - 1)

    def test_a_partition_that_no_folder_can_be_named_after(self):
        self.input.write_bytes(b'{"day":"mon","n":1}\n{"day":["tue"],"n":2}\n')
        text = "source: in.ndjson\nsink: {uri: days, format: ndjson, partition_by: [n, day]}\n"
        done = run(BINARY, self.folder, write_pipeline(self.folder, text))
        self.assertEqual(done.status, 1)
        self.assertIn(
            f"in.ndjson line 2: the value of 'day' in partition_by is a list at {self.folder}/pipeline.yaml:2:53, "
            "and no text, number or the like (expression error in sink); ",
            done.messages,
        )

    # A packed file that was not copied whole

    def check_packed(self, damaged, mode):
        lines = good(1, 400_000)
        packed = self.folder / "in.ndjson.gz"
        packed.write_bytes(damaged(gzip.compress(lines, mtime=0)))
        self.fail_it("; with a good copy, run with --from-start", source="in.ndjson.gz", mode=mode)
        before = self.out.read_bytes() if mode == "append" else b""
        copy = self.folder / "copy"
        copy.write_bytes(gzip.compress(lines, mtime=0))
        copy.rename(packed)
        self.finish("--from-start", source="in.ndjson.gz", mode=mode)
        self.assertEqual(self.out.read_bytes(), before + lines)
        self.out.unlink()

    def test_a_good_copy_in_place_of_a_truncated_gzip(self):
        for mode in ("append", "overwrite"):
            with self.subTest(mode=mode):
                self.check_packed(lambda packed: packed[: len(packed) // 2], mode)

    def test_a_good_copy_in_place_of_a_damaged_gzip(self):
        self.check_packed(lambda packed: packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:], "append")

    def test_a_good_copy_where_nothing_of_the_first_could_be_read(self):
        lines = good(1, 1000)
        packed = self.folder / "in.ndjson.gz"
        packed.write_bytes(gzip.compress(lines, mtime=0)[:12])
        self.fail_it("the file was not written or copied whole", source="in.ndjson.gz")
        copy = self.folder / "copy"
        copy.write_bytes(gzip.compress(lines, mtime=0))
        copy.rename(packed)
        self.finish(source="in.ndjson.gz")
        self.assertEqual(self.out.read_bytes(), lines)


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
