#!/usr/bin/env python3
"""A disk without room, for the output or for the state: waited for, said once, and nothing is lost.

    full_disk_test.py BINARY BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]

Makes small file systems, which is for root. Exit status: 0 all passed, 77 it cannot be tried here.
"""

import errno
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from kill_state import read_state
from launch import Run, write_pipeline

BINARY = ""
TEST_BINARY = ""
PATIENCE = 60  # seconds
CROSSED = 1000 * len(b'{"id":100000,"a":1}\n')  # bytes of a thousand records
BESIDE = 256 << 10  # bytes: more than what a run reads beside its input
SKIPPED = 77
RETRY = "retry: {base_delay_ms: 10, max_delay_ms: 50}\ncircuit_breaker: {timeout_ms: 50}\n"


class FullDiskTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-full-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make_input(self, count):
        lines = b"".join(b'{"id":%d,"a":1}\n' % i for i in range(1, count + 1))
        (self.folder / "in.ndjson").write_bytes(lines)
        return lines

    def small_disk(self, size):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True, check=False
        )
        if mounted.returncode != 0:
            self.skipTest("a small file system cannot be mounted here: " + mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        return disk

    def start(self, program, sink, more=""):
        pipeline = write_pipeline(self.folder, f"source: in.ndjson\nsink: {sink}\n{RETRY}\n{more}\n")
        started = Run(program, self.folder, pipeline)
        self.addCleanup(lambda: started.running() and started.kill())
        return started

    def wait_for(self, condition, started):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, started.messages())
            self.assertTrue(started.running(), f"a full disk is waited for:\n{started.messages()}")
            time.sleep(0.01)

    def check_told(self, done, trouble):
        """One message when the trouble began, one when it ended, and every attempt is counted."""
        warnings = [line for line in done.messages.splitlines() if not re.match(r"\S+ info ", line)]
        self.assertEqual(len(warnings), 2, done.messages)
        self.assertRegex(warnings[0], rf"^\S+ warn +\[pipeline\] {trouble}; trying again until it works$")
        again = re.match(r"\S+ warn +\[pipeline\] (.+): works again after (\d+) failed attempts?$", warnings[1])
        self.assertTrue(again, done.messages)
        self.assertIn(f"[pipeline] {again[1]}: ", warnings[0])
        self.assertEqual(int(again[2]), done.pipeline()["retries"])
        self.assertGreater(done.pipeline()["retries"], 0)

    def check_full_disk(self, mode, name):
        disk = self.small_disk("16m")
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(14 << 20))
        lines = self.make_input(400_000)
        started = self.start(BINARY, f"{{uri: disk/out.ndjson, mode: {mode}}}")
        self.wait_for(lambda: "No space left on device" in started.messages(), started)
        written = (disk / name).stat().st_size
        self.assertGreaterEqual(written, CROSSED)
        # Nothing leaves a pipeline whose output has no room, but more comes in.
        self.wait_for(lambda: started.bytes_read() >= written + CROSSED + BESIDE, started)
        # Each attempt writes a little, and takes it back.
        attempts = set()
        self.wait_for(lambda: attempts.add((disk / name).stat().st_mtime_ns) or len(attempts) > 5, started)
        ballast.unlink()
        done = started.wait()
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(done.pipeline()["state"], "finished")
        self.assertEqual((disk / "out.ndjson").read_bytes(), lines)
        self.assertGreaterEqual(len(lines), written + CROSSED)
        self.check_told(
            done,
            rf"sink: cannot write to {disk / name}: No space left on device; free some space on this file system",
        )

    def test_a_full_disk(self):
        self.check_full_disk("append", "out.ndjson")

    def test_a_full_disk_for_hidden_output(self):
        self.check_full_disk("overwrite", ".out.ndjson.hiveframed-partial")

    # The state

    def small_disk_for_the_state(self):
        disk = self.small_disk("1m")
        (self.folder / "state").symlink_to(disk)
        ballast = os.open(disk / "ballast", os.O_WRONLY | os.O_CREAT)
        self.addCleanup(os.close, ballast)
        return ballast

    def fill(self, ballast):
        try:
            while True:
                os.write(ballast, bytes(4096))
        except OSError as error:
            self.assertEqual(error.errno, errno.ENOSPC)

    TROUBLE = (
        r"state store: cannot use the state of pipeline 'pipeline' in {}: database or disk is full; free some space on "
        r"this file system"
    )

    def test_no_room_to_begin_the_state(self):
        ballast = self.small_disk_for_the_state()
        self.fill(ballast)
        lines = self.make_input(100_000)
        started = self.start(BINARY, "out.ndjson")
        self.wait_for(lambda: "state store: " in started.messages(), started)
        # Nothing can be written that no state would know of.
        self.assertFalse((self.folder / "out.ndjson").exists())
        os.ftruncate(ballast, 0)
        done = started.wait()
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual((self.folder / "out.ndjson").read_bytes(), lines)
        self.check_told(done, self.TROUBLE.format(rf"{self.folder}/state/pipeline\.db\S*"))

    def test_the_disk_of_the_state_fills_up(self):
        ballast = self.small_disk_for_the_state()
        lines = self.make_input(200_000)
        out = self.folder / "out.ndjson"
        more = "batch: {records: 500, linger_ms: 0}"
        started = self.start(TEST_BINARY, "{type: faulty, path: out.ndjson, delay_ms: 10}", more)
        self.wait_for(lambda: read_state(started.state, "pipeline").positions, started)
        self.assertGreaterEqual(out.stat().st_size, CROSSED)
        self.fill(ballast)
        self.wait_for(lambda: "state store: " in started.messages(), started)
        # The records go on their way meanwhile.
        written = out.stat().st_size
        self.wait_for(lambda: out.stat().st_size >= written + CROSSED, started)
        os.ftruncate(ballast, 0)
        self.wait_for(lambda: "works again" in started.messages(), started)
        self.assertGreaterEqual(len(lines), out.stat().st_size + CROSSED)
        done = started.wait()
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(out.read_bytes(), lines)
        self.check_told(done, self.TROUBLE.format(rf"{self.folder}/state/pipeline\.db\S*"))


if __name__ == "__main__":
    BINARY, TEST_BINARY = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
    tests = unittest.main(exit=False).result
    sys.exit(SKIPPED if tests.wasSuccessful() and tests.skipped else int(not tests.wasSuccessful()))
