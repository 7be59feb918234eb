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
        self.assertLess(done.peak_rss, LIMIT + BESIDE, f"{done.peak_rss / MIB:.0f} MiB")
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

    # Lanes that read side by side

    def check_files(self, count, sink, limit="48MiB", more="", records=6, length=16 * MIB - 100, most=LIMIT + BESIDE):
        """So many files of long lines are read side by side, in the memory there is."""
        folder = self.folder / "in"
        folder.mkdir(exist_ok=True)
        for i in range(count):
            with (folder / f"{i}.ndjson").open("wb") as file:
                for k in range(records):
                    file.write(b'{"id":%d,"s":"' % k + b"x" * length + b'"}\n')
        text = f"source: in/*.ndjson\nsink: {sink}\non_error: drop\n{more}\n"
        done = self.run_in(limit, write_pipeline(self.folder, text))
        self.assertLess(done.peak_rss, most, f"{done.peak_rss / MIB:.0f} MiB")
        return done

    def run_in(self, limit, pipeline):
        started = Run(BINARY, self.folder, pipeline, arguments=["--memory-limit", limit, "--threads", "4"])
        deadline = time.monotonic() + PATIENCE
        while started.running():
            self.assertLess(time.monotonic(), deadline, started.messages())
            started.sample_memory()
            time.sleep(0.002)
        done = started.wait()
        self.assertEqual(done.status, 0, done.messages)
        if os.environ.get("HIVEFRAME_SHOW_MEMORY"):
            print(f"{self.id()}: {done.peak_rss / MIB:.0f} MiB", file=sys.stderr)
        return done

    def test_long_lines_of_four_files(self):
        for sink in ("discard", "out.ndjson"):
            found = self.check_files(4, sink).pipeline()
            self.assertEqual((found["read"], found["written"], found["rejected"]), (24, 24, 0))
        self.assertGreater(self.out.stat().st_size, 24 * (16 * MIB - 100))

    def test_long_lines_of_many_files(self):
        found = self.check_files(40, "discard", records=2, length=3 * MIB).pipeline()
        self.assertEqual((found["read"], found["written"], found["rejected"]), (80, 80, 0))

    def test_lines_longer_than_there_is_memory_for(self):
        done = self.check_files(4, "discard", limit="8MiB", most=LIMIT)
        found = done.pipeline()
        self.assertEqual((found["read"], found["written"], found["rejected"]), (24, 0, 24))
        self.assertIn("more than the 4194304 of half the memory_limit", done.messages)

    # What transforms make of little

    def check_expansion(self, size, records, sink="out.ndjson", files=1, most=LIMIT + BESIDE):
        """Three bytes become so many."""
        folder = self.folder / "in"
        folder.mkdir(exist_ok=True)
        for i in range(files):
            (folder / f"{i}.ndjson").write_bytes(b"{}\n" * records)
        text = f"source: in/*.ndjson\ntransforms:\n  - set: {{a: \"'{'x' * size}'\"}}\nsink: {sink}\n"
        done = self.run_in("48MiB", write_pipeline(self.folder, text))
        found = done.pipeline()
        self.assertEqual((found["read"], found["written"]), (records * files, records * files))
        if sink == "out.ndjson":
            self.assertEqual(self.out.stat().st_size, records * files * (size + 9))
        self.assertLess(done.peak_rss, most, f"{done.peak_rss / MIB:.0f} MiB")

    def test_three_bytes_that_become_a_thousand(self):
        self.check_expansion(1000, 300_000)

    def test_three_bytes_that_become_ten_thousand(self):
        self.check_expansion(10_000, 50_000)

    def test_three_bytes_that_become_ten_thousand_in_four_files(self):
        self.check_expansion(10_000, 12_000, files=4)

    def test_three_bytes_that_become_ten_thousand_in_many_files(self):
        self.check_expansion(10_000, 1000, files=40)


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
