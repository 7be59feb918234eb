#!/usr/bin/env python3
"""What happens to the output between two starts of a pipeline: samples, other pipelines, people, changed files.

    between_runs_test.py BINARY [unittest's arguments]

Every record is counted: of a run that was told to stop and is gone on with, each stands in the output once.
"""

import json
import os
import signal
import sys
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

from launch import Run, run, write_pipeline

BINARY = ""
PATIENCE = 60  # seconds; nothing here should take a tenth of it
LOOK_EVERY = 0.003  # seconds
MEMORY = "8MiB"
RECORDS = 20_000  # a kilobyte each: more than a run that is told to stop has in memory, and writes
UNDER_WAY = 50_000  # bytes of output: in the middle of a run
SAMPLE = 5
NOTE = "x" * 1000
HIDDEN_ENDING = ".hiveframed-partial"


def line(number, of="ours"):
    return f'{{"id":{number},"of":"{of}","note":"{NOTE}"}}\n'


def ids(numbers, times=1, of="ours"):
    return Counter({(of, number): times for number in numbers})


class BetweenRunsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-between-runs-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out.ndjson"
        self.parts = self.folder / "parts"
        (self.folder / "in.ndjson").write_text("".join(line(i) for i in range(RECORDS)))

    # Running

    def pipeline(self, sink, name="pipeline", source="in.ndjson"):
        # A write for every record: slow enough to be met in the middle.
        return write_pipeline(
            self.folder, f"source: {source}\n{sink}\nbatch: {{records: 1, linger_ms: 0}}\n", name
        )

    def others(self, sink, count, name="others"):
        (self.folder / f"{name}.ndjson").write_text("".join(line(i, name) for i in range(count)))
        return self.pipeline(sink, name, f"{name}.ndjson")

    def start(self, pipeline, *arguments):
        started = Run(BINARY, self.folder, pipeline, arguments=("--memory-limit", MEMORY, *arguments))
        self.addCleanup(lambda: started.running() and started.kill())
        return started

    def finish(self, pipeline, *arguments):
        result = run(BINARY, self.folder, pipeline, arguments=arguments, timeout=PATIENCE)
        self.assertEqual(result.status, 0, result.messages)
        return result

    def files(self, hidden):
        """Of all outputs."""
        found = [self.out, self.out.with_name(f".{self.out.name}{HIDDEN_ENDING}"), *self.parts.glob("**/*")]
        return [path for path in found if path.is_file() and path.name.startswith(".") == hidden]

    def in_the_middle(self, pipeline, *arguments, hidden=False):
        """Started, and so far that it has written some."""

        def written():
            return sum(path.stat().st_size for path in self.files(hidden))

        before = written()
        started = self.start(pipeline, *arguments)
        deadline = time.monotonic() + PATIENCE
        while started.running() and written() < before + UNDER_WAY:
            self.assertLess(time.monotonic(), deadline, f"nothing was written:\n{started.messages()}")
            time.sleep(LOOK_EVERY)
        self.assertTrue(started.running(), f"it ended too early:\n{started.messages()}")
        return started

    def stop_in_the_middle(self, pipeline, hidden=False):
        """As SIGTERM does it."""
        started = self.in_the_middle(pipeline, hidden=hidden)
        started.process.send_signal(signal.SIGTERM)
        result = started.wait(PATIENCE)
        self.assertEqual(result.pipeline()["state"], "stopped", result.messages)
        written = {number for of, number in self.counted(hidden) if of == "ours"}
        self.assertLess(len(written), RECORDS)
        self.assertGreater(len(written), 0)

    def kill_in_the_middle(self, pipeline):
        self.assertTrue(self.in_the_middle(pipeline).kill())

    # The oracle

    def counted(self, hidden=False):
        """How often each record is there, by (whose, id). Every line is whole, and exactly as it was read."""
        found = Counter()
        for path in self.files(hidden):
            content = path.read_text()
            self.assertTrue(not content or content.endswith("\n"), f"{path} ends in half a line")
            for text in content.splitlines(keepends=True):
                record = json.loads(text)
                self.assertEqual(text, line(record["id"], record["of"]), path)
                found[record["of"], record["id"]] += 1
        return found

    def check(self, *expected):
        wanted = Counter()
        for each in expected:
            wanted += each
        found = self.counted()
        missing, surplus = wanted - found, found - wanted
        self.assertFalse(missing, f"{sum(missing.values())} records are missing: {list(missing)[:5]}")
        self.assertFalse(surplus, f"{sum(surplus.values())} records too many: {list(surplus)[:5]}")
        self.assertEqual(self.files(hidden=True), [])

    def check_at_least_once(self, *others):
        found = self.counted()
        for number in range(RECORDS):
            self.assertGreaterEqual(found.pop(("ours", number), 0), 1, f"record {number} is missing")
        self.assertEqual(found, sum(others, Counter()))

    # The pipeline's file

    def test_its_tests_are_edited(self):
        pipeline = self.pipeline("sink: out.ndjson")
        self.stop_in_the_middle(pipeline)
        self.pipeline("sink: out.ndjson\ntests: [{name: all pass, input: [{id: 1}], expect: [{id: 1}]}]")
        self.finish(pipeline)
        self.check(ids(range(RECORDS)))

    # A sample

    def test_a_sample_that_appends_is_appended_to(self):
        pipeline = self.pipeline("sink: out.ndjson")
        self.stop_in_the_middle(pipeline)
        self.finish(pipeline, "--limit", str(SAMPLE))
        self.finish(pipeline)
        self.check(ids(range(RECORDS)), ids(range(SAMPLE)))

    def test_a_sample_has_a_part_of_its_own(self):
        pipeline = self.pipeline("sink: {uri: parts, format: ndjson}")
        self.stop_in_the_middle(pipeline, hidden=True)
        self.finish(pipeline, "--limit", str(SAMPLE))
        self.finish(pipeline)
        self.check(ids(range(RECORDS)), ids(range(SAMPLE)))

    def test_a_sample_that_overwrites_ends_the_run_that_was_stopped_and_says_so(self):
        for mode in ("overwrite", "error"):
            with self.subTest(mode):
                pipeline = self.pipeline(f"sink: {{uri: out.ndjson, mode: {mode}}}")
                self.stop_in_the_middle(pipeline, hidden=True)
                self.finish(pipeline, "--limit", str(SAMPLE))
                self.check(ids(range(SAMPLE)))
                result = run(BINARY, self.folder, pipeline, timeout=PATIENCE)
                self.assertEqual(result.status, 1, result.messages)
                self.assertEqual(result.pipeline()["state"], "failed")
                self.assertIn(f"{self.folder}/.out.ndjson{HIDDEN_ENDING}: it is gone", result.messages)
                self.assertIn("begin anew with --from-start", result.messages)
                self.check(ids(range(SAMPLE)))
                if mode == "error":
                    self.out.unlink()
                self.finish(pipeline, "--from-start")
                self.check(ids(range(RECORDS)))
                self.out.unlink()

    # Others

    def test_another_pipeline_appends_to_the_same_file(self):
        pipeline = self.pipeline("sink: out.ndjson")
        self.stop_in_the_middle(pipeline)
        self.finish(self.others("sink: out.ndjson", 1000))
        self.stop_in_the_middle(pipeline)
        self.finish(self.others("sink: out.ndjson", 500, "more"))
        self.finish(pipeline)
        self.check(ids(range(RECORDS)), ids(range(1000), of="others"), ids(range(500), of="more"))

    def test_another_pipeline_overwrites_the_same_file(self):
        pipeline = self.pipeline("sink: {uri: out.ndjson, mode: overwrite}")
        self.stop_in_the_middle(pipeline, hidden=True)
        self.finish(self.others("sink: {uri: out.ndjson, mode: overwrite}", 1000))
        result = run(BINARY, self.folder, pipeline, timeout=PATIENCE)
        self.assertEqual(result.status, 1, result.messages)
        self.assertIn("begin anew with --from-start", result.messages)
        self.check(ids(range(1000), of="others"))

    def test_a_person_appends_a_line(self):
        for ending in ("\n", ""):
            with self.subTest(ending):
                pipeline = self.pipeline("sink: out.ndjson")
                self.stop_in_the_middle(pipeline)
                with self.out.open("a") as file:
                    file.write(line(1, "person").rstrip("\n") + ending)
                self.finish(pipeline)
                self.check(ids(range(RECORDS)), ids([1], of="person"))
                self.out.unlink()

    def test_what_others_appended_stays_when_the_run_after_them_is_killed(self):
        pipeline = self.pipeline("sink: out.ndjson")
        self.stop_in_the_middle(pipeline)
        with self.out.open("a") as file:
            file.write(line(1, "person"))
        self.kill_in_the_middle(pipeline)
        self.finish(pipeline)
        self.check_at_least_once(ids([1], of="person"))

    # A changed configuration

    def test_the_sink_moves_into_a_list(self):
        for sink, hidden in (("out.ndjson", False), ("{uri: parts, format: ndjson}", True)):
            with self.subTest(sink):
                self.stop_in_the_middle(self.pipeline(f"sink: {sink}"), hidden=hidden)
                self.finish(self.pipeline(f"sinks: [{{type: discard}}, {sink}]"))
                self.check(ids(range(RECORDS)))
                for path in self.files(hidden=False):
                    path.unlink()

    def test_the_sink_is_killed_and_moves_into_a_list(self):
        self.kill_in_the_middle(self.pipeline("sink: out.ndjson"))
        self.finish(self.pipeline("sinks: [{type: discard}, out.ndjson]"))
        self.check_at_least_once()

    # From the start

    def test_from_the_start_after_a_kill_no_line_is_broken(self):
        pipeline = self.pipeline("sink: out.ndjson")
        self.kill_in_the_middle(pipeline)
        with self.out.open("a") as file:
            file.write(line(RECORDS - 1)[:20])  # the write that the kill cut short
        left = self.out.read_text().count("\n")
        self.finish(pipeline, "--from-start")
        found = self.counted()
        self.assertEqual({number for _, number in found}, set(range(RECORDS)))
        self.assertLessEqual(sum(found.values()), RECORDS + left)
        self.assertGreaterEqual(sum(found.values()), RECORDS)

    def test_from_the_start_after_a_kill_nothing_hidden_is_left(self):
        for sink in (
            "{uri: out.ndjson, mode: overwrite}",
            "{uri: parts, format: ndjson}",
            "{uri: parts, format: ndjson, mode: overwrite}",
        ):
            with self.subTest(sink):
                pipeline = self.pipeline(f"sink: {sink}")
                self.assertTrue(self.in_the_middle(pipeline, hidden=True).kill())
                self.finish(pipeline, "--from-start")
                self.check(ids(range(RECORDS)))
                for path in self.files(hidden=False):
                    path.unlink()

    # Beside a live run

    def test_a_folder_is_overwritten_beside_a_live_run_that_appends(self):
        self.parts.mkdir()
        (self.parts / "part-00000.ndjson").write_text(line(0, "old"))
        live = self.in_the_middle(self.pipeline("sink: {uri: parts, format: ndjson}"), hidden=True)
        live.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, live.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.finish(self.others("sink: {uri: parts, format: ndjson, mode: overwrite}", 1000))
        self.assertTrue(self.files(hidden=True), "the part of the live run is gone")
        live.process.send_signal(signal.SIGCONT)
        result = live.wait(PATIENCE)
        self.assertEqual(result.status, 0, result.messages)
        self.check(ids(range(RECORDS)), ids(range(1000), of="others"))


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
