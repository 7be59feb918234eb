#!/usr/bin/env python3
"""delivery: exactly_once across processes: killed with -9, and paused while another process takes over.

    exactly_once_test.py BINARY_WITH_LEDGER_CONNECTOR [unittest's arguments]

The ledger sink commits rows and positions together and does not keep a row from being there twice. The seed is
printed; EXACTLY_ONCE_SEED gives it back.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import unittest
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from launch import Run, write_pipeline

BINARY = ""
SEED = int(os.environ.get("EXACTLY_ONCE_SEED", random.SystemRandom().randrange(1 << 32)))
PATIENCE = 60  # seconds; nothing here should take a tenth of it
LOOK_EVERY = 0.003  # seconds
KILLS = 8  # of each case
RECORDS = 30_000
FILTER = "record.id % 8000 < 5000 || record.id % 700 == 0"  # whole batches of a lane go, and most of others
BAD = 641  # every so many ids


@dataclass
class Record:
    number: int
    end: int  # of its line: where a position behind it stands
    line: str


def kept(record):
    return record.number % 8000 < 5000 or record.number % 700 == 0


class Ledger:
    """The database as it stands, read without changing it."""

    def __init__(self, path):
        self.path = path

    def _select(self, sql):
        if not self.path.exists():
            return []
        database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=PATIENCE)
        try:
            return database.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
        finally:
            database.close()

    def rows(self):
        return [(int(number), line) for number, line in self._select("SELECT id, line FROM rows ORDER BY seq")]

    def count(self):
        return sum(count for count, in self._select("SELECT count(*) FROM rows"))

    def positions(self):
        """Bytes by lane. A position of a stream is "<offset>/<what the framer needs>"."""
        rows = self._select("SELECT pipeline, lane, position FROM lanes WHERE position IS NOT NULL")
        assert {name for name, _, _ in rows} <= {"pipeline"}, rows
        return {lane: int(position.split("/")[0]) for _, lane, position in rows}

    def owners(self):
        return {owner for owner, in self._select("SELECT owner FROM lanes")}

    def can_be_written(self):
        database = sqlite3.connect(self.path, timeout=0.2, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
        finally:
            database.close()
        return True


class ExactlyOnceTest(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(f"{SEED} {self.id()}")
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-exactly-once-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.fresh()

    def fresh(self):
        for entry in self.folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        self.ledger = Ledger(self.folder / "ledger.db")
        self.letters = self.folder / "letters.ndjson"

    def make_input(self, files, count=RECORDS):
        """Files of different lengths; ids rise through all of them."""
        inputs = self.folder / "in"
        inputs.mkdir()
        shares = [self.chance.random() + 0.2 for _ in range(files)]
        self.lanes = {}
        number = 1
        for i, share in enumerate(shares):
            records, end = [], 0
            for _ in range(int(count * share / sum(shares))):
                line = f'{{"id":{number}, "note":"é{"x" * self.chance.randrange(100)}"}}'
                end += len(line.encode()) + 1
                records.append(Record(number, end, line))
                number += 1
            path = inputs / f"{i}.ndjson"
            path.write_text("".join(record.line + "\n" for record in records))
            self.lanes[str(path)] = records

    def pipeline(self, sink="", more="", batch=50):
        return write_pipeline(
            self.folder,
            f"""
source: {self.folder}/in
sink:
  type: ledger
  path: {self.ledger.path}
  {sink}
delivery: exactly_once
batch: {{records: {batch}, linger_ms: 3}}
retry: {{base_delay_ms: 1, max_delay_ms: 4}}
{more}
""",
        )

    def start(self, pipeline, process="first"):
        """A process with a state folder of its own name."""
        folder = self.folder / process
        folder.mkdir(exist_ok=True)
        started = Run(BINARY, folder, pipeline, arguments=["--memory-limit", "8MiB"])
        self.addCleanup(lambda: started.running() and started.kill())
        return started

    # What must be true at any time

    def check(self, wanted):
        """The rows are exactly the records up to each lane's position, each once and in the order of its file."""
        rows = self.ledger.rows()
        positions = self.ledger.positions()
        lane_of = {record.number: lane for lane, records in self.lanes.items() for record in records}
        found = defaultdict(list)
        for number, line in rows:
            found[lane_of[number]].append((number, line))
        self.assertLessEqual(set(positions), set(self.lanes))
        for lane, records in self.lanes.items():
            position = positions.get(lane, 0)
            expected = [(each.number, each.line) for each in records if each.end <= position and wanted(each)]
            if found[lane] != expected:
                numbers = [number for number, _ in found[lane]]
                repeated = sorted({number for number in numbers if numbers.count(number) > 1})[:5]
                missing = [number for number, _ in expected if number not in set(numbers)][:5]
                self.fail(
                    f"seed {SEED}: {lane}: {len(numbers)} rows, expected {len(expected)} by position {position};"
                    f" repeated {repeated}, missing {missing}"
                )
        return len(rows)

    def check_finished(self, result, wanted):
        self.assertEqual(result.status, 0, result.messages)
        self.assertEqual(self.check(wanted), self.expected_rows(wanted))
        ends = {lane: records[-1].end for lane, records in self.lanes.items()}
        self.assertEqual(self.ledger.positions(), ends)

    def expected_rows(self, wanted):
        return sum(wanted(each) for records in self.lanes.values() for each in records)

    # Killed

    def wait_for_rows(self, started, more_than):
        deadline = time.monotonic() + PATIENCE
        while started.running() and self.ledger.count() <= more_than:
            self.assertLess(time.monotonic(), deadline, f"nothing was written:\n{started.messages()}")
            time.sleep(LOOK_EVERY)

    def kill_until_done(self, files, sink, more, wanted, after_kill=lambda: None):
        kills = 0
        while kills < KILLS:
            self.fresh()
            self.make_input(files)
            total = self.expected_rows(wanted)
            pipeline = self.pipeline(sink, more)
            finished = None
            while finished is None and kills < KILLS:
                before = self.ledger.count()
                started = self.start(pipeline)
                self.wait_for_rows(started, before)
                time.sleep(self.chance.uniform(0, 0.1))
                if not started.kill():
                    finished = started.result()
                    break
                after = self.check(wanted)
                after_kill()
                if before < after < total:
                    kills += 1
            if finished is None:
                finished = self.start(pipeline).wait(PATIENCE)
            self.check_finished(finished, wanted)
            after_kill()
        self.assertGreaterEqual(kills, KILLS)

    def test_killed_while_it_reads_one_file(self):
        self.kill_until_done(1, "delay_ms: 2\n  lose_answer: 7", f"transforms: [filter: {FILTER}]", kept)

    def test_killed_while_it_reads_a_folder(self):
        self.kill_until_done(4, "delay_ms: 2\n  lose_answer: 7", f"transforms: [filter: {FILTER}]", kept)

    def lettered(self):
        """The ids in the file of letters as it stands."""
        if not self.letters.exists():
            return set()
        whole = self.letters.read_bytes().split(b"\n")[:-1]  # a kill may leave half of the last line
        return {json.loads(json.loads(line)["original"])["id"] for line in whole}

    def check_letters(self):
        """No position is past a bad record whose letter is not there."""
        positions = self.ledger.positions()
        bad = {each.number: (lane, each.end) for lane, records in self.lanes.items() for each in records if each.number % BAD == 0}
        lettered = self.lettered()
        self.assertLessEqual(lettered, set(bad), "a good record has a letter")
        passed = {number for number, (lane, end) in bad.items() if end <= positions.get(lane, 0)}
        self.assertLessEqual(passed, lettered, f"seed {SEED}: passed without a letter")

    def test_killed_while_bad_records_become_letters(self):
        self.kill_until_done(
            4,
            f"reject: {BAD}",
            "on_error: {dead_letter: letters.ndjson}",
            lambda each: each.number % BAD != 0,
            self.check_letters,
        )
        bad = {each.number for records in self.lanes.values() for each in records if each.number % BAD == 0}
        self.assertGreater(len(bad), 20)
        self.assertEqual(self.lettered(), bad)

    # Paused

    def start_and_pause(self, pipeline, process):
        """Stopped in the middle: it has written some, has more, and holds no transaction open."""
        owners = self.ledger.owners()
        before = self.ledger.count()
        started = self.start(pipeline, process)
        self.wait_for_rows(started, before + 500)
        for _ in range(100):
            started.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, started.process.pid, os.WSTOPPED | os.WNOWAIT)
            if self.ledger.can_be_written():
                break
            started.process.send_signal(signal.SIGCONT)
            time.sleep(self.chance.uniform(0, 0.01))
        else:
            self.fail("it always was in a transaction")
        self.addCleanup(lambda: started.process.poll() is None and started.process.send_signal(signal.SIGCONT))
        self.assertTrue(started.running(), started.messages())
        rows = self.check(kept)
        self.assertGreater(rows, before)
        self.assertLess(rows, self.expected_rows(kept))
        self.assertGreater(min(self.ledger.owners()), max(owners, default=0), "it has not taken every lane over")
        return started

    def resume_fenced(self, started):
        started.process.send_signal(signal.SIGCONT)
        result = started.wait(PATIENCE)
        self.assertEqual(result.status, 1, result.messages)
        self.assertEqual(result.pipeline()["state"], "failed")
        self.assertIn("another process has taken over", result.messages)
        self.assertIn("let only one process run this pipeline", result.messages)

    def check_paused(self, *paused):
        self.make_input(4)
        pipeline = self.pipeline("delay_ms: 4", f"transforms: [filter: {FILTER}]")
        stopped = [self.start_and_pause(pipeline, process) for process in paused]
        done = self.start(pipeline, "last").wait(PATIENCE)
        self.check_finished(done, kept)
        rows = self.ledger.rows()
        for started in stopped:
            self.resume_fenced(started)
        self.assertEqual(self.ledger.rows(), rows)
        self.check_finished(done, kept)

    def test_a_paused_process_cannot_commit_over_the_one_that_finished(self):
        self.check_paused("first")

    def test_two_paused_processes_cannot_commit_over_the_third(self):
        self.check_paused("first", "second")

    def test_a_paused_process_cannot_commit_beside_one_that_goes_on(self):
        self.make_input(1)
        pipeline = self.pipeline("delay_ms: 4", f"transforms: [filter: {FILTER}]")
        first = self.start_and_pause(pipeline, "first")
        rows = self.ledger.count()
        second = self.start(pipeline, "second")
        self.wait_for_rows(second, rows)
        self.resume_fenced(first)
        self.assertTrue(second.running(), "it was to be under way still")
        self.check_finished(second.wait(PATIENCE), kept)


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    print(f"seed {SEED}", flush=True)
    unittest.main()
