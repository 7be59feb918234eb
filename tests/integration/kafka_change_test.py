#!/usr/bin/env python3
"""Topics and rights that change under a pipeline: partitions are added, a topic is deleted, records go before they are
read, rights are taken. Records come before, meanwhile and afterwards, and an oracle has each id.

    kafka_change_test.py BINARY BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]
"""

import re
import sys
import unittest

from kafka_case import CROSSED, KafkaCase
from services.listeners import PASSWORD, USER
from services.oracle import Record

FAULTY = ""
# Clients look at topics every five minutes else.
LOOKS_OFTEN = {"kafka_config": {"topic.metadata.refresh.interval.ms": "500"}}


class TopicTest(KafkaCase):
    def test_partitions_are_added_while_records_flow(self):
        topic = self.create_topic(partitions=2)
        copy = self.create_topic("-copy", partitions=2)
        often = {"metadata.max.age.ms": "500"}
        producing = self.oracle.begin_producing(topic, keys=40, rate=2000, bytes=100, config=often)
        started = self.start(self.pipeline(self.source(**LOOKS_OFTEN), self.sink(copy, **LOOKS_OFTEN)))

        def copied():
            return sum(end for _, end in self.oracle.offsets(copy).values())

        def await_copied():
            wanted = copied() + CROSSED
            self.wait_for(lambda: copied() >= wanted, started)

        await_copied()
        self.oracle.add_partitions(topic, 5)
        self.oracle.add_partitions(copy, 5)
        # Whoever produces sees them by and by, and so do source and sink.
        self.wait_for(lambda: len(self.oracle.committed(self.name, topic)) == 5, started)
        self.wait_for(lambda: all(end > 0 for _, end in self.oracle.offsets(copy).values()), started)
        await_copied()
        sent = self.oracle.stop_early(producing)
        self.assertEqual(sent["errors"], {})
        self.wait_for(lambda: self.lag() == 0, started)
        self.stop(started)
        counted = self.oracle.count_ids(copy)
        self.assert_none_missing(list(counted["ids"]), range(1, sent["sent"] + 1))
        self.assertEqual(counted["repeated"], 0)

    def test_a_topic_is_deleted_while_it_is_read(self):
        topic = self.create_topic(partitions=2)
        started = self.start(self.pipeline(self.source(**LOOKS_OFTEN)))
        self.oracle.produce_ids(topic, CROSSED)
        self.wait_for(lambda: self.count() == CROSSED and self.lag() == 0, started)
        self.oracle.delete_topic(topic)
        self.wait_for(
            lambda: any(" warn " in line and topic in line for line in started.messages().splitlines()), started
        )
        self.create_topic(partitions=2)
        self.oracle.produce_ids(topic, CROSSED // 4, first=10_001)
        self.wait_for(lambda: self.count() >= CROSSED + CROSSED // 4, started)
        self.oracle.produce_ids(topic, 3 * CROSSED, first=20_001)
        self.wait_for(lambda: self.count() >= 4 * CROSSED + CROSSED // 4, started)
        done = self.stop(started)
        expected = [*range(1, CROSSED + 1), *range(10_001, 10_001 + CROSSED // 4), *range(20_001, 20_001 + 3 * CROSSED)]
        self.assert_each_once(self.ids(), expected)
        told = [line for line in done.messages.splitlines() if " warn " in line or " error " in line]
        self.assertLessEqual(len(told), 8, "\n".join(told))

    def test_records_go_before_they_are_read(self):
        """The sink stands still; meanwhile most of what it has not taken is deleted on the broker."""
        topic = self.create_topic()
        count, gone = 60_000, 50_000
        self.oracle.produce_ids(topic, count, bytes=1000)
        self.program = FAULTY
        sink = "{type: faulty, path: out.ndjson, events: events, stall_after: 2000, stall_ms: 8000}"
        started = self.start(self.pipeline(self.source(), sink), arguments=["--memory-limit", "48MiB"])
        self.wait_for((self.folder / "events").exists, started)
        self.oracle.delete_records(topic, 0, gone)
        self.wait_for(lambda: self.lag() == 0, started)
        self.oracle.produce_ids(topic, CROSSED, first=count + 1)
        self.wait_for(lambda: self.lag() == 0, started)
        done = self.stop(started)
        # Ids begin with 1, offsets with 0.
        (told,) = re.findall(r"offsets (\d+) to (\d+)\): it goes on at (\d+)", done.messages)
        first, last, on = map(int, told)
        self.assertEqual((last, on), (gone - 1, gone))
        self.assertIn(f"{gone - first} records of {topic}-0 were deleted", done.messages)
        self.assert_each_once(self.ids(), [*range(1, first + 1), *range(gone + 1, count + CROSSED + 1)])

    def test_poison_among_good_records(self):
        topic = self.create_topic(partitions=2)
        more = "on_error: {dead_letter: dead.ndjson}"
        started = self.start(self.pipeline(self.source(), more=more))
        poison = [b'{"id":', b"\xff\xfe\x00", b"", b"[" * 100_000, b'{"id":1,"id":2}', b'{"id":"\\ud800"}']
        for number, each in enumerate(poison):
            self.oracle.produce_ids(topic, CROSSED, first=1 + number * CROSSED, partition=number % 2)
            self.oracle.produce(topic, [Record(each, partition=number % 2)])
        self.oracle.produce_ids(topic, CROSSED, first=1 + len(poison) * CROSSED)
        self.wait_for(lambda: self.lag() == 0, started)
        done = self.stop(started)
        self.assert_each_once(self.ids(), range(1, (1 + len(poison)) * CROSSED + 1))
        letters = sorted(self.lines(self.folder / "dead.ndjson"), key=lambda each: each["source"])
        expected = sorted(f"{topic}-{number % 2} offset {number // 2 * (CROSSED + 1) + CROSSED}" for number in range(len(poison)))
        self.assertEqual([each["source"] for each in letters], expected)
        self.assertEqual(done.pipeline()["dead_letters"], len(poison))


class RightsTest(KafkaCase):
    options = {"listeners": ["sasl"], "access": True}
    login = {"security_protocol": "sasl_plaintext", "sasl_mechanism": "PLAIN", "sasl_username": USER, "sasl_password": PASSWORD}

    def setUp(self):
        super().setUp()
        self.topic = self.create_topic(partitions=2)
        self.copy = self.create_topic("-copy", partitions=2)
        for operation, resource, name in (
            ("read", "topic", self.topic), ("read", "group", self.name), ("write", "topic", self.copy),
        ):  # fmt: skip
            self.oracle.allow(USER, operation, resource, name)

    def copied(self):
        return sum(end for _, end in self.oracle.offsets(self.copy).values())

    def check(self, operation, name, *words):
        """A right is taken while records flow: the pipeline ends and says what to do. With it, another goes on."""
        pipeline = self.pipeline(self.source(listener="sasl"), self.sink(self.copy, listener="sasl"))
        producing = self.oracle.begin_producing(self.topic, keys=20, rate=1000, bytes=100)
        started = self.start(pipeline)
        self.wait_for(lambda: self.copied() >= CROSSED, started)
        self.oracle.allow(USER, operation, "topic", name, allowed=False)
        done = started.wait(60)
        self.assertEqual(done.status, 1, done.messages)
        said = [line for line in done.messages.splitlines() if " info " not in line]
        self.assertLessEqual(len(said), 2, done.messages)
        for word in words:
            self.assertIn(word, said[-1])
        self.oracle.allow(USER, operation, "topic", name)
        copied = self.copied()
        started = self.start(pipeline)
        self.wait_for(lambda: self.copied() >= copied + CROSSED, started)
        sent = self.oracle.stop_early(producing)
        self.assertEqual(sent["errors"], {})
        self.wait_for(lambda: self.lag() == 0, started)
        self.stop(started)
        counted = self.oracle.count_ids(self.copy)
        self.assert_none_missing(list(counted["ids"]), range(1, sent["sent"] + 1))
        self.assertEqual((counted["out_of_order"], counted["misplaced"]), (0, 0))

    def test_the_right_to_read_is_taken(self):
        self.check("read", self.topic, self.topic, "give the user the right")

    def test_the_right_to_write_is_taken(self):
        self.check("write", self.copy, self.copy, "give the user the right")


if __name__ == "__main__":
    KafkaCase.program, FAULTY = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
