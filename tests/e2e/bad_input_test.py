#!/usr/bin/env python3
"""What bad input gets: one clear message that names file and line; nothing good is lost or written twice.

    bad_input_test.py BINARY BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]
"""

import base64
import gzip
import hashlib
import json
import os
import re
import resource
import sys
import tempfile
import time
import unittest
from pathlib import Path

from launch import Run, run, write_pipeline

BINARY = ""
TEST_BINARY = ""
PATIENCE = 60  # seconds
NOBODY = 65534
BAD_LINE = 2000  # where the bad record stands
FROM_START = (
    "run with --from-start, which reads everything anew (a sink that appends then writes again what it has already)"
)


def good(begin, end):
    return b"".join(b'{"id":%d,"a":1}\n' % i for i in range(begin, end))


class BadInputTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-bad-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out.ndjson"

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def pipeline(self, source="in.ndjson", sink="out.ndjson", more=""):
        return write_pipeline(self.folder, f"source: {source}\nsink: {sink}\n{more}\n")

    def run_it(self, pipeline, **options):
        return run(options.pop("program", BINARY), self.folder, pipeline, timeout=PATIENCE, **options)

    def only_error(self, done):
        """The one message about what went wrong, without its time."""
        errors = [line for line in done.messages.splitlines() if re.match(r"\S+ error ", line)]
        self.assertEqual(len(errors), 1, done.messages)
        warnings = [line for line in done.messages.splitlines() if re.match(r"\S+ warn", line)]
        self.assertEqual(warnings, [])
        return errors[0].split(" ", 1)[1]

    def wait_for(self, condition, started):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, started.messages())
            time.sleep(0.01)

    # Records that are bad

    def check_bad_record(self, bad, error, message, *, stage="decode", transforms="", letter=None):
        """Stopped at, then dropped, then as a dead letter: the good ones around it are there each time."""
        place = f"{self.folder}/in.ndjson line {BAD_LINE}"
        before, after = good(1, BAD_LINE), good(BAD_LINE + 1, 2 * BAD_LINE)
        self.write("in.ndjson", before + bad + b"\n" + after)
        expected = [(before, after)] * 3
        if transforms:
            expected = [tuple(text.replace(b'"a":1', b'"a":2') for text in (before, after))] * 3

        done = self.run_it(self.pipeline(more=transforms))
        self.assertEqual(done.status, 1)
        self.assertEqual(
            self.only_error(done),
            f"error [pipeline] failed: {place}: {message} ({error} error in {stage}); what stands before it is "
            "delivered, and the next run begins with it: set on_error to drop or to a dead_letter to go past it, or "
            f"mend the input and {FROM_START}",
        )
        self.assertEqual(self.out.read_bytes(), expected[0][0])

        # The next run begins with it: with on_error changed it goes on where this one stopped.
        done = self.run_it(self.pipeline(more=transforms + "\non_error: drop"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(done.pipeline()["rejected"], 1)
        self.assertEqual(self.out.read_bytes(), b"".join(expected[1]))

        self.out.unlink()
        done = self.run_it(self.pipeline(more=transforms + "\non_error: {dead_letter: dead.ndjson}"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), b"".join(expected[2]))
        [line] = (self.folder / "dead.ndjson").read_bytes().splitlines()
        found = json.loads(line)
        self.assertEqual(found["error"], {"type": error, "message": message})
        self.assertEqual(found["source"], place)
        self.assertEqual(found["stage"], stage)
        if letter is not None:
            letter(found)
        elif "original_base64" in found:
            self.assertEqual(base64.b64decode(found["original_base64"]), bad)
        else:
            self.assertEqual(found["original"].encode(), bad)

    def test_a_line_that_is_not_json(self):
        self.check_bad_record(
            b'{"id":2000, oops}', "syntax", "expected a member's name in quotes after ',', found 'oops' at byte 13"
        )

    def test_half_a_line(self):
        self.check_bad_record(b'{"id":2000,"a":', "syntax", "expected a value, found the end of the record at byte 16")

    def test_invalid_utf8(self):
        self.check_bad_record(
            b'{"id":2000,"s":"\xff\xfe"}', "encoding", "invalid UTF-8: byte 17 (0xff) is no part of a character"
        )

    def test_nesting_10000_deep(self):
        deep = b'{"id":2000,"n":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
        self.check_bad_record(deep, "depth", "nested deeper than 512 levels at byte 527")

    def test_a_key_twice(self):
        self.check_bad_record(
            b'{"id":2000,"n":1,"n":2}',
            "duplicate_key",
            "the object that ends here names the member 'n' twice at byte 23",
        )

    def test_a_line_of_100_mib(self):
        bad = b'{"id":2000,"s":"' + b"x" * (100 << 20) + b'"}'

        def letter(found):
            self.assertEqual(found["length"], len(bad))
            self.assertEqual(found["sha256"], hashlib.sha256(bad).hexdigest())
            self.assertEqual(found["original"].encode(), bad[: 64 << 10])

        self.check_bad_record(
            bad,
            "length",
            f"the record is {len(bad)} bytes long, more than the 16777216 of max_record_bytes",
            stage="source",
            letter=letter,
        )

    # The next run begins with the record that was too long, wherever the format is in its stream.

    def check_stopped_again(self, pipeline, place, bad):
        for _ in range(2):
            done = self.run_it(pipeline)
            self.assertEqual(done.status, 1)
            self.assertIn(
                f"{place}: the record is {len(bad)} bytes long, more than the 8192 of max_record_bytes",
                self.only_error(done),
            )
            self.assertEqual(self.out.read_bytes(), good(1, BAD_LINE))

    def test_a_line_too_long_that_is_mended(self):
        bad = b'{"id":2000,"s":"' + b"x" * 20_000 + b'"}'
        after = good(BAD_LINE + 1, 2 * BAD_LINE)
        self.write("in.ndjson", good(1, BAD_LINE) + bad + b"\n" + after)
        pipeline = self.pipeline(more="max_record_bytes: 8192")
        self.check_stopped_again(pipeline, f"{self.folder}/in.ndjson line 2000", bad)
        self.write("in.ndjson", good(1, BAD_LINE + 1) + after)
        done = self.run_it(pipeline)
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), good(1, 2 * BAD_LINE))

    def test_an_element_too_long_that_is_then_allowed(self):
        bad = b'{"id":2000,"s":"' + b"x" * 20_000 + b'"}'
        lines = [*good(1, BAD_LINE).splitlines(), bad, *good(BAD_LINE + 1, 2 * BAD_LINE).splitlines()]
        self.write("in.json", b"[\n  " + b",\n  ".join(lines) + b"\n]\n")
        pipeline = self.pipeline("in.json", more="max_record_bytes: 8192")
        self.check_stopped_again(pipeline, f"{self.folder}/in.json line 2001", bad)
        done = self.run_it(self.pipeline("in.json", more="max_record_bytes: 32768"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), b"\n".join(lines) + b"\n")

    def test_an_expression_that_fails_for_one_record(self):
        self.check_bad_record(
            b'{"id":2000,"a":"x"}',
            "expression",
            f"no such operation: string + int at {self.folder}/pipeline.yaml:4:23",
            stage="transforms[0] set",
            transforms="transforms:\n  - set: {a: record.a + 1}",
        )

    # Numbers that others would round or refuse

    def check_number_kept(self, number):
        lines = good(1, BAD_LINE) + b'{"id":2000,"n":' + number + b"}\n" + good(BAD_LINE + 1, 2 * BAD_LINE)
        self.write("in.ndjson", lines)
        done = self.run_it(self.pipeline(more="transforms:\n  - filter: record.id > 0"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), lines)
        # Also where the record is written anew.
        self.out.unlink()
        done = self.run_it(self.pipeline(more="transforms:\n  - set: {m: record.n}\n  - filter: record.id == 2000"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), b'{"id":2000,"n":' + number + b',"m":' + number + b"}\n")

    def test_a_number_of_400_digits(self):
        self.check_number_kept(b"7" * 400)

    def test_an_integer_beyond_uint64(self):
        self.check_number_kept(b"18446744073709551616")

    # Files that are not what they seem

    def slow_pipeline(self, source):
        """Slow enough that something can be done to the input while it is read."""
        return self.pipeline(
            source,
            "{type: faulty, path: out.ndjson, delay_ms: 20}",
            "batch: {records: 1000, linger_ms: 0}",
        )

    def check_changed_while_read(self, change, message):
        lines = good(1, 400_000)
        path = self.write("in.ndjson", lines)
        started = Run(
            TEST_BINARY, self.folder, self.slow_pipeline("in.ndjson"), arguments=["--memory-limit", "8MiB"]
        )
        self.wait_for(lambda: self.out.exists() and self.out.stat().st_size > 100_000, started)
        left = change(path)
        done = started.wait()
        self.assertEqual(done.status, 1, done.messages)
        self.assertRegex(self.only_error(done), message)
        written = self.out.read_bytes()
        # What was whole before that is delivered, once.
        self.assertEqual(written, lines[: len(written)])
        self.assertGreaterEqual(len(written), lines.rindex(b"\n", 0, left) + 1)

    def test_a_file_that_shrinks_while_it_is_read(self):
        def shrink(path):
            size = path.stat().st_size // 2 + 5
            os.truncate(path, size)
            return size

        self.check_changed_while_read(
            shrink,
            r"^error \[pipeline\] failed: cannot read \S+/in\.ndjson at byte \d+: the file shrank while it was "
            r"read, from \d+ to \d+ bytes; what was whole before that has been read; find out who cut it, then "
            + re.escape(FROM_START)
            + "$",
        )

    def test_a_file_that_the_pipeline_appends_to(self):
        lines = good(1, 50_000)
        path = self.write("in.ndjson", lines)
        done = self.run_it(self.pipeline(sink="{uri: in.ndjson, mode: append}"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(path.read_bytes(), lines + lines)

    def test_a_file_that_is_deleted_while_it_is_read(self):
        def delete(path):
            size = path.stat().st_size
            path.unlink()
            return size

        self.check_changed_while_read(
            delete,
            r"^error \[pipeline\] failed: cannot read \S+/in\.ndjson at byte \d+: the file was deleted while it was "
            r"read; what was whole in it has been read; check that its writer had finished it$",
        )

    def check_damaged_gzip(self, packed, message):
        lines = good(1, 400_000)
        self.write("in.ndjson.gz", packed(gzip.compress(lines, mtime=0)))
        done = self.run_it(self.pipeline("in.ndjson.gz"))
        self.assertEqual(done.status, 1)
        self.assertRegex(self.only_error(done), message)
        written = self.out.read_bytes()
        self.assertEqual(written, lines[: len(written)])
        self.assertTrue(written.endswith(b"\n"))
        return written, lines

    def test_a_truncated_gzip(self):
        written, lines = self.check_damaged_gzip(
            lambda packed: packed[: len(packed) // 2],
            r"^error \[pipeline\] failed: cannot read \S+/in\.ndjson\.gz at byte \d+: its gzip data ends early, \d+ "
            r"bytes into the content; the file was not written or copied whole; what was whole before that has been "
            r"read; with a good copy, " + re.escape(FROM_START) + "$",
        )
        self.assertGreater(len(written), len(lines) // 4)
        # Copied into the same file, it even goes on where it stopped.
        self.write("in.ndjson.gz", gzip.compress(lines, mtime=0))
        done = self.run_it(self.pipeline("in.ndjson.gz"))
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), lines)

    def test_a_gzip_whose_checksum_is_wrong(self):
        def damaged(packed):
            return packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]

        self.check_damaged_gzip(damaged, r"^error \[pipeline\] failed: cannot read \S+/in\.ndjson\.gz at byte \d+: ")

    def test_what_is_no_file(self):
        (self.folder / "folder.ndjson").mkdir()
        self.write("in.ndjson", good(1, 10))
        for source, sink, message in (
            ("folder.ndjson", "out.ndjson", "cannot read {}/folder.ndjson: there are no files in this folder; "
             "put files there, correct the path, or set 'recursive: true' for its subfolders"),
            ("in.ndjson", "folder.ndjson", "cannot write to {}/folder.ndjson: it is a folder; name a file in "
             "it, or end the path with '/' to write part files into the folder"),
            ("missing.ndjson", "out.ndjson", "cannot read {}/missing.ndjson: No such file or directory; correct the "
             "path, or make the file or folder"),
            ("none-*.ndjson", "out.ndjson", "cannot read {}/none-*.ndjson: no file matches this pattern; correct it, "
             "or put files there"),
            ("in.ndjson", "in.ndjson/out.ndjson", "cannot make the folder {}/in.ndjson: there is a file of that "
             "name; move it away, or name another folder in the path"),
        ):
            with self.subTest(source=source, sink=sink):
                done = self.run_it(self.pipeline(source, sink))
                self.assertEqual(done.status, 1)
                message = message.format(self.folder)
                self.assertEqual(self.only_error(done), f"error [pipeline] failed: {message}")

    # A world that has no room, or forbids it

    def user(self):
        """Somebody whom permissions bind, with a state folder and the input at hand."""
        if os.geteuid() != 0:
            return None
        self.folder.chmod(0o755)
        state = self.folder / "state"
        state.mkdir()
        os.chown(state, NOBODY, NOBODY)
        return NOBODY

    def test_a_sink_folder_without_permission(self):
        user = self.user()
        self.write("in.ndjson", good(1, 10))
        closed = self.folder / "closed"
        closed.mkdir(0o555)
        for sink, what in (
            ("closed/out.ndjson", "write to"),
            ("{uri: closed/out.ndjson, mode: overwrite}", "write to"),
            ("{uri: closed, format: ndjson}", "write to the folder"),
            ("closed/below/out.ndjson", "make the folder"),
        ):
            with self.subTest(sink=sink):
                done = self.run_it(self.pipeline(sink=sink), user=user)
                self.assertEqual(done.status, 1)
                self.assertRegex(
                    self.only_error(done),
                    rf"^error \[pipeline\] failed: cannot {what} {closed}\S*: Permission denied; .+",
                )
                self.assertEqual(list(closed.iterdir()), [])

    def test_an_input_without_permission(self):
        user = self.user()
        self.write("in.ndjson", good(1, 10)).chmod(0)
        done = self.run_it(self.pipeline("in.ndjson", "stdout"), user=user)
        self.assertEqual(done.status, 1)
        self.assertRegex(
            self.only_error(done),
            rf"^error \[pipeline\] failed: cannot read {self.folder}/in\.ndjson: Permission denied; .+",
        )

    def test_a_limit_on_the_size_of_files(self):
        lines = good(1, 100_000)
        self.write("in.ndjson", lines)
        done = self.run_it(self.pipeline(), limits={resource.RLIMIT_FSIZE: 1_000_000})
        self.assertEqual(done.status, 1)
        self.assertRegex(
            self.only_error(done),
            rf"^error \[pipeline\] failed: sink: cannot write to {self.out}: File too large; .+",
        )
        written = self.out.read_bytes()
        self.assertEqual(written, lines[: len(written)])
        self.assertFalse(written.rpartition(b"\n")[2], "half a line was left")
        # What was not durable yet was taken back, so that the next run goes on where the output ends.
        done = self.run_it(self.pipeline())
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.out.read_bytes(), lines)


if __name__ == "__main__":
    BINARY, TEST_BINARY = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
    unittest.main()
