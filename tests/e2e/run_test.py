#!/usr/bin/env python3
"""hiveframed run, as users meet it: the built binary, real files, pipes and signals.

    run_test.py BINARY [unittest's arguments]
"""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

BINARY = ""
PATIENCE = 60  # seconds; nothing here should take a tenth of it


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def orders(self, count, name="orders.ndjson"):
        status = ("paid", "open", "void")
        return self.write(
            name,
            "".join(
                json.dumps({"id": i, "status": status[i % 3], "amount": i / 4, "note": "größe"}, ensure_ascii=False)
                + "\n"
                for i in range(count)
            ),
        )

    def command(self, *arguments):
        return [BINARY, "run", "--state-dir", str(self.folder / "state"), *map(str, arguments)]

    def run_it(self, *arguments, **options):
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=PATIENCE, check=False, **options
        )

    def start(self, *arguments, **options):
        process = subprocess.Popen(self.command(*arguments), stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    @staticmethod
    def close_quietly(stream):
        try:
            stream.close()
        except BrokenPipeError:
            pass

    def read_until(self, stream, text):
        """Reads lines until one has the text; returns all of them."""
        lines = []
        for line in stream:
            lines.append(line)
            if text in line:
                return lines
        self.fail(f"the stream ended before {text!r}: {lines}")

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it did not happen")
            time.sleep(0.01)

    def records(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]

    # Files

    def test_file_to_file_with_transforms(self):
        self.orders(10_000)
        pipeline = self.write(
            "paid.yaml",
            """
source: orders.ndjson
transforms:
  - filter: record.status == 'paid'
  - set: {double: record.amount * 2}
  - drop: [note]
sink: {uri: paid.ndjson, mode: overwrite}
""",
        )
        done = self.run_it("--json", pipeline)
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = [
            {"id": i, "status": "paid", "amount": i / 4, "double": i / 2} for i in range(10_000) if i % 3 == 0
        ]
        self.assertEqual(self.records("paid.ndjson"), expected)
        summary = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual(summary["exit_status"], 0)
        [pipeline] = summary["pipelines"]
        self.assertEqual(pipeline["name"], "paid")
        self.assertEqual(pipeline["state"], "finished")
        self.assertEqual(
            [pipeline[key] for key in ("read", "filtered", "written", "rejected", "abandoned", "repeated")],
            [10_000, 10_000 - len(expected), len(expected), 0, 0, 0],
        )
        self.assertEqual(pipeline["read_bytes"], (self.folder / "orders.ndjson").stat().st_size)

    def test_unchanged_records_keep_their_bytes(self):
        text = '{"b": 1.10,  "a":1E2}\n{"a" : "\\u00fc"}\n'
        self.write("in.ndjson", text)
        done = self.run_it(self.write("p.yaml", "source: in.ndjson\nsink: out.ndjson\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.folder / "out.ndjson").read_text(encoding="utf-8"), text)

    def test_fan_out_by_when(self):
        self.orders(300)
        done = self.run_it(
            "--json",
            self.write(
                "p.yaml",
                """
source: orders.ndjson
sinks:
  - {uri: paid.ndjson, when: record.status == 'paid'}
  - {uri: even.ndjson, when: record.id % 2 == 0}
""",
            ),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([r["id"] for r in self.records("paid.ndjson")], list(range(0, 300, 3)))
        self.assertEqual([r["id"] for r in self.records("even.ndjson")], list(range(0, 300, 2)))
        [pipeline] = json.loads(done.stderr.splitlines()[-1])["pipelines"]
        self.assertEqual(pipeline["filtered"], 100)  # neither paid nor even
        self.assertEqual([sink["written"] for sink in pipeline["sinks"]], [100, 150])

    def test_limit_reads_so_many(self):
        self.orders(1000)
        pipeline = self.write("p.yaml", "source: orders.ndjson\nsink: stdout\n")
        done = self.run_it("--limit", 7, pipeline)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([json.loads(line)["id"] for line in done.stdout.splitlines()], list(range(7)))
        # It stored no position: another run begins at the beginning.
        again = self.run_it("--limit", 2, pipeline)
        self.assertEqual([json.loads(line)["id"] for line in again.stdout.splitlines()], [0, 1])

    def test_dry_run_writes_nothing(self):
        self.orders(6)
        pipeline = self.write(
            "p.yaml",
            """
source: orders.ndjson
transforms: [{keep: [id]}]
sinks:
  - {uri: out.ndjson, when: record.id > 3}
  - {uri: all.ndjson}
on_error: {dead_letter: letters.ndjson}
""",
        )
        before = sorted(os.listdir(self.folder))
        done = self.run_it("--dry-run", "--quiet", pipeline)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(
            sorted((line["sink"], line["record"]["id"]) for line in lines),
            [("sinks[0]", 4), ("sinks[0]", 5)] + [("sinks[1]", i) for i in range(6)],
        )

    # Pipes

    def test_stdin_to_stdout(self):
        pipeline = self.write("p.yaml", "source: stdin\ntransforms: [filter: record.a > 1]\nsink: stdout\n")
        done = self.run_it("--quiet", pipeline, input='{"a":1}\n{"a":2}\n{"a":3}\n')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, '{"a":2}\n{"a":3}\n', ""))

    def test_verbose_tells_what_a_library_says(self):
        pipeline = self.write("p.yaml", "source: {uri: 'kafka://127.0.0.1:1/t', group_id: g}\nsink: stdout\n")
        process = self.start("--verbose", pipeline, stdout=subprocess.DEVNULL)
        self.read_until(process.stderr, " debug librdkafka: hiveframed#consumer-")
        both = self.run_it("--verbose", "--quiet", pipeline)
        self.assertEqual(both.returncode, 2)
        self.assertIn("--quiet excludes --verbose", both.stderr)

    def test_a_closed_output_ends_quietly(self):
        pipeline = self.write("p.yaml", "source: {type: generate}\nsink: stdout\n")
        for arguments in ((), ("--dry-run",)):
            with self.subTest(arguments=arguments):
                process = self.start(*arguments, pipeline, stdout=subprocess.PIPE)
                self.assertTrue(process.stdout.readline())
                process.stdout.close()
                said = process.stderr.read()
                self.assertEqual(process.wait(PATIENCE), 0, said)
                self.assertNotIn("error", said)
                self.assertNotIn("abandoned", said)

    def run_closed(self, redirections, *files):
        """With some of the descriptors 0, 1 and 2 closed, as `<&-` does it."""
        return self.run_it(*files, preexec_fn=lambda: [os.close(each) for each in redirections])

    def test_nothing_takes_the_place_of_a_closed_standard_input_or_output(self):
        self.orders(1000)
        reads = self.write("reads.yaml", "source: stdin\nsink: got.ndjson\n")
        writes = self.write("writes.yaml", "source: orders.ndjson\nsink: stdout\n")
        neither = self.write("neither.yaml", "source: orders.ndjson\nsink: copy.ndjson\n")
        no_input = "cannot read standard input: it is closed, or open for writing only; give it something to read"
        no_output = "cannot write to standard output: it is closed, or open for reading only; send it somewhere"
        for closed, pipeline, reason in (
            ([0], reads, no_input),
            ([0, 1], reads, no_input),
            ([0, 1, 2], reads, None),
            ([1], writes, no_output),
            ([0, 1], writes, no_output),
            ([1, 2], writes, None),
        ):
            with self.subTest(closed=closed, pipeline=pipeline.name):
                done = self.run_closed(closed, pipeline)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
                if reason is None:
                    self.assertEqual(done.stderr, "")
                else:
                    self.assertEqual(done.stderr.count(reason), 1, done.stderr)
        done = self.run_closed([0, 1, 2], neither)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(self.records("copy.ndjson"), self.records("orders.ndjson"))
        self.assertEqual(sorted(each.name for each in self.folder.glob("*.ndjson")), ["copy.ndjson", "orders.ndjson"])

    def test_eval_ends_quietly_too(self):
        process = subprocess.Popen(
            [BINARY, "eval", "record.a"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.addCleanup(self.close_quietly, process.stdin)
        process.stdin.write(b'{"a":1}\n')
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"1\n")  # at once, not when the input ends
        process.stdout.close()
        try:
            for _ in range(100_000):
                process.stdin.write(b'{"a":1}\n')
            process.stdin.close()
        except BrokenPipeError:
            pass
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_full_disk_below_standard_output_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BINARY, "schema"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, b"hiveframed: cannot write to standard output: No space left on device\n")

    # Exit statuses

    def test_a_wrong_configuration_runs_nothing(self):
        self.orders(3)
        good = self.write("good.yaml", "source: orders.ndjson\nsink: out.ndjson\n")
        bad = self.write("bad.yaml", "source: orders.ndjson\nsnk: out.ndjson\n")
        done = self.run_it(good, bad)
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.yaml:2:1: error: unknown option 'snk' of the pipeline", done.stderr)
        self.assertTrue(done.stderr.endswith("1 error in 1 file\n"), done.stderr)
        self.assertFalse((self.folder / "out.ndjson").exists())

    def test_two_cannot_have_what_is_for_one(self):
        one = self.write("one.yaml", "source: stdin\nsink: out/../all.ndjson\n")
        two = self.write("two.yaml", "source: '-'\nsink: {type: file, path: all.ndjson, mode: overwrite}\n")
        for arguments in (["run", one, two], ["validate", one, two]):
            done = subprocess.run(
                [BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE, check=False
            )
            self.assertEqual(done.returncode, 2)
            self.assertEqual(
                done.stderr,
                f"""{two}:1:9: error: standard input is read by another pipeline already, in {one}:1
  1 | source: '-'
    |         ^~~
    = only one can have it: give them another source, or run them one by one
{two}:2:7: error: '{self.folder}/all.ndjson' is written by another sink already, in {one}:2
  2 | sink: {{type: file, path: all.ndjson, mode: overwrite}}
    |       ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    = only one can have it: let each sink write to a place of its own
2 errors in 1 file
""",
            )

    def test_one_that_fails_does_not_stop_the_others(self):
        self.orders(50_000)
        fails = self.write("fails.yaml", "source: gone.ndjson\nsink: discard\n")
        works = self.write("works.yaml", "source: orders.ndjson\nsink: out.ndjson\n")
        done = self.run_it(fails, works)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(self.records("out.ndjson")), 50_000)
        failures = [line for line in done.stderr.splitlines() if "failed:" in line]
        self.assertEqual(len(failures), 1, done.stderr)
        self.assertIn(f"[fails] failed: cannot read {self.folder}/gone.ndjson: No such file or directory", failures[0])

    def test_a_bad_record_stops_and_names_its_line(self):
        self.write("in.ndjson", '{"a":1}\n{"a":2}\nnot json\n{"a":4}\n')
        pipeline = self.write("p.yaml", "source: in.ndjson\nsink: stdout\n")
        done = self.run_it("--quiet", pipeline)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, '{"a":1}\n{"a":2}\n')
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn("in.ndjson line 3", done.stderr)

    def test_a_format_that_was_guessed_is_told_so_when_it_fails(self):
        self.write("messages", "[info] started\n[info] stopped\n")
        done = self.run_it(self.write("text.yaml", "source: messages\nsink: {uri: out.txt, format: text}\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.folder / "out.txt").read_text(), (self.folder / "messages").read_text())
        self.write("workers", "{worker} started\n")
        done = self.run_it(self.write("json.yaml", "source: workers\nsink: discard\n"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(
            "; that this is JSON was guessed from the content: 'format: text' takes any lines (syntax error in decode)",
            done.stderr,
        )

    def test_a_bad_record_is_dropped_or_kept_as_a_letter(self):
        self.write("in.ndjson", '{"a":1}\nnot json\n{"a":3}\n')
        drop = self.write("drop.yaml", "source: in.ndjson\nsink: dropped.ndjson\non_error: drop\n")
        keep = self.write(
            "keep.yaml", "source: in.ndjson\nsink: kept.ndjson\non_error: {dead_letter: letters.ndjson}\n"
        )
        done = self.run_it("--json", drop, keep)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.records("dropped.ndjson"), [{"a": 1}, {"a": 3}])
        self.assertEqual(self.records("kept.ndjson"), [{"a": 1}, {"a": 3}])
        [letter] = self.records("letters.ndjson")
        self.assertEqual(letter["original"], "not json")
        summary = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual([p["rejected"] for p in summary["pipelines"]], [1, 1])
        self.assertEqual([p["dead_letters"] for p in summary["pipelines"]], [0, 1])

    # What becomes of records, and whether what is said of them is so

    def expect_all_accounted_for(self, pipeline):
        ends = ("filtered", "rejected", "written", "abandoned", "lost")
        self.assertEqual(pipeline["read"], sum(pipeline[end] for end in ends), pipeline)

    def test_dropped_records_say_why_once(self):
        lines = ['{"a":1}\n' if i % 2 else "not json\n" for i in range(2000)]
        self.write("in.ndjson", "".join(lines))
        pipeline = self.write("p.yaml", "source: in.ndjson\nsink: out.ndjson\non_error: drop\n")
        done = self.run_it(pipeline)
        self.assertEqual(done.returncode, 0, done.stderr)
        [why] = [line for line in done.stderr.splitlines() if " warn " in line]
        self.assertRegex(why, r"in\.ndjson line 1: .*\(syntax error in decode\); it is dropped")
        self.assertIn("\np: 1,000 rejected: syntax error in decode\n", done.stderr)

    def test_a_run_that_goes_on_says_where_and_counts_what_was_left(self):
        self.write("in.ndjson", '{"a":1}\n{"a":2}\nnot json\n{"a":4}\n')
        pipeline = self.write("p.yaml", "source: in.ndjson\nsink: out.ndjson\n")
        failed = self.run_it("--json", pipeline)
        self.assertNotIn("goes on", failed.stderr)
        [status] = json.loads(failed.stderr.splitlines()[-1])["pipelines"]
        self.expect_all_accounted_for(status)
        self.assertEqual((status["written"], status["rejected"], status["abandoned"], status["lost"]), (2, 1, 1, 0))
        pipeline.write_text(pipeline.read_text() + "on_error: drop\n")
        done = self.run_it("--json", pipeline)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"info  \[p\] goes on where an earlier run stopped: .*/in\.ndjson at position ")
        [status] = json.loads(done.stderr.splitlines()[-1])["pipelines"]
        self.assertEqual(status["read"], 2)  # the bad one, and the one behind it
        self.assertEqual(self.records("out.ndjson"), [{"a": 1}, {"a": 2}, {"a": 4}])

    def test_what_standard_input_gave_in_vain_is_lost(self):
        pipeline = self.write("p.yaml", "source: stdin\nsink: out.ndjson\n")
        done = self.run_it("--json", pipeline, input='{"a":1}\nnot json\n{"a":3}\n{"a":4}\n')
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("next run", done.stderr)
        [status] = json.loads(done.stderr.splitlines()[-1])["pipelines"]
        self.expect_all_accounted_for(status)
        self.assertEqual((status["lost"], status["lost_because"]), (2, "stdin gives its records only once"))
        again = self.run_it(pipeline, input='{"a":1}\nnot json\n{"a":3}\n{"a":4}\n')
        self.assertIn("\np: 2 records were lost: stdin gives its records only once\n", again.stderr)

    def test_letters_count_when_they_are_written(self):
        self.write("in.ndjson", '{"a":1}\nnot json\n' * 5)
        pipeline = self.write(
            "p.yaml", "source: in.ndjson\nsink: out.ndjson\non_error: {dead_letter: {uri: /dev/full, format: ndjson}}\n"
        )
        done = self.run_it("--json", pipeline)
        self.assertEqual(done.returncode, 1, done.stderr)
        [status] = json.loads(done.stderr.splitlines()[-1])["pipelines"]
        self.assertEqual(status["dead_letters"], 0)
        self.expect_all_accounted_for(status)

    # Signals

    def test_a_signal_drains(self):
        pipeline = self.write("p.yaml", "source: {type: generate, rate: 2000}\nsink: out.ndjson\n")
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                output = self.folder / "out.ndjson"
                before = output.stat().st_size if output.exists() else 0
                process = self.start("--json", pipeline)
                self.wait_for(lambda: output.exists() and output.stat().st_size > before)
                process.send_signal(number)
                said = process.stderr.read()
                self.assertEqual(process.wait(PATIENCE), 0, said)
                self.assertIn("finishing what was read", said)
                [status] = json.loads(said.splitlines()[-1])["pipelines"]
                self.assertEqual(status["state"], "stopped")
                self.assertGreater(status["read"], 0)
                self.assertEqual(status["written"], status["read"])
                self.assertEqual(status["abandoned"], 0)
                self.assertTrue(output.read_bytes().endswith(b"\n"))

    def test_a_second_signal_ends_at_once(self):
        pipeline = self.write("p.yaml", "source: {type: generate}\nsink: stdout\n")
        reading, writing = os.pipe()  # nobody reads: the sink stands still, and nothing can be drained
        self.addCleanup(os.close, reading)
        process = self.start(pipeline, stdout=writing)
        os.close(writing)
        self.wait_for(lambda: select.select([reading], [], [], 0)[0])
        process.send_signal(signal.SIGTERM)
        self.read_until(process.stderr, "a second signal ends at once")
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
        self.assertEqual(process.wait(PATIENCE), 1)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertIn("ended at once", said)

    # Terminals

    def test_progress_is_for_terminals(self):
        pipeline = self.write("p.yaml", "source: {type: generate, rate: 5000}\nsink: out.ndjson\n")
        main, side = pty.openpty()
        self.addCleanup(os.close, main)
        process = subprocess.Popen(self.command(pipeline), stderr=side)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        os.close(side)
        seen = b""
        while seen.count(b"MB/s") < 2:
            seen += os.read(main, 65536)
        process.send_signal(signal.SIGTERM)
        try:
            while chunk := os.read(main, 65536):
                seen += chunk
        except OSError:  # EIO: the other side is closed
            pass
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertIn(b"\r\x1b[K", seen)
        self.assertIn(b"p  ", seen)
        last = seen.decode().replace("\r\n", "\n").replace("\r\x1b[K", "\n").splitlines()[-2:]
        self.assertTrue(last[0].startswith("pipeline"), last)
        self.assertTrue(last[1].startswith("p         stopped"), last)

        piped = self.start(pipeline)
        self.read_until(piped.stderr, "starting")
        piped.send_signal(signal.SIGTERM)
        self.assertNotIn("\x1b", piped.stderr.read())


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()
