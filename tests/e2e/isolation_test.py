#!/usr/bin/env python3
"""A pipeline whose sink is dead takes neither processor nor time from its neighbour in the same process.

    isolation_test.py BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]

The neighbour reads a FIFO, which gets its first byte when the dead sink's pipeline has taken what memory it
may have and stands still. What counts is the process's CPU time from there to the neighbour's last byte, and the wall
time. What else the machine does only adds to either: rounds with the dead sink and without take turns, the least of
several is compared, and more rounds are run while that is too much.
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
ROUNDS = range(5, 26)  # at least, and fewer than
RECORDS = 800_000
CPU_BAR = 1.05  # times what it takes alone
WALL_BAR = 1.3  # of some tenths of a second, of which waking up takes a part; tests/bench/run measures it closely
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
            self.folder,
            """
source: {uri: fifo, format: ndjson}
transforms: [filter: record.id > 0]
sink: {uri: healthy.out, format: ndjson}
""",
            "healthy",
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
        thief = "source: {type: generate}\ntransforms: [filter: record.id < 0]\nsink: discard\n"
        self.thieves = [write_pipeline(self.folder, thief, f"thief{i}") for i in range(2)]

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

    def measure(self, *neighbours, threads=2):
        """Wall and CPU seconds that the process takes for the healthy pipeline."""
        for name in ("healthy.out", "stuck.out", "stuck.events"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "state", ignore_errors=True)
        started = Run(BINARY, self.folder, *neighbours, self.healthy, arguments=["--memory-limit", "48MiB", "--threads", str(threads)])
        self.addCleanup(lambda: started.running() and started.kill())
        clock = (~started.process.pid << 3) | 2  # as clock_getcpuclockid(3) makes it
        lines, out = self.folder / "healthy.ndjson", self.folder / "healthy.out"
        if self.stuck in neighbours:
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
        if not neighbours:
            self.assertEqual(started.wait().status, 0)
        else:
            self.wait_for(lambda: "[healthy] finished" in started.messages(), started)
            self.assertTrue(started.kill(), "the neighbour has ended")
        self.assertEqual(out.read_bytes(), lines.read_bytes())
        return wall, cpu

    @staticmethod
    def slower(beside, alone):
        """Wall and CPU, times what it takes alone."""
        return [min(with_it) / min(without) for with_it, without in zip(zip(*beside), zip(*alone))]

    def test_a_dead_sink_does_not_hold_up_its_neighbour(self):
        self.measure()  # until the files are in memory
        alone, beside = [], []
        while True:
            alone.append(self.measure())
            beside.append(self.measure(self.stuck))
            written = (self.folder / "stuck.out").read_bytes().count(b"\n")
            self.assertTrue(1000 <= written <= 6000, f"{written} records were written before the sink died")
            wall, cpu = self.slower(beside, alone)
            if len(alone) >= ROUNDS.start and cpu < CPU_BAR and wall < WALL_BAR:
                print(f"{wall:.3f} times the time, {cpu:.3f} times the CPU time, in {len(alone)} rounds")
                return
            if len(alone) + 1 >= ROUNDS.stop:
                self.fail(f"{wall:.2f} times the time and {cpu:.2f} times the CPU time: {beside}, alone: {alone}")

    def test_a_neighbour_that_works_is_noticed(self):
        """What is measured above can fail."""
        rounds = [(self.measure(*self.thieves, threads=1), self.measure(threads=1)) for _ in range(ROUNDS.start)]
        wall, cpu = self.slower(*zip(*rounds))
        print(f"{wall:.3f} times the time, {cpu:.3f} times the CPU time beside two that work")
        self.assertGreater(cpu, CPU_BAR, rounds)


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
