#!/usr/bin/env python3
"""Kills hiveframed with -9 while records are in flight, starts it again until it is done, and judges the output.

    kill_test.py BINARY [--shape NAME] [--kills N] [--seed N] [--jobs N] [--keep]

A kill counts when it hit while records were in flight: the run had written more than was committed, had
more to write, and was alive. Kills that hit earlier (while a run opens its state and output) or later (while
it publishes) happen too, and are judged the same way, but do not count. Now and then a run is told to stop
instead (SIGTERM): then nothing at all may be repeated. A failure prints the seed and keeps
the folder. Exit status: 0 sound.
"""

import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from kill_oracle import Oracle, sizes_of
from kill_commits import Commits
from kill_shapes import SHAPES
from launch import Run

PATIENCE = 120  # seconds; a run takes some
LOOK_EVERY = 0.003  # seconds


def moment(chance):
    """Seconds from the first byte of output to the kill: at once, before the first commit, after one or two."""
    return chance.choice(
        [chance.uniform(0, 0.05), chance.uniform(0, 0.9), chance.uniform(0.9, 1.3), chance.uniform(1, 2.3)]
    )


class Killer:
    """Kills runs of one shape until enough kills have counted."""

    def __init__(self, binary, shape, kills, seed):
        self.binary, self.shape, self.kills, self.seed = binary, shape, kills, seed
        self.chance = random.Random(seed)
        self.seen = Counter()
        self.worst_repeat = 0
        self.worst_loss = 0

    def work(self, folder):
        while self.seen["in flight"] < self.kills:
            self.seen["rounds"] += 1
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            self.one_round(folder)
        return self.report()

    def one_round(self, folder):
        """From fresh input to its complete output."""
        case = self.shape.make(folder, self.chance)
        oracle = Oracle(case, folder / "state")
        while True:
            enough = self.seen["in flight"] >= self.kills
            early = not enough and self.chance.random() < 0.1
            stop = not early and self.chance.random() < 0.1
            before = sizes_of(case)
            commits = Commits(folder / "state", case.pipeline.stem)
            run = Run(self.binary, folder, case.pipeline, arguments=case.arguments)
            if early:
                time.sleep(self.chance.uniform(0, 0.08))
            elif not enough:
                self.wait_for_moment(run, case, commits, oracle)
            else:
                run.wait(PATIENCE)
            if not run.running():
                break
            if stop:
                run.process.send_signal(signal.SIGTERM)
                self.expect_success(run.wait(PATIENCE))
                if oracle.after_stop() == "finished":
                    return
                self.seen["told to stop"] += 1
                continue
            if not run.kill():
                break  # it ended by itself in the last moment
            sizes = sizes_of(case)
            commits.look(sizes)
            phase, behind_marks = oracle.after_kill(commits.written_before())
            if phase != "flowing":
                self.seen[phase] += 1
                if phase == "finished":
                    self.keep_worst(oracle)
                    return
            elif early:
                self.seen["at the start"] += 1
            elif behind_marks == 0 or sizes == before:
                self.seen["between two writes"] += 1
            else:
                self.seen["in flight"] += 1
        self.expect_success(run.result())
        oracle.after_finish()
        self.keep_worst(oracle)

    def keep_worst(self, oracle):
        self.worst_repeat = max(self.worst_repeat, oracle.worst_repeat)
        self.worst_loss = max(self.worst_loss, oracle.worst_loss)

    @staticmethod
    def expect_success(result):
        assert result.status == 0, f"the run ended with {result.status}:\n{result.messages}"

    def wait_for_moment(self, run, case, commits, oracle):
        """Returns at a random moment after the run has begun to write, or when it has ended."""
        deadline = time.monotonic() + PATIENCE
        smallest = size = sum(sizes_of(case).values())
        # A run first cuts what was not committed, then it grows.
        while run.running() and size <= smallest:
            smallest = size
            sizes = sizes_of(case)
            size = sum(sizes.values())
            commits.look(sizes)
            assert time.monotonic() < deadline, f"nothing was written:\n{run.messages()}"
            time.sleep(LOOK_EVERY)
        until = time.monotonic() + moment(self.chance)
        while run.running() and time.monotonic() < until:
            commits.look(sizes_of(case))
            oracle.check_shown()
            time.sleep(LOOK_EVERY)

    def report(self):
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.seen.items()))
        lost = f" and {self.worst_loss} lost" if self.worst_loss else ""
        return f"{self.shape.name}: seed {self.seed}: {counts}; at most {self.worst_repeat} bytes repeated{lost} by a kill"


def kill_shape(binary, name, kills, seed, keep):
    folder = Path(tempfile.mkdtemp(prefix=f"hiveframed-kill-{name}-"))
    killer = Killer(binary, SHAPES[name](), kills, seed)
    try:
        report = killer.work(folder / "case")
    except Exception:
        return False, f"{killer.report()}\n{traceback.format_exc()}\nthe folder is kept: {folder}"
    if not keep:
        shutil.rmtree(folder)
    return True, report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--shape", choices=SHAPES, action="append", help="may be given several times; default: all")
    parser.add_argument("--kills", type=int, help="in all, spread over the shapes; default: as in tests/run")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="shapes at the same time")
    parser.add_argument("--keep", action="store_true", help="keep the last folder of each shape")
    arguments = parser.parse_args()
    names = arguments.shape or list(SHAPES)
    usual = sum(SHAPES[name].kills for name in names)
    print(f"seed {arguments.seed}", flush=True)
    sound = True
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        jobs = []
        for name in names:
            kills = SHAPES[name].kills
            if arguments.kills is not None:
                kills = -(-arguments.kills * kills // usual)
            jobs.append(pool.submit(kill_shape, arguments.binary, name, kills, arguments.seed, arguments.keep))
        for job in concurrent.futures.as_completed(jobs):
            passed, report = job.result()
            sound = sound and passed
            print(report, flush=True)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
