#!/usr/bin/env python3
"""A folder of many small files: every record arrives, and what the files take stays within bounds.

    many_files_test.py BINARY [unittest's arguments]
"""

import os
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

from launch import Run, write_pipeline

BINARY = ""
RELEASE = os.environ.get("HIVEFRAME_BUILD_TYPE", "Release") == "Release"
FILES = 5000
MIB = 1 << 20
# The program and its threads take 15 MiB, and records next to nothing: the rest is for files that were read
# and are not stored as done. Kept until then, this many files would take more, each some 10 KiB.
PEAK = 40 * MIB
ARGUMENTS = ("--memory-limit", "48MiB")


def number_of(file):
    return 7 * file + 1


class ManyFilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hiveframed-many-files-"))
        self.addCleanup(shutil.rmtree, self.folder)
        source = self.folder / "in"
        source.mkdir()
        for file in range(FILES):
            (source / f"{file:06}.ndjson").write_text(f'{{"file":{file},"n":{number_of(file)}}}\n')

    def run_into(self, sink, *arguments):
        pipeline = write_pipeline(self.folder, f"source: in\nsink: {sink}\n")
        started = Run(BINARY, self.folder, pipeline, arguments=(*ARGUMENTS, *arguments))
        self.addCleanup(started.kill)
        while started.running():
            started.sample_memory()
            time.sleep(0.005)
        done = started.wait()
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(done.pipeline()["read"], FILES)
        if RELEASE:
            self.assertGreater(done.peak_rss, 0, "its memory was not seen")
            self.assertLess(done.peak_rss, PEAK, f"peak of {done.peak_rss >> 20} MiB")

    def test_every_record_arrives_once(self):
        self.run_into("out.ndjson")
        lines = (self.folder / "out.ndjson").read_text().splitlines()
        expected = [f'{{"file":{file},"n":{number_of(file)}}}' for file in range(FILES)]
        self.assertEqual(sorted(lines), sorted(expected))

    def test_memory_of_one_thread(self):
        self.run_into("discard", "--threads", "1")

    def test_memory_of_several_threads(self):
        self.run_into("discard", "--threads", "4")


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
