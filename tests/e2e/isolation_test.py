#!/usr/bin/env python3
"""A pipeline whose sink is dead takes neither processor nor time from its neighbour in the same process.

    isolation_test.py BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]

The neighbour reads a FIFO, which gets its first byte when the dead sink's pipeline has taken what memory it
may have and stands still. What counts is the process's CPU time from there to the neighbour's last byte; wall time
depends more on what else the machine does, so that only a large part of it would be noticed. Such things only add:
the least of several rounds is compared, and more rounds are run while that is too much.
"""

import fcntl
import os
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

from launch import Run, write_pipeline

BINARY = ""
PATIENCE = 60  # seconds; nothing here should take a tenth of it
ROUNDS = range(3, 21)  # at least, and fewer than
RECORDS = 400_000
CPU_BAR = 1.15  # times what it takes alone
WALL_BAR = 2.0
PIPE = 1 << 20  # bytes
IDLE = 0.05  # CPU seconds a second


class IsolationTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-isolation-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        note = "x" * 300
        for name, count in (("healthy.ndjson", RECORDS), ("stuck.ndjson", 300_000)):
            with open(self.folder / name, "w", encoding="utf-8") as lines:
                lines.writelines(f'{{"id":{i}, "note":"{note[: i % 300]}"}}\n' for i in range(1, count + 1))
        os.mkfifo(self.folder / "fifo")
        self.healthy = write_pipeline(
            self.folder, "source: {uri: fifo, format: ndjson}\nsink: {uri: healthy.out, format: ndjson}\n", "healthy"
        )
        self.stuck = write_pipeline(
            self.folder,
            """
source: stuck.ndjson
sink: {type: faulty, path: stuck.out, events: stuck.events, stall_after: 5000}
batch: {records: 1000, linger_ms: 5}
""",
            "stuck",
        )
        self.thief = write_pipeline(
            self.folder, "source: {type: generate}\ntransforms: [filter: record.id < 0]\nsink: discard\n", "thief"
        )

    def wait_for(self, condition, started):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"it did not happen:\n{started.messages()}")
            self.assertTrue(started.running(), f"the run has ended:\n{started.messages()}")
            time.sleep(0.001)

    def stands_still(self, clock):
        wall, cpu = time.monotonic(), time.clock_gettime(clock)
        time.sleep(0.1)
        return time.clock_gettime(clock) - cpu < IDLE * (time.monotonic() - wall)

    def measure(self, neighbour=None):
        """Wall and CPU seconds that the process takes for the healthy pipeline."""
        for name in ("healthy.out", "stuck.out", "stuck.events"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        files = [self.healthy] if neighbour is None else [neighbour, self.healthy]
        started = Run(BINARY, self.folder, *files, arguments=["--memory-limit", "48MiB"])
        self.addCleanup(lambda: started.running() and started.kill())
        clock = (~started.process.pid << 3) | 2  # as clock_getcpuclockid(3) makes it
        lines, out = self.folder / "healthy.ndjson", self.folder / "healthy.out"
        if neighbour == self.stuck:
            events = self.folder / "stuck.events"
            self.wait_for(lambda: events.exists() and "stalled" in events.read_text(), started)
            self.wait_for(lambda: self.stands_still(clock), started)
        self.wait_for(lambda: "[healthy] starting" in started.messages(), started)
        with lines.open("rb") as source, (self.folder / "fifo").open("wb") as fifo:
            fcntl.fcntl(fifo, fcntl.F_SETPIPE_SZ, PIPE)
            wall, cpu = time.monotonic(), time.clock_gettime(clock)
            shutil.copyfileobj(source, fifo, PIPE)
            # Before the FIFO's end, at which a run that is alone ends too. The last line has come.
            fifo.flush()
            self.wait_for(lambda: out.exists() and out.stat().st_size == lines.stat().st_size, started)
            wall, cpu = time.monotonic() - wall, time.clock_gettime(clock) - cpu
        if neighbour is None:
            self.assertEqual(started.wait().status, 0)
        else:
            self.wait_for(lambda: "[healthy] finished" in started.messages(), started)
            self.assertTrue(started.kill(), "the neighbour has ended")
        self.assertEqual(out.read_bytes(), lines.read_bytes())
        return wall, cpu

    def test_a_dead_sink_does_not_hold_up_its_neighbour(self):
        self.measure()  # until the files are in memory
        alone, beside = [], []
        while True:
            alone.append(self.measure())
            beside.append(self.measure(self.stuck))
            written = (self.folder / "stuck.out").read_bytes().count(b"\n")
            self.assertTrue(1000 <= written <= 6000, f"{written} records were written before the sink died")
            wall, cpu = (min(with_it) / min(without) for with_it, without in zip(zip(*beside), zip(*alone)))
            if len(alone) >= ROUNDS.start and cpu < CPU_BAR and wall < WALL_BAR:
                return
            if len(alone) + 1 >= ROUNDS.stop:
                self.fail(f"{cpu:.2f} times the CPU time and {wall:.2f} times the time: {beside}, alone: {alone}")

    def test_a_neighbour_that_works_is_noticed(self):
        """What is measured above can fail."""
        ratios = [self.measure(self.thief)[1] / self.measure()[1] for _ in range(3)]
        self.assertGreater(max(ratios), CPU_BAR, ratios)


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
