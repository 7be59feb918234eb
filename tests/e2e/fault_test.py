#!/usr/bin/env python3
"""Pipelines whose sink fails, refuses, stands still or is slow: nothing is lost, nothing is out of order.

    fault_test.py BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]

The faulty sink writes what it is sent and nothing else, and tells its faults in a file of its own. A test
fails unless the fault was felt, and unless a thousand records crossed the pipeline before, during and after.
"""

import json
import os
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

from kill_state import read_state
from launch import Run, run, write_pipeline

BINARY = ""
PATIENCE = 60  # seconds; nothing here should take a tenth of it
CROSSED = 1000  # records, before, during and after a fault
RELEASE = os.environ.get("HIVEFRAME_BUILD_TYPE", "Release") == "Release"
PEAK = 64 << 20  # bytes resident in a release build, with memory_limit 48MiB
QUICK_RETRY = "retry: {base_delay_ms: 1, max_delay_ms: 4}"


class FaultTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-fault-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out.ndjson"

    def make_input(self, count, note_bytes=60, name="in.ndjson"):
        """Lines with ids from 1, spelt as no encoder would."""
        note = "é✓" + "x" * note_bytes
        lines = [f'{{"id":{i}, "note":"{note[: 2 + i % note_bytes]}"}}\n'.encode() for i in range(1, count + 1)]
        (self.folder / name).write_bytes(b"".join(lines))
        return lines

    def pipeline(self, sink="", more="", name="pipeline", source="in.ndjson", out="out.ndjson"):
        return write_pipeline(
            self.folder,
            f"""
source: {source}
sink:
  type: faulty
  path: {out}
  events: {out}.events
  {sink}
batch: {{records: 1000, linger_ms: 5}}
{more or QUICK_RETRY}
""",
            name,
        )

    def start(self, *files, **options):
        started = Run(BINARY, self.folder, *files, **options)
        self.addCleanup(lambda: started.running() and started.kill())
        return started

    def wait_for(self, condition, started, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"it did not happen:\n{started.messages()}")
            self.assertTrue(started.running(), f"the run has ended:\n{started.messages()}")
            time.sleep(0.01)

    def events(self, *names, out="out.ndjson"):
        """How many records had been written at each fault of these names."""
        lines = (self.folder / f"{out}.events").read_text().splitlines()
        return [int(line.split()[1]) for line in lines if line.split()[0] in names]

    def assert_felt(self, faults, written):
        """There were faults, and enough records crossed before the first, between, and after the last."""
        self.assertTrue(faults, "there was no fault")
        self.assertGreaterEqual(faults[0], CROSSED)
        self.assertGreaterEqual(written - faults[-1], CROSSED)
        if len(faults) > 1:
            self.assertGreaterEqual(faults[-1] - faults[0], CROSSED)

    def assert_lines(self, expected, path=None):
        found = (path or self.out).read_bytes().splitlines(keepends=True)
        if found == expected:
            return
        for i, (each, wanted) in enumerate(zip(found, expected)):
            self.assertEqual(each, wanted, f"line {i + 1}")
        self.fail(f"{len(found)} lines, expected {len(expected)}")

    # A sink that fails

    def check_every_third_write(self, sink):
        lines = self.make_input(100_000)
        done = run(BINARY, self.folder, self.pipeline(f"fail_every: 3\n  {sink}"))
        self.assertEqual(done.status, 0, done.messages)
        failures = self.events("failed")
        self.assert_felt(failures, len(lines))
        self.assertGreaterEqual(len(failures), 30)
        self.assert_lines(lines)
        pipeline = done.pipeline()
        self.assertEqual(pipeline["retries"], len(failures))
        self.assertEqual(pipeline["written"], len(lines))
        self.assertEqual(pipeline["abandoned"], 0)
        self.assertEqual(pipeline["repeated"], 0)

    def test_every_third_write_fails(self):
        self.check_every_third_write("ack: write")

    def test_every_third_write_fails_and_acks_come_at_flush(self):
        self.check_every_third_write("ack: flush")

    def test_one_message_when_trouble_begins_and_one_when_it_ends(self):
        self.make_input(30_000)
        done = run(BINARY, self.folder, self.pipeline("fail_every: 20"))
        self.assertEqual(done.status, 0, done.messages)
        failures = self.events("failed")
        self.assert_felt(failures, 30_000)
        troubles = [line for line in done.messages.splitlines() if "was to fail" in line]
        self.assertEqual(len(troubles), len(failures), done.messages)
        self.assertIn("[pipeline] sink: cannot write to", troubles[0])

    # A sink that refuses records

    def refused(self, lines, modulo):
        refused = [line for i, line in enumerate(lines, 1) if i % modulo == 0]
        taken = [line for i, line in enumerate(lines, 1) if i % modulo != 0]
        return refused, taken

    def check_dead_letters(self, sink, name, attempts, dead_letter="dead.ndjson"):
        lines = self.make_input(60_000)
        refused, taken = self.refused(lines, 1777)
        more = f"{QUICK_RETRY}\non_error: {{dead_letter: {dead_letter}}}"
        done = run(BINARY, self.folder, self.pipeline(sink, more))
        self.assertEqual(done.status, 0, done.messages)
        self.assert_felt(self.events(name), len(taken))
        self.assert_lines(taken)
        letters = [json.loads(line) for line in (self.folder / "dead.ndjson").read_bytes().splitlines()]
        self.assertEqual([letter["original"].encode() + b"\n" for letter in letters], refused)
        places = [f"{self.folder}/in.ndjson line {json.loads(line)['id']}" for line in refused]
        self.assertEqual([letter["source"] for letter in letters], places)
        self.assertEqual({letter["error"]["type"] for letter in letters}, {"rejected"})
        self.assertEqual({letter["stage"] for letter in letters}, {"sink"})
        for letter in letters:
            self.assertIn(letter["attempts"], attempts)
        self.assertEqual({letter["pipeline"] for letter in letters}, {"pipeline"})
        self.assertEqual(len({letter["id"] for letter in letters}), len(letters))
        pipeline = done.pipeline()
        self.assertEqual((pipeline["rejected"], pipeline["dead_letters"]), (len(refused), len(refused)))
        self.assertEqual(pipeline["written"], len(taken))

    def test_refused_records_become_dead_letters(self):
        self.check_dead_letters("reject: 1777", "rejected", {1})

    def test_refused_records_of_writes_that_fail_first(self):
        # Every second write fails: each request is tried twice, but for the first, which is too small for one.
        self.check_dead_letters("fail_every: 2\n  reject: 1777", "rejected", {2})

    def test_a_batch_refused_whole_is_searched_for_the_bad_record(self):
        self.check_dead_letters("refuse_batch: 1777", "refused", range(2, 13))

    def test_a_dead_letter_sink_that_fails_loses_no_letter(self):
        self.check_dead_letters(
            "reject: 1777",
            "rejected",
            {1},
            "{type: faulty, path: dead.ndjson, events: dead.ndjson.events, fail_every: 2}",
        )
        self.assertTrue(self.events("failed", out="dead.ndjson"))

    def test_refused_records_are_dropped(self):
        lines = self.make_input(60_000)
        refused, taken = self.refused(lines, 1777)
        done = run(BINARY, self.folder, self.pipeline("reject: 1777", f"{QUICK_RETRY}\non_error: drop"))
        self.assertEqual(done.status, 0, done.messages)
        self.assert_felt(self.events("rejected"), len(taken))
        self.assert_lines(taken)
        self.assertEqual(done.pipeline()["rejected"], len(refused))

    def check_stop(self, option, name):
        lines = self.make_input(60_000)
        done = run(BINARY, self.folder, self.pipeline(f"{option}: 50000"))
        self.assertEqual(done.status, 1, done.messages)
        self.assertEqual(done.pipeline()["state"], "failed")
        self.assertIn(f"{self.folder}/in.ndjson line 50000: ", done.messages)
        written = self.out.read_bytes().splitlines(keepends=True)
        [refused_at, *_] = self.events(name)
        self.assertGreaterEqual(refused_at, CROSSED)
        # Within a run nothing is written twice, and all before the bad record is there.
        self.assertEqual(written[:49_999], lines[:49_999])
        self.assertEqual(written[49_999:], lines[50_000 : len(written) + 1])
        # Mended, the next run begins before it: nothing is lost, and what is repeated was under way.
        done = run(BINARY, self.folder, self.pipeline())
        self.assertEqual(done.status, 0, done.messages)
        again = self.out.read_bytes().splitlines(keepends=True)[len(written) :]
        self.assertEqual(again, lines[len(lines) - len(again) :])
        self.assertLessEqual(len(lines) - len(again), 49_999, "the bad record was skipped")
        self.assertLess(len(again), len(lines) - CROSSED, "everything was read again")
        self.assertGreaterEqual(len(again), CROSSED)

    def test_a_refused_record_stops_the_pipeline(self):
        self.check_stop("reject", "rejected")

    def test_a_bad_record_in_a_refused_batch_stops_the_pipeline(self):
        self.check_stop("refuse_batch", "refused")

    # A sink that stands still, or is slow

    def check_memory(self, done):
        self.assertGreater(done.peak_rss, 0, "its memory was not seen")
        if RELEASE:
            self.assertLess(done.peak_rss, PEAK, f"peak of {done.peak_rss >> 20} MiB")

    def watch(self, started):
        """Until the end: (seconds since the start, bytes of output), and the memory."""
        begin = time.monotonic()
        samples = []
        while started.running():
            self.assertLess(time.monotonic() - begin, PATIENCE, "the run did not end")
            samples.append((time.monotonic() - begin, self.out.stat().st_size if self.out.exists() else 0))
            started.sample_memory()
            time.sleep(0.02)
        return started.wait(), samples

    def test_a_sink_that_stands_still_for_a_while(self):
        lines = self.make_input(150_000, note_bytes=900)
        started = self.start(
            self.pipeline("stall_after: 50000\n  stall_ms: 2500"), arguments=["--memory-limit", "48MiB"]
        )
        done, samples = self.watch(started)
        self.assertEqual(done.status, 0, done.messages)
        self.assert_felt(self.events("stalled"), len(lines))
        still = max(
            samples[-1][0] if size == samples[-1][1] else next(t for t, other in samples if other > size) - at
            for at, size in samples
        )
        self.assertGreater(still, 2, "the output never stood still")
        self.assert_lines(lines)
        self.check_memory(done)

    def test_killed_while_the_sink_stands_still(self):
        lines = self.make_input(100_000)
        started = self.start(self.pipeline("stall_after: 50000"))
        self.wait_for((self.folder / "out.ndjson.events").exists, started)
        # What the sink had taken before is committed, however long it stands still now.
        self.wait_for(lambda: read_state(started.state, "pipeline").positions, started, seconds=10)
        self.assertTrue(started.kill(), "it was to stand still")
        before = self.out.read_bytes().splitlines(keepends=True)
        self.assert_felt(self.events("stalled"), len(lines))
        self.assertEqual(before, lines[: len(before)])
        done = run(BINARY, self.folder, self.pipeline())
        self.assertEqual(done.status, 0, done.messages)
        again = self.out.read_bytes().splitlines(keepends=True)[len(before) :]
        self.assertEqual(again, lines[len(lines) - len(again) :])
        self.assertGreaterEqual(len(before) + len(again), len(lines))
        self.assertLess(len(again), len(lines) - CROSSED, "everything was read again")

    def test_a_slow_sink(self):
        lines = self.make_input(100_000, note_bytes=900)
        started = self.start(self.pipeline("delay_ms: 10"), arguments=["--memory-limit", "48MiB"])
        done, _ = self.watch(started)
        self.assertEqual(done.status, 0, done.messages)
        self.assertGreater(done.pipeline()["seconds"], 1, "the sink was not slow")
        self.assert_lines(lines)
        self.check_memory(done)

    # Two pipelines in one process

    # What a dead sink takes from its neighbour is measured by isolation_test.py.
    def test_a_failing_sink_does_not_hold_up_its_neighbour(self):
        self.make_input(20_000)
        lines = self.make_input(100_000, name="healthy.ndjson")
        stuck = self.pipeline("fail_every: 1", name="stuck")
        healthy = self.folder / "healthy.yaml"
        healthy.write_text("source: healthy.ndjson\nsink: {uri: healthy.out, format: ndjson}\n")
        started = self.start(stuck, healthy, arguments=["--memory-limit", "48MiB"])
        self.wait_for(lambda: "[healthy] finished" in started.messages(), started)
        self.assertTrue(started.kill(), "the failing sink's pipeline has ended")
        self.assert_lines(lines, self.folder / "healthy.out")
        self.assertTrue(self.events("failed"))
        self.assertEqual(self.out.read_bytes(), b"")

    # Stopping

    def test_sigterm_while_the_sink_fails_now_and_then(self):
        lines = self.make_input(300_000)
        started = self.start(self.pipeline("fail_every: 3\n  delay_ms: 1"))
        self.wait_for(lambda: self.out.exists() and self.out.stat().st_size > 10_000 * 60, started)
        started.process.send_signal(signal.SIGTERM)
        stopped = started.wait()
        self.assertEqual(stopped.status, 0, stopped.messages)
        self.assertEqual(stopped.pipeline()["state"], "stopped")
        before = self.out.read_bytes().splitlines(keepends=True)
        self.assertLess(len(before), len(lines), "it had ended before the signal came")
        self.assertTrue(self.events("failed"))
        done = run(BINARY, self.folder, self.pipeline())
        self.assertEqual(done.status, 0, done.messages)
        # Drained in order: not even what was under way is repeated.
        self.assert_lines(lines)

    def test_sigterm_while_a_write_never_returns(self):
        lines = self.make_input(100_000)
        started = self.start(self.pipeline("stall_after: 50000\n  ignore_cancel: true"))
        events = self.folder / "out.ndjson.events"
        self.wait_for(lambda: events.exists() and "stalled" in events.read_text(), started)
        started.process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        stopped = started.wait()
        # The 30 s there are to drain, and a little for what does not return.
        self.assertLess(time.monotonic() - asked, 40)
        self.assertEqual(stopped.status, 1, stopped.messages)
        found = stopped.pipeline()
        self.assertEqual(found["state"], "failed")
        self.assertRegex(found["reason"], "^sink .*did not answer a write for [0-9]+s and was left behind$")
        self.assertEqual(stopped.messages.count("was left behind"), 1, stopped.messages)
        before = self.out.read_bytes().splitlines(keepends=True)
        self.assertEqual(before, lines[: len(before)])
        self.assert_felt(self.events("stalled"), len(lines))
        # What it had taken is stored but for the batch under way, and the rest comes with the next run.
        done = run(BINARY, self.folder, self.pipeline())
        self.assertEqual(done.status, 0, done.messages)
        again = self.out.read_bytes().splitlines(keepends=True)[len(before) :]
        self.assertEqual(again, lines[len(lines) - len(again) :])
        self.assertGreaterEqual(len(before) + len(again), len(lines))
        self.assertLess(len(again), len(lines) - CROSSED, "everything was read again")


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
