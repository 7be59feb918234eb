#!/usr/bin/env python3
"""Pipelines whose sink fails, refuses, stands still or is slow: nothing is lost, nothing is out of order.

    fault_test.py BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]

The faulty sink writes what it is sent and nothing else, and tells its faults in a file of its own. A test
fails unless the fault was felt: the retry count rose as often as the sink says, or where nothing is tried
again, what was refused is counted, or the time has passed. And it fails unless a thousand records crossed the
pipeline before, during and after: what stops the pipeline at once has no during, and past a sink that stands
still for good records can but come in.
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
MUCH = 150_500  # records, which with notes of up to 900 bytes are more than that
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

    def run_in_little_memory(self, pipeline, lines):
        """To its end, in the memory there is, which would not hold all lines."""
        self.assertGreater(sum(map(len, lines)), PEAK)
        done, samples = self.watch(self.start(pipeline, arguments=["--memory-limit", "48MiB"]))
        self.assertEqual(done.status, 0, done.messages)
        self.assertGreater(done.peak_rss, 0, "its memory was not seen")
        if os.environ.get("HIVEFRAME_SHOW_MEMORY"):
            print(f"{self.id()}: {done.peak_rss / (1 << 20):.0f} MiB", file=sys.stderr)
        if RELEASE:
            self.assertLess(done.peak_rss, PEAK, f"peak of {done.peak_rss >> 20} MiB")
        return done, samples

    # A sink that fails

    def check_every_third_write(self, sink):
        lines = self.make_input(MUCH, note_bytes=900)
        done, _ = self.run_in_little_memory(self.pipeline(f"fail_every: 3\n  faults_until: {MUCH - 10_000}\n  {sink}"), lines)
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
        lines = self.make_input(60_000)
        done = run(BINARY, self.folder, self.pipeline("fail_every: 20\n  faults_until: 50000"))
        self.assertEqual(done.status, 0, done.messages)
        failures = self.events("failed")
        self.assert_felt(failures, len(lines))
        self.assertEqual(done.pipeline()["retries"], len(failures))
        self.assertGreaterEqual(len(failures), 2)
        told = [line.split(" ", 1)[1] for line in done.messages.splitlines() if " warn " in line]
        expected = []
        for i in range(1, len(failures) + 1):
            expected.append(
                f"warn  [pipeline] sink: cannot write to {self.out}: write {20 * i} was to fail; trying again until it works"
            )
            expected.append("warn  [pipeline] sink: works again after 1 failed attempt")
        self.assertEqual(told, expected, done.messages)
        self.assert_lines(lines)

    # A sink that refuses records

    def refused(self, lines, modulo):
        refused = [line for i, line in enumerate(lines, 1) if i % modulo == 0]
        taken = [line for i, line in enumerate(lines, 1) if i % modulo != 0]
        return refused, taken

    def check_dead_letters(self, sink, name, attempts, dead_letter="dead.ndjson"):
        lines = self.make_input(MUCH, note_bytes=900)
        refused, taken = self.refused(lines, 1777)
        more = f"{QUICK_RETRY}\non_error: {{dead_letter: {dead_letter}}}"
        done, _ = self.run_in_little_memory(self.pipeline(sink, more), lines)
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
        return pipeline["retries"]

    def test_refused_records_become_dead_letters(self):
        self.assertEqual(self.check_dead_letters("reject: 1777", "rejected", {1}), 0)

    def test_refused_records_of_writes_that_fail_first(self):
        # Every second write fails: each request is tried twice, but for the first, which is too small for one.
        retries = self.check_dead_letters("fail_every: 2\n  reject: 1777", "rejected", {2})
        self.assertEqual(retries, len(self.events("failed")))

    def test_a_batch_refused_whole_is_searched_for_the_bad_record(self):
        self.check_dead_letters("refuse_batch: 1777", "refused", range(2, 13))
        self.assertGreater(len(self.events("refused")), 2 * MUCH // 1777)

    def test_a_dead_letter_sink_that_fails_loses_no_letter(self):
        retries = self.check_dead_letters(
            "reject: 1777",
            "rejected",
            {1},
            "{type: faulty, path: dead.ndjson, events: dead.ndjson.events, fail_every: 2}",
        )
        failures = self.events("failed", out="dead.ndjson")
        self.assertGreater(len(failures), 10)
        self.assertEqual(retries, len(failures))

    def test_refused_records_are_dropped(self):
        lines = self.make_input(MUCH, note_bytes=900)
        refused, taken = self.refused(lines, 1777)
        pipeline = self.pipeline("reject: 1777", f"{QUICK_RETRY}\non_error: drop")
        done, _ = self.run_in_little_memory(pipeline, lines)
        self.assert_felt(self.events("rejected"), len(taken))
        self.assert_lines(taken)
        self.assertEqual(done.pipeline()["rejected"], len(refused))

    def check_stop(self, option, name):
        lines = self.make_input(60_000)
        done = run(BINARY, self.folder, self.pipeline(f"{option}: 50000"))
        self.assertEqual(done.status, 1, done.messages)
        self.assertEqual(done.pipeline()["state"], "failed")
        self.assertEqual(done.pipeline()["rejected"], 1)
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

    def test_a_sink_that_stands_still_for_a_while(self):
        lines = self.make_input(MUCH, note_bytes=900)
        pipeline = self.pipeline("stall_after: 40000\n  stalls: 3\n  stall_ms: 1000")
        done, samples = self.run_in_little_memory(pipeline, lines)
        self.assertEqual(len(self.events("stalled")), 3)
        self.assert_felt(self.events("stalled", "resumed"), len(lines))
        grown = [at for (at, size), (_, before) in zip(samples[1:], samples) if size != before]
        pauses = [later - at for at, later in zip(grown, grown[1:]) if later - at > 0.5]
        self.assertEqual(len(pauses), 3, "how often the output stood still")
        self.assert_lines(lines)

    def test_killed_while_the_sink_stands_still(self):
        lines = self.make_input(100_000)
        started = self.start(self.pipeline("stall_after: 50000"))
        self.wait_for((self.folder / "out.ndjson.events").exists, started)
        # What the sink had taken before is committed, however long it stands still now.
        self.wait_for(lambda: read_state(started.state, "pipeline").positions, started, seconds=10)
        # And records come in behind those that it does not take. What is not the input is less than 256 KiB.
        came_in = sum(map(len, lines[: 50_000 + CROSSED])) + (256 << 10)
        self.wait_for(lambda: started.bytes_read() >= came_in, started)
        self.assertTrue(started.kill(), "it was to stand still")
        before = self.out.read_bytes().splitlines(keepends=True)
        [stalled_at] = self.events("stalled")
        self.assert_felt([stalled_at], len(lines))
        self.assertEqual(stalled_at, len(before))
        self.assertEqual(before, lines[: len(before)])
        done = run(BINARY, self.folder, self.pipeline())
        self.assertEqual(done.status, 0, done.messages)
        again = self.out.read_bytes().splitlines(keepends=True)[len(before) :]
        self.assertEqual(again, lines[len(lines) - len(again) :])
        self.assertGreaterEqual(len(before) + len(again), len(lines))
        self.assertLess(len(again), len(lines) - CROSSED, "everything was read again")

    def test_a_slow_sink(self):
        lines = self.make_input(MUCH, note_bytes=900)
        pipeline = self.pipeline("delay_ms: 10\n  faults_from: 25000\n  faults_until: 125000")
        done, _ = self.run_in_little_memory(pipeline, lines)
        delays = self.events("delayed")
        self.assert_felt(delays, len(lines))
        self.assertGreaterEqual(len(delays), 100)
        self.assertGreater(done.pipeline()["seconds"], 0.01 * len(delays), "the sink was not slow")
        self.assert_lines(lines)

    # Two pipelines in one process

    # What a dead sink takes from its neighbour is measured by isolation_test.py.
    def test_a_failing_sink_does_not_hold_up_its_neighbour(self):
        stuck_lines = self.make_input(20_000)
        lines = self.make_input(100_000, name="healthy.ndjson")
        os.mkfifo(self.folder / "fifo")
        more = f"{QUICK_RETRY}\ncircuit_breaker: {{timeout_ms: 10}}"
        stuck = self.pipeline("fail_every: 1\n  faults_from: 5000", more, name="stuck")
        healthy = self.folder / "healthy.yaml"
        healthy.write_text("source: {uri: fifo, format: ndjson}\nsink: {uri: healthy.out, format: ndjson}\n")
        started = self.start(stuck, healthy, arguments=["--memory-limit", "48MiB"])
        self.wait_for(lambda: "[healthy] starting" in started.messages(), started)
        events, out = self.folder / "out.ndjson.events", self.folder / "healthy.out"
        with (self.folder / "fifo").open("wb") as fifo:

            def feed(fed):
                fifo.write(b"".join(fed))
                fifo.flush()
                written = sum(map(len, lines[: lines.index(fed[-1]) + 1]))
                self.wait_for(lambda: out.exists() and out.stat().st_size == written, started)

            feed(lines[:20_000])
            self.wait_for(events.exists, started)
            failures = len(self.events("failed"))
            feed(lines[20_000:80_000])
            self.wait_for(lambda: len(self.events("failed")) > failures + 1, started)
            feed(lines[80_000:])
        self.wait_for(lambda: "[healthy] finished" in started.messages(), started)
        self.assertTrue(started.kill(), "the failing sink's pipeline has ended")
        self.assert_lines(lines, out)
        before = self.out.read_bytes().splitlines(keepends=True)
        self.assertEqual(set(self.events("failed")), {len(before)})
        self.assertEqual(before, stuck_lines[: len(before)])
        self.assert_felt(self.events("failed")[:1], len(stuck_lines))
        # When the sink works again, nothing is missing.
        done = run(BINARY, self.folder, self.pipeline(name="stuck"))
        self.assertEqual(done.status, 0, done.messages)
        again = self.out.read_bytes().splitlines(keepends=True)[len(before) :]
        self.assertEqual(again, stuck_lines[len(stuck_lines) - len(again) :])
        self.assertGreaterEqual(len(before) + len(again), len(stuck_lines))

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
        failures = self.events("failed")
        self.assert_felt(failures, len(lines))
        self.assertGreater(len(failures), 1)
        self.assertEqual(stopped.pipeline()["retries"], len(failures))
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
        self.assertGreaterEqual(found["read"], len(before) + CROSSED)
        self.assertEqual(found["abandoned"], found["read"] - found["written"])
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
