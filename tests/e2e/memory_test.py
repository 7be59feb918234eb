#!/usr/bin/env python3
"""Long records in little memory: whatever they hold, the process keeps to its limit, and loses none.

    memory_test.py BINARY [unittest's arguments]
"""

import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

from launch import Run, write_pipeline

BINARY = ""
PATIENCE = 120  # seconds
MIB = 1 << 20
LIMIT = 48 * MIB
# The program itself, and what each of four threads keeps.
BESIDE = 16 * MIB
LONG = 6_000_000  # bytes


def dense_list(i):
    return b"[%d," % i + b"1," * (LONG // 2) + b"0]"


def dense_object(i):
    return b'{"id":%d' % i + b"".join(b',"k%d":1' % k for k in range(LONG // 12)) + b"}"


def escaped(i):
    return b'{"id":%d,"s":"' % i + b"\\n" * (LONG // 2) + b'"}'


def long_string(i):
    return b'{"id":%d,"s":"' % i + b"x" * (15 * MIB) + b'"}'


def decimals(i):
    return b'{"id":%d,"n":[' % i + b"1e400," * (LONG // 20) + b"0]}"


class MemoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-memory-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out.ndjson"

    def check(
        self, record, count, *, rejected=0, kept=None, more="", source="in.ndjson", between=b"\n", ends=(b"", b"\n")
    ):
        """All of `count` records are written or rejected, in the memory there is."""
        kept = count - rejected if kept is None else kept
        with (self.folder / source).open("wb") as file:
            file.write(ends[0])
            for i in range(count):
                file.write((between if i else b"") + record(i))
            file.write(ends[1])
        pipeline = write_pipeline(self.folder, f"source: {source}\nsink: out.ndjson\non_error: drop\n{more}\n")
        started = Run(BINARY, self.folder, pipeline, arguments=["--memory-limit", "48MiB", "--threads", "4"])
        deadline = time.monotonic() + PATIENCE
        while started.running():
            self.assertLess(time.monotonic(), deadline, started.messages())
            started.sample_memory()
            time.sleep(0.002)
        done = started.wait()
        self.assertEqual(done.status, 0, done.messages)
        found = done.pipeline()
        self.assertEqual(
            [found[key] for key in ("read", "rejected", "filtered", "written")],
            [count, rejected, count - rejected - kept, kept],
        )
        with self.out.open("rb") as out:
            self.assertEqual(sum(1 for _ in out), kept)
        self.assertGreater(done.peak_rss, 0)
        # A record is charged when it is whole: of the longest, one more may stand in the reader.
        reading = len(record(0)) if len(record(0)) > LIMIT // 4 else 0
        self.assertLess(done.peak_rss, LIMIT + BESIDE + reading, f"{done.peak_rss / MIB:.0f} MiB")
        if os.environ.get("HIVEFRAME_SHOW_MEMORY"):
            print(f"{self.id()}: {done.peak_rss / MIB:.0f} MiB", file=sys.stderr)

    def test_lists_too_large_to_look_into(self):
        self.check(dense_list, 6, rejected=6)

    def test_objects_too_large_to_look_into(self):
        self.check(dense_object, 6, rejected=6)

    def test_long_strings(self):
        self.check(long_string, 6)

    def test_strings_of_escapes(self):
        self.check(escaped, 12)

    def test_numbers_that_are_kept_as_they_are(self):
        self.check(decimals, 12)

    def test_a_look_into_long_records(self):
        self.check(long_string, 6, kept=1, more="transforms:\n  - filter: record.id == 3")
        self.out.unlink()
        self.check(decimals, 12, kept=1, more="transforms:\n  - filter: record.id == 3")

    def test_long_elements_of_an_array(self):
        self.check(dense_list, 6, rejected=6, source="in.json", between=b",\n", ends=(b"[", b"]\n"))
        self.out.unlink(missing_ok=True)
        self.check(escaped, 12, source="in.json", between=b",\n", ends=(b"[", b"]\n"))


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
