#!/usr/bin/env python3
"""Topics of a real Kafka, read into files: each record once, with all that came with it.

    kafka_source_test.py BINARY [unittest's arguments]
"""

import json
import sys
import unittest

from kafka_case import CROSSED, KafkaCase
from services.oracle import Record


class RecordsTest(KafkaCase):
    def test_what_comes_with_a_record(self):
        topic = self.create_topic(partitions=2)
        headers = [("trace", b"1"), ("empty", None), ("raw", b"\xff\x00")]
        self.oracle.produce(topic, [Record(b'{"id":1}', b"k1", headers, 1_700_000_000_123, partition=1)])
        more = "transforms:\n- set: {key: key, meta: meta, headers: meta.headers, timestamp: meta.timestamp}"
        self.run_to_end(self.pipeline(self.source(stop_at="end"), more=more))
        (found,) = self.lines()
        meta = found.pop("meta")
        self.assertEqual({name: meta[name] for name in ("topic", "partition", "offset")}, {"topic": topic, "partition": 1, "offset": 0})
        self.assertEqual(
            found,
            {"id": 1, "key": "k1", "headers": {"trace": "1", "empty": None, "raw": "/wA="}, "timestamp": "2023-11-14T22:13:20.123Z"},
        )

    def test_several_topics_and_partitions(self):
        for i, partitions in enumerate((1, 3, 4)):
            topic = self.create_topic(f"-{i}", partitions=partitions)
            self.oracle.produce_ids(topic, 5000, first=1 + 5000 * i, keys=50)
        topics = [f"{self.name}-{i}" for i in range(3)]
        done = self.run_to_end(self.pipeline(self.source(topics, stop_at="end")))
        self.assert_each_once(self.ids(), range(1, 15_001))
        for first in (1, 5001, 10_001):
            self.assert_ordered([each for each in self.lines() if first <= each["id"] < first + 5000])
        self.assertEqual(done.pipeline()["read"], 15_000)
        for topic in topics:
            self.assertEqual(self.lag(topic), 0)
        # There is nothing left for the next.
        self.assertEqual(self.run_to_end(self.pipeline(self.source(topics, stop_at="end"))).pipeline()["read"], 0)

    def test_texts_and_bytes(self):
        topic = self.create_topic()
        values = [b"no json {", "é✓".encode(), b"", b"two\nlines"]
        self.oracle.produce(topic, [Record(each) for each in values])
        self.run_to_end(self.pipeline(self.source(stop_at="end", value_deserializer="string")))
        self.assertEqual(self.lines(), [each.decode() for each in values])
        self.oracle.produce(topic, [Record(b"\xff\x00\xfe", b"\xff")])
        self.run_to_end(self.pipeline(self.source(stop_at="end", value_deserializer="bytes", key_deserializer="bytes")))
        self.assertEqual(self.lines()[-1], "/wD+")

    def test_tombstones_are_deletions(self):
        topic = self.create_topic()
        self.oracle.produce(topic, [Record(b'{"id":1}', b"k"), Record(None, b"k")])
        more = "transforms:\n- set: {op: meta.op, key: key}"
        self.run_to_end(self.pipeline(self.source(stop_at="end"), more=more))
        self.assertEqual([(each["op"], each["key"]) for each in self.lines()], [(None, "k"), ("delete", "k")])

    def test_bad_records_go_to_the_dead_letters(self):
        topic = self.create_topic(partitions=2)
        good = [Record(b'{"id":%d}' % i, partition=1) for i in range(1, CROSSED + 1)]
        bad = [Record(b'{"id":', partition=1), Record(b"\xff\xfe", partition=1)]
        self.oracle.produce(topic, [*good[:500], bad[0], *good[500:900], bad[1], *good[900:]])
        more = "on_error: {dead_letter: dead.ndjson}"
        done = self.run_to_end(self.pipeline(self.source(stop_at="end"), more=more))
        self.assertEqual(self.ids(), list(range(1, CROSSED + 1)))
        letters = self.lines(self.folder / "dead.ndjson")
        self.assertEqual([each["source"] for each in letters], [f"{topic}-1 offset 500", f"{topic}-1 offset 901"])
        self.assertEqual(letters[0]["original"], '{"id":')
        self.assertEqual(done.pipeline()["dead_letters"], 2)
        self.assertEqual(self.lag(), 0)

    def test_gaps_do_not_hold_up_the_commits(self):
        topic = self.create_topic()
        # Markers, one of them last, and records that were aborted.
        self.oracle.produce_ids(topic, 1000, transactional_id=self.name, transaction=100, abort_every=2)
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        expected = [i for i in range(1, 1001) if (i - 1) // 100 % 2 == 0]
        self.assertEqual(self.ids(), expected)
        begin, end = self.oracle.offsets(topic)[0]
        self.assertEqual((begin, end), (0, 1010))
        committed = self.oracle.committed(self.name, topic)[0]
        # Behind the last record that there was to read, if not behind the marker and the aborted ones after it, too.
        self.assertGreaterEqual(committed, 908)
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.assertEqual(len(self.ids()), len(expected), "something was read again")

    def test_uncommitted_records_if_they_are_wanted(self):
        topic = self.create_topic()
        self.oracle.produce_ids(topic, 200, transactional_id=self.name, transaction=100, abort_every=2)
        self.run_to_end(self.pipeline(self.source(stop_at="end", isolation_level="read_uncommitted")))
        self.assertEqual(self.ids(), list(range(1, 201)))

    def test_a_compacted_topic(self):
        config = {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01", "max.compaction.lag.ms": "200"}
        topic = self.create_topic(config=config)
        self.oracle.produce_ids(topic, 3000, keys=10)
        last = Record(b'{"id":3001}', b"last")

        def compacted():
            # What is to be cleaned must not be in the newest segment.
            self.oracle.produce(topic, [last])
            return self.oracle.count_ids(topic)["records"] < 1000

        self.oracle.await_(compacted, "the topic is compacted", seconds=40)
        expected = [json.loads(record.value)["id"] for record in self.oracle.consume(topic)]
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.assertEqual(self.ids()[: len(expected)], expected)
        self.assertEqual(self.lag(), 0)

    def test_from_a_point_in_time(self):
        topic = self.create_topic(partitions=2)
        self.oracle.produce(
            topic, [Record(b'{"id":%d}' % i, timestamp=1_700_000_000_000 + 1000 * i, partition=i % 2) for i in range(100)]
        )
        source = self.source(stop_at="end", start_timestamp="2023-11-14T22:14:20Z", auto_offset_reset=None)
        self.run_to_end(self.pipeline(source))
        self.assert_each_once(self.ids(), range(60, 100))


class GoingOnTest(KafkaCase):
    def test_after_term(self):
        topic = self.create_topic(partitions=3)
        producing = self.oracle.begin_producing(topic, keys=30, rate=2000, bytes=100)
        for _ in range(3):
            started = self.start(self.pipeline(self.source()))
            self.await_more(started)
            self.stop(started)
        sent = self.oracle.stop_early(producing)["sent"]
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.assert_each_once(self.ids(), range(1, sent + 1))
        self.assert_ordered(self.lines())

    def test_after_a_kill(self):
        topic = self.create_topic(partitions=3)
        producing = self.oracle.begin_producing(topic, keys=30, rate=2000, bytes=100)
        # Else the group waits for the dead.
        quick = {"session_timeout_ms": 1500, "heartbeat_interval_ms": 300}
        for _ in range(3):
            self.wait_for(lambda: self.lag() > 0)
            started = self.start(self.pipeline(self.source(**quick)))
            self.await_more(started)
            self.wait_for(lambda: self.oracle.committed(self.name, topic), started)
            self.assertTrue(started.kill())
        sent = self.oracle.stop_early(producing)["sent"]
        self.run_to_end(self.pipeline(self.source(stop_at="end", **quick)))
        found = self.ids()
        self.assert_none_missing(found, range(1, sent + 1))
        self.assertLess(len(found) - sent, sent, "everything was read again")
        self.assert_ordered(self.lines())

    def test_latest_is_settled_once(self):
        topic = self.create_topic(partitions=3)
        self.oracle.produce_ids(topic, 300)
        pipeline = self.pipeline(self.source(auto_offset_reset="latest"))
        started = self.start(pipeline)
        self.wait_for(lambda: len(self.oracle.committed(self.name, topic)) == 3, started)
        self.assertEqual(self.lag(), 0)
        # It has read nothing yet, and dies; what comes meanwhile is not skipped.
        self.assertTrue(started.kill())
        self.oracle.produce_ids(topic, 300, first=1001)
        quick = {"session_timeout_ms": 1500, "heartbeat_interval_ms": 300}
        self.run_to_end(self.pipeline(self.source(auto_offset_reset="latest", stop_at="end", **quick)))
        self.assert_each_once(self.ids(), range(1001, 1301))

    def check_latest_of_what_comes_later(self, topics, begin, grow):
        """Records of partitions that appear while it runs, or stands, are read from the first."""
        quick = {"kafka_config": {"topic.metadata.refresh.interval.ms": "500"}}
        started = self.start(self.pipeline(self.source(topics, auto_offset_reset="latest", **quick)))
        begin(started)
        grow()
        self.wait_for(lambda: self.count() >= 500, started)
        self.stop(started)
        self.assert_each_once(self.ids(), range(1, 501))

    def test_partitions_are_added(self):
        topic = self.create_topic()

        def settled(started):
            self.wait_for(lambda: self.oracle.committed(self.name, topic), started)

        def grow():
            self.oracle.add_partitions(topic, 3)
            self.oracle.produce_ids(topic, 200, partition=2)
            self.oracle.produce_ids(topic, 300, first=201, partition=0)

        self.check_latest_of_what_comes_later(topic, settled, grow)

    def test_a_topic_of_the_expression_appears(self):
        topic = self.create_topic("-1")
        self.create_topic("x")

        def settled(started):
            self.wait_for(lambda: self.oracle.committed(self.name, topic), started)

        def grow():
            self.oracle.produce_ids(f"{self.name}x", 100, first=9000)
            self.oracle.produce_ids(self.create_topic("-2", partitions=2), 500)

        self.check_latest_of_what_comes_later(f"^{self.name}-[0-9]+$", settled, grow)

    def test_a_topic_that_is_missing_at_first(self):
        def told(started):
            self.wait_for(lambda: any(" warn " in line and self.name in line for line in started.messages().splitlines()), started)

        def grow():
            self.oracle.produce_ids(self.create_topic(partitions=2), 500)

        self.check_latest_of_what_comes_later(self.name, told, grow)

    def test_offsets_that_are_gone(self):
        topic = self.create_topic()
        self.oracle.produce_ids(topic, 500)
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.oracle.produce_ids(topic, 1000, first=501)
        self.oracle.delete_records(topic, 0, 1200)
        done = self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.assert_each_once(self.ids(), [*range(1, 501), *range(1201, 1501)])
        self.assertIn("700 records", done.messages)
        self.assertIn("offsets 500 to 1199", done.messages)

    def test_a_topic_that_was_made_anew(self):
        topic = self.create_topic()
        self.oracle.produce_ids(topic, 500)
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.oracle.delete_topic(topic)
        self.create_topic()
        self.oracle.produce_ids(topic, 200, first=1001)
        # Deleting the topic has deleted its offsets, or they are beyond its end.
        self.run_to_end(self.pipeline(self.source(stop_at="end")))
        self.assert_each_once(self.ids(), [*range(1, 501), *range(1001, 1201)])


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
