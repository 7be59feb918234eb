#!/usr/bin/env python3
"""The oracle of kill_test.py itself: each kind of damage that a kill must not do is found."""

import contextlib
import gzip
import os
import random
import sqlite3
import tempfile
import unittest
from pathlib import Path

from kill_commits import Commits
from kill_oracle import BATCHES_UNDER_WAY, Oracle, sizes_of, unpacked
from kill_shapes import SHAPES

COMMITTED = 40  # records that the state covers
WRITTEN = 45  # whole lines on disk behind them


def store_state(folder, lane, position, marks, phase=0, place="in_place"):
    """The state of a run that was killed. `marks` has the durable length of each file of output."""
    folder.mkdir(exist_ok=True)
    (folder / "pipeline.db").unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(folder / "pipeline.db")) as database:
        database.executescript(
            "CREATE TABLE pipeline(source_identity, phase); CREATE TABLE lane(lane, position);"
            "CREATE TABLE sink_mark(sink, key, value)"
        )
        database.execute("INSERT INTO pipeline VALUES ('in', ?)", (phase,))
        database.execute("INSERT INTO lane VALUES (?, ?)", (lane, f"{position}/41".encode()))
        for path, length in marks.items():
            mark = f"{place} 1 {path.stat().st_ino} 0 {length} 0 1".encode()
            database.execute("INSERT INTO sink_mark VALUES (?1, ?1, ?2)", (str(path), mark))
        database.commit()


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

    def store(self):
        store_state(self.folder / "state", self.records[0].lane, self.position, {self.out: self.length})

    def check(self):
        return self.oracle.after_kill()

    def assert_found(self, message):
        with self.assertRaisesRegex(AssertionError, message):
            self.check()

    def test_a_sound_kill(self):
        behind_marks = self.size_of(WRITTEN) + len(b'{"id":4') - self.length
        self.assertEqual(self.check(), ("flowing", behind_marks))

    def test_a_kill_when_all_was_written(self):
        self.write(self.lines)
        self.store()
        self.assertEqual(self.check(), ("all written", self.size_of(100) - self.length))

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


class OverwriteTest(unittest.TestCase):
    """A kill while the whole output, hidden so far, takes the place of what stood there."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-oracle-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.case = SHAPES["overwrite"]().make(self.folder, random.Random(1), count=100)
        self.oracle = Oracle(self.case, self.folder / "state")
        self.out = self.folder / "out" / "all.ndjson"
        self.hidden = self.out.with_name(".all.ndjson.hiveframed-partial")
        whole = b"".join(record.outputs["sink"][0] for record in self.case.records)
        self.hidden.write_bytes(whole)
        last = self.case.records[-1]
        store_state(self.folder / "state", last.lane, last.end, {self.hidden: len(whole)}, phase=1, place="hidden")
        self.name_mark_by_the_output()

    def name_mark_by_the_output(self):
        with contextlib.closing(sqlite3.connect(self.folder / "state" / "pipeline.db")) as database:
            database.execute("UPDATE sink_mark SET key = ?", (str(self.out),))
            database.commit()

    def test_before(self):
        self.assertEqual(self.oracle.after_kill(), ("publishing", 0))

    def test_behind(self):
        self.hidden.rename(self.out)
        self.assertEqual(self.oracle.after_kill(), ("publishing", 0))

    def test_what_stood_there_was_touched(self):
        self.out.write_bytes(b"")
        with self.assertRaisesRegex(AssertionError, "touched before"):
            self.oracle.after_kill()

    def test_another_file_took_its_place(self):
        self.hidden.rename(self.folder / "aside")  # keeps its inode from being given again
        self.out.write_bytes(b"".join(record.outputs["sink"][0] for record in self.case.records))
        with self.assertRaisesRegex(AssertionError, "another file"):
            self.oracle.after_kill()


class SeveralSinksTest(unittest.TestCase):
    """Two sinks of one lane, of which the second is durable further than the first, as far as a run may leave it."""

    BATCH = 20  # records

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-oracle-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

        class TwoSinks(SHAPES["fan_out"]):
            files = 1

            def outputs(self, line, _fields):
                return {"sinks[0]": (line, ""), "sinks[1]": (line, "")}

        self.case = TwoSinks().make(self.folder, random.Random(1), count=300)
        self.records = self.case.records
        self.case.batch_bytes = self.records[self.BATCH - 1].end
        self.oracle = Oracle(self.case, self.folder / "state")
        self.out = {name: sink.path for name, sink in self.case.sinks.items()}

    def lines(self, begin, end):
        return b"".join(record.outputs["sinks[0]"][0] for record in self.records[begin:end])

    def size_of(self, records):
        return len(self.lines(0, records))

    def leave(self, position, first, second):
        """So many records that a position covers, and that each sink has durably."""
        for path in self.out.values():
            path.write_bytes(self.lines(0, 250))
        marks = {self.out["sinks[0]"]: self.size_of(first), self.out["sinks[1]"]: self.size_of(second)}
        end = self.records[position - 1].end if position else 0
        store_state(self.folder / "state", self.records[0].lane, end, marks)

    def written_before(self, first, second):
        return {self.out["sinks[0]"]: self.size_of(first), self.out["sinks[1]"]: self.size_of(second)}

    def assert_found(self, sink, record, written_before):
        with self.assertRaisesRegex(AssertionError, rf"^{sink}: record {record} would be repeated: .* last commit's flushes"):
            self.oracle.after_kill(written_before)

    def test_as_far_apart_as_what_is_under_way(self):
        under_way = next(i for i, each in enumerate(self.records) if each.end > BATCHES_UNDER_WAY * self.case.batch_bytes)
        self.leave(position=0, first=0, second=under_way)
        self.oracle.after_kill(self.written_before(under_way, under_way))
        self.assertEqual(self.oracle.last_repeat, self.size_of(under_way))

    def test_as_far_apart_as_what_came_while_they_were_flushed(self):
        self.leave(position=100, first=100, second=240)
        self.oracle.after_kill(self.written_before(160, 150))

    def test_too_much_to_repeat_in_the_second_sink(self):
        self.leave(position=100, first=100, second=240)
        self.assert_found(r"sinks\[1\]", r"\d+", self.written_before(230, 230))

    def test_too_much_to_repeat_in_the_first_sink(self):
        self.leave(position=100, first=240, second=100)
        self.assert_found(r"sinks\[0\]", r"\d+", self.written_before(230, 230))

    def test_a_position_that_never_moves(self):
        self.leave(position=0, first=240, second=240)
        self.assert_found(r"sinks\[0\]", r"\d+", self.written_before(200, 200))

    def test_what_an_earlier_run_left_is_not_counted_again(self):
        # The run that follows commits before it has read the lane again.
        self.leave(position=100, first=100, second=240)
        self.oracle.after_kill(self.written_before(150, 150))
        self.oracle.after_kill()
        self.oracle.after_kill(self.written_before(240, 240))

    def test_what_the_run_found_stands_for_a_commit_that_it_did_not_make(self):
        self.leave(position=20, first=20, second=20)
        self.oracle.after_kill()
        self.leave(position=20, first=20, second=240)
        self.oracle.after_kill()
        self.assertEqual(self.oracle.last_repeat, self.size_of(240) - self.size_of(20))


class CommitsTest(unittest.TestCase):
    """The files of a state, with the times that a run would have left."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-oracle-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.clock = 10.0
        self.write()
        self.commits = Commits(self.folder, "pipeline", now=lambda: int(self.clock * 1e9))

    def write(self, name="pipeline.db"):
        (self.folder / name).touch()
        os.utime(self.folder / name, ns=(0, int(self.clock * 1e9)))

    def until(self, end):
        """A look each tenth of a second; then as many bytes are written as tenths have gone."""
        while self.clock < end - 0.05:
            self.clock = round(self.clock + 0.1, 1)
            self.commits.look({"out": round(self.clock * 10)})

    def commit(self, name="pipeline.db-wal"):
        self.clock = round(self.clock + 0.05, 2)
        self.write(name)
        self.clock = round(self.clock + 0.05, 2)
        self.commits.look({"out": round(self.clock * 10)})

    def test_none_was_of_this_run(self):
        self.until(12)
        self.assertIsNone(self.commits.written_before())

    def test_the_first_of_this_run(self):
        self.until(11)
        self.commit()
        self.assertEqual(self.commits.written_before(), {"out": 108})

    def test_a_commit_interval_after_the_one_before(self):
        for end in (11, 12.1, 13.2):
            self.until(end)
            self.commit()
        self.until(13.5)
        self.assertEqual(self.commits.written_before(), {"out": 130})

    def test_a_commit_that_took_long(self):
        self.until(11)
        self.commit()
        self.until(13)
        self.commit()
        self.assertEqual(self.commits.written_before(), {"out": 110})

    def test_a_commit_that_writes_several_times(self):
        self.until(11)
        self.commit()
        self.until(12.1)
        self.commit()
        self.until(12.4)
        self.commit("pipeline.db")
        self.assertEqual(self.commits.written_before(), {"out": 119})

    def test_what_is_there_is_seen(self):
        case = SHAPES["fan_out"]().make(self.folder, random.Random(1), count=10)
        paths = [sink.path for sink in case.sinks.values()]
        self.assertEqual(sizes_of(case), {})
        paths[1].write_bytes(b"12345")
        self.assertEqual(sizes_of(case), {paths[1]: 5})


if __name__ == "__main__":
    unittest.main()
