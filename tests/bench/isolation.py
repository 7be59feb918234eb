"""What a pipeline loses to a second one in the same process: one that works, and one that is stuck.

The second does the same work on the same file and writes to standard output, a pipe. When its reader
stands still, it fills the pipe and then the memory it may have, and waits. The first is measured from the
first tenth of its output to the end, so that filling is over by then.
"""

import array
import collections
import fcntl
import os
import select
import shutil
import signal
import statistics
import subprocess
import termios
import time

from measuring import MEMORY_LIMIT, REBUILT, Wrong, mark

BAR = 0.05
CLEAR = 0.1  # of the output, before the measure begins
PATIENCE = 300  # seconds

Round = collections.namedtuple("Round", "wall cpu waiting")  # seconds, CPU seconds of the process, records


def cpu_clock(pid):
    """The clock of a process's CPU time, as clock_getcpuclockid(3) makes it."""
    return (~pid << 3) | 2


def bytes_in(pipe):
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


class Process:
    """One run of two pipelines or one; `output` is the first one's, of `wanted` bytes in the end."""

    def __init__(self, command, cpus, stdout, output, wanted):
        output.unlink(missing_ok=True)
        self.output, self.wanted = output, wanted
        command = ["taskset", "-c", ",".join(map(str, cpus)), *map(str, command)]
        self.name = " ".join(command)
        self.process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True)
        self.clock = cpu_clock(self.process.pid)

    def measure(self, check=lambda: None):
        """Seconds and CPU seconds from the first tenth of the output to all of it; check() at both ends."""
        self.wait_for(self.wanted * CLEAR)
        check()
        wall, cpu = time.monotonic(), time.clock_gettime(self.clock)
        self.wait_for(self.wanted)
        wall, cpu = time.monotonic() - wall, time.clock_gettime(self.clock) - cpu
        check()
        return wall, cpu

    def wait_for(self, size):
        deadline = time.monotonic() + PATIENCE
        while not self.output.exists() or self.output.stat().st_size < size:
            if self.process.poll() is not None:
                raise Wrong(f"{self.name}: it ended before its output was complete\n{self.process.stderr.read()}")
            if time.monotonic() > deadline:
                raise Wrong(f"{self.name}: its output is not complete after {PATIENCE} s")
            time.sleep(0.001)

    def stop(self):
        """Returns when it has seen the signal: it reads no more, and writes what it has read."""
        self.process.send_signal(signal.SIGTERM)
        if not any("SIGTERM" in line for line in self.process.stderr):
            raise Wrong(f"{self.name}: it ended before it was stopped")

    def end(self):
        complaint = self.process.stderr.read()
        if self.process.wait() != 0:
            raise Wrong(f"{self.name}: it ended with {self.process.returncode}\n{complaint}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


def alone(start):
    """start(stdout) makes the Process, here and below."""
    with start(subprocess.DEVNULL) as run:
        wall, cpu = run.measure()
        run.end()
    return Round(wall, cpu, 0)


def beside_one_that_works(start):
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as reader:
        with start(reader.stdin) as run:
            reader.stdin.close()
            wall, cpu = run.measure()
            run.end()
    return Round(wall, cpu, 0)


def beside_one_that_is_stuck(start):
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe, open(writing, "wb") as stdout, start(stdout) as run:
        def check():
            # By its room, not its bytes: what is written in small pieces leaves the pipe's pages half empty.
            if select.select([], [stdout], [], 0)[1]:
                raise Wrong(f"{run.name}: the second is not stuck: its pipe, with {bytes_in(pipe)} bytes, takes more")

        wall, cpu = run.measure(check)
        run.stop()
        check()
        stdout.close()
        held = bytes_in(pipe)
        # Nobody has read a byte until now. What comes after the pipe's own bytes had waited.
        pipe.read(held)
        waiting = sum(block.count(b"\n") for block in iter(lambda: pipe.read(1 << 20), b""))
        if waiting == 0:
            raise Wrong(f"{run.name}: no record waited behind the reader that stood still")
        run.end()
    return Round(wall, cpu, waiting)


def slower(rounds, alone_rounds):
    """How much longer it took than alone in the same round, as a share: the median of wall and of CPU time."""
    pairs = list(zip(rounds, alone_rounds))
    return (statistics.median(one.wall / other.wall - 1 for one, other in pairs),
            statistics.median(one.cpu / other.cpu - 1 for one, other in pairs))


def isolation(bench):
    """Prints this part's table and adds its figures."""
    out = bench.folder / "first.out"
    first = bench.pipeline("first", REBUILT, out, mode="append")
    second = bench.pipeline("second", REBUILT, "stdout")
    wanted = bench.folder / "wanted.out"
    bench.measure(bench.daemon(bench.pipeline("wanted", REBUILT, wanted)), bench.cpus, wanted)
    kinds = [("alone", alone, [first]),
             ("beside one that works", beside_one_that_works, [first, second]),
             ("beside one whose reader stands still", beside_one_that_is_stuck, [first, second])]
    rounds, stuck = collections.defaultdict(list), kinds[-1][0]
    for turn in range(bench.rounds):
        for title, run, pipelines in kinds:
            # Every run begins at the beginning.
            shutil.rmtree(bench.folder / "state", ignore_errors=True)
            command = bench.daemon(*pipelines, "--memory-limit", MEMORY_LIMIT, quiet=False)
            rounds[title].append(run(lambda stdout: Process(
                command, bench.cpus, stdout, out, wanted.stat().st_size)))
            if turn == 0:
                bench.check(out, wanted)
    out.unlink()
    wanted.unlink()
    print(f"\nA pipeline (filter, set, drop; the last {1 - CLEAR:.0%} of its output) and another in the same process,\n"
          f"on {len(bench.cpus)} cores with memory_limit {MEMORY_LIMIT}, median of {bench.rounds}")
    print(f"{'':38}{'wall s':>8}{'CPU s':>8}{'slower: wall':>14}{'CPU':>8}{'at most':>9}")
    for title, _, _ in kinds:
        wall, cpu, _ = (statistics.median(column) for column in zip(*rounds[title]))
        row = f"{title:38}{wall:8.2f}{cpu:8.2f}"
        figure = dict(part="isolation", work=title, wall_s=wall, cpu_s=cpu)
        if title != "alone":
            slower_wall, slower_cpu = slower(rounds[title], rounds["alone"])
            row += f"{slower_wall:14.1%}{slower_cpu:8.1%}"
            figure.update(slower_wall=slower_wall, slower_cpu=slower_cpu)
        if title == stuck:
            waiting = min(each.waiting for each in rounds[title])
            row += f"{BAR:9.0%}{mark(max(slower_wall, slower_cpu) <= BAR)}"
            figure.update(bar=BAR, records_waiting=waiting)
        print(row)
        bench.add(**figure)
    print(f"CPU seconds are of the whole process; at least {waiting:,} records waited behind the reader that stood still")
