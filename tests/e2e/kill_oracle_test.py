#!/usr/bin/env python3
"""The oracle of kill_test.py itself: each kind of damage that a kill must not do is found."""

import contextlib
import gzip
import random
import sqlite3
import tempfile
import unittest
from pathlib import Path

from kill_oracle import Oracle, unpacked
from kill_shapes import SHAPES

COMMITTED = 40  # records that the state covers
WRITTEN = 45  # whole lines on disk behind them


class OracleTest(unittest.TestCase):
    """A hand-made state and output, as a sound run would have left them, and then one thing wrong."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-oracle-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        shape = SHAPES["one_file"]()
        self.case = shape.make(self.folder, random.Random(1), count=100)
        self.oracle = Oracle(self.case, self.folder / "state")
        self.records = self.case.records
        self.lines = [record.outputs["sink"][0] for record in self.records]
        self.out = self.folder / "out" / "all.ndjson"
        self.write(self.lines[:WRITTEN], b'{"id":4')
        self.position = self.records[COMMITTED - 1].end
        self.length = self.size_of(COMMITTED)
        self.store()

    def write(self, lines, tail=b""):
        self.out.write_bytes(b"".join(lines) + tail)

    def size_of(self, records):
        return sum(len(line) for line in self.lines[:records])

    def store(self, phase=0):
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        (state / "pipeline.db").unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(state / "pipeline.db")) as database:
            database.executescript(
                "CREATE TABLE pipeline(source_identity, phase); CREATE TABLE lane(lane, position);"
                "CREATE TABLE sink_mark(sink, key, value)"
            )
            database.execute("INSERT INTO pipeline VALUES ('in', ?)", (phase,))
            database.execute("INSERT INTO lane VALUES (?, ?)", (self.records[0].lane, f"{self.position}/41".encode()))
            inode = self.out.stat().st_ino
            mark = f"in_place 1 {inode} 0 {self.length} 0 1".encode()
            database.execute("INSERT INTO sink_mark VALUES (?1, ?1, ?2)", (str(self.out), mark))
            database.commit()

    def check(self):
        return self.oracle.after_kill(bytes_since_commit=1 << 20)

    def assert_found(self, message):
        with self.assertRaisesRegex(AssertionError, message):
            self.check()

    def test_a_sound_kill(self):
        behind_marks = self.size_of(WRITTEN) + len(b'{"id":4') - self.length
        self.assertEqual(self.check(), ("flowing", behind_marks))

    def test_a_missing_record(self):
        self.write(self.lines[:10] + self.lines[11:WRITTEN])
        self.length -= len(self.lines[10])
        self.store()
        self.assert_found("came before")

    def test_records_in_the_wrong_order(self):
        self.write(self.lines[:10] + [self.lines[11], self.lines[10]] + self.lines[12:WRITTEN])
        self.store()
        self.assert_found("came before")

    def test_a_changed_byte(self):
        self.write([*self.lines[:10], self.lines[10].replace(b'"kind" :', b'"kind": '), *self.lines[11:WRITTEN]])
        self.store()
        self.assert_found("wrong bytes")

    def test_half_a_line_in_the_middle(self):
        self.write(self.lines[:COMMITTED] + [b'{"id":40,"ki\n'] + self.lines[COMMITTED:WRITTEN])
        self.store()
        self.assert_found("wrong bytes")

    def test_a_repeat_without_a_reason(self):
        self.write(self.lines[:COMMITTED] + self.lines[30:WRITTEN])
        self.store()
        self.assert_found("repeated more often|the states say")

    def test_a_repeat_that_a_start_explains_but_no_state(self):
        self.check()
        self.write(self.lines[:COMMITTED] + self.lines[30:WRITTEN])
        self.store()
        self.assert_found("the states say")

    def test_a_position_past_the_output(self):
        self.position = self.records[COMMITTED].end
        self.store()
        self.assert_found("has not got record 40")

    def test_a_position_that_went_back(self):
        self.check()
        self.position = self.records[COMMITTED - 2].end
        self.store()
        self.assert_found("went back")

    def test_a_mark_within_a_line(self):
        self.length += 3
        self.store()
        self.assert_found("within a line")

    def test_output_shorter_than_its_mark(self):
        self.write(self.lines[: COMMITTED - 1])
        self.store()
        self.assert_found("lost bytes that were durable")

    def test_too_much_to_repeat(self):
        self.position = 0
        self.case.batch_bytes = 1000
        self.store()
        self.assert_found("would be repeated, more than 1000")

    def test_a_stop_that_would_repeat(self):
        self.check()
        self.length = self.size_of(WRITTEN)
        self.write(self.lines[:WRITTEN])
        self.store()
        with self.assertRaisesRegex(AssertionError, "would be repeated after a run that drained"):
            self.oracle.after_stop()

    def test_a_stop_before_a_lane_was_read_again(self):
        self.length = self.size_of(WRITTEN)
        self.store()
        self.check()
        self.write(self.lines[:WRITTEN])
        self.store()
        self.assertEqual(self.oracle.after_stop(), "flowing")

    def test_a_stop_that_came_when_all_was_done(self):
        self.length = self.size_of(WRITTEN)
        self.write(self.lines[:WRITTEN])
        self.store()
        self.check()
        self.assertGreater(self.oracle.last_repeat, 0)
        self.finish(self.lines)
        self.assertEqual(self.oracle.after_stop(), "finished")

    def test_at_most_once_whole_lines_that_a_start_cut(self):
        self.case.may_lose = True
        self.check()
        self.write(self.lines[:COMMITTED] + self.lines[WRITTEN : WRITTEN + 5])
        self.store()
        self.assert_found(f"a kill left {WRITTEN} whole lines.*the next run left {COMMITTED} of them")

    def test_at_most_once_the_half_line_may_go(self):
        self.case.may_lose = True
        self.check()
        self.write(self.lines[:WRITTEN] + self.lines[WRITTEN + 1 : WRITTEN + 5])
        self.store()
        self.check()

    def write_members(self, *members, torn=b""):
        """Packed output, of which the first COMMITTED records are one member."""
        self.case.may_lose = self.case.sinks["sink"].packed = True
        packed = [gzip.compress(b"".join(lines)) for lines in members]
        self.out.write_bytes(b"".join(packed) + torn)
        self.length = len(packed[0])
        self.store()

    def test_at_most_once_a_whole_member_that_a_start_cut(self):
        committed, written = self.lines[:COMMITTED], self.lines[COMMITTED:WRITTEN]
        self.write_members(committed, written)
        self.check()
        self.write_members(committed, self.lines[WRITTEN : WRITTEN + 5])
        self.assert_found(f"left {WRITTEN} whole lines.*left {COMMITTED} of them")

    def test_at_most_once_a_torn_member_may_go(self):
        committed, written = self.lines[:COMMITTED], self.lines[COMMITTED:WRITTEN]
        stored = gzip.compress(b"".join(self.lines[WRITTEN : WRITTEN + 5]), compresslevel=0)
        self.write_members(committed, written, torn=stored[:-30])
        self.assertIn(self.lines[WRITTEN], unpacked(self.out.read_bytes(), whole=False))
        self.check()
        self.write_members(committed, written, self.lines[WRITTEN + 5 : WRITTEN + 9])
        self.check()

    def test_at_most_once_more_is_lost_than_was_under_way(self):
        self.case.may_lose = True
        self.case.batch_bytes = 100
        self.write(self.lines[:10])
        self.length = self.size_of(10)
        self.store()
        self.assert_found("bytes were lost by one kill, more than 400")

    def test_at_most_once_a_stop_loses_nothing(self):
        self.case.may_lose = True
        self.write(self.lines[: COMMITTED - 1])
        self.length = self.size_of(COMMITTED - 1)
        self.store()
        with self.assertRaisesRegex(AssertionError, "bytes were lost by a run that drained"):
            self.oracle.after_stop()

    def test_at_most_once_a_record_is_missing_that_no_kill_took(self):
        self.case.may_lose = True
        self.check()
        self.finish(self.lines[:WRITTEN] + self.lines[WRITTEN + 1 :])
        with self.assertRaisesRegex(AssertionError, "1 records are missing, and kills took 0"):
            self.oracle.after_finish()

    def finish(self, lines, tail=b""):
        self.write(lines, tail)
        (self.folder / "state" / "pipeline.db").unlink()

    def test_a_sound_end(self):
        self.finish(self.lines)
        self.oracle.after_finish()

    def test_the_last_record_is_missing(self):
        self.finish(self.lines[:-1])
        with self.assertRaisesRegex(AssertionError, "1 records are missing in sink, the first is 99"):
            self.oracle.after_finish()

    def test_an_end_in_half_a_line(self):
        self.finish(self.lines, b'{"id":1')
        with self.assertRaisesRegex(AssertionError, "ends in half a line"):
            self.oracle.after_finish()

    def test_a_hidden_file_that_is_left(self):
        self.finish(self.lines)
        (self.out.parent / ".all.ndjson.hiveframed-partial").write_bytes(b"")
        with self.assertRaisesRegex(AssertionError, "was left behind"):
            self.oracle.after_finish()

    def test_a_state_that_is_left(self):
        self.write(self.lines)
        with self.assertRaisesRegex(AssertionError, "left its position behind"):
            self.oracle.after_finish()


if __name__ == "__main__":
    unittest.main()
