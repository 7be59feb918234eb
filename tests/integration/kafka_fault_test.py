#!/usr/bin/env python3
"""Kafka to Kafka while brokers die, stand still and are cut off, and while the sink stands still: every id that Kafka
acknowledged arrives, once, and in the order of its key.

    kafka_fault_test.py BINARY BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]
"""

import sys
import time
import unittest

from kafka_case import CROSSED, KafkaCase

FAULTY = ""


class FaultCase(KafkaCase):
    listener = "plain"
    sink_options = {}

    def begin(self, rate=2000, partitions=4, **options):
        """A pipeline under way from one topic to another."""
        self.topic = self.create_topic(partitions=partitions)
        self.copy = self.create_topic("-copy", partitions=partitions)
        self.producing = self.oracle.begin_producing(self.topic, keys=40, rate=rate, bytes=200, **options)
        source, sink = self.source(listener=self.listener), self.sink(self.copy, listener=self.listener)
        self.started = self.start(self.pipeline(source, sink))
        self.await_copied()

    def copied(self):
        return sum(end for _, end in self.oracle.offsets(self.copy).values())

    def await_copied(self, more=CROSSED):
        wanted = self.copied() + more
        try:
            self.wait_for(lambda: self.copied() >= wanted, self.started)
        except AssertionError as error:
            offsets = [self.oracle.offsets(topic) for topic in (self.topic, self.copy)]
            raise AssertionError(f"{error}\n{offsets}, committed {self.oracle.committed(self.name, self.topic)}") from None

    def finish(self, most=6):
        """Of the log: at most so many lines of one trouble."""
        self.await_copied()
        sent = self.oracle.stop_early(self.producing)
        self.assertEqual(sent["errors"], {})
        self.wait_for(lambda: self.lag(self.topic) == 0, self.started)
        done = self.stop(self.started)
        counted = self.oracle.count_ids(self.copy)
        self.assert_none_missing(list(counted["ids"]), range(1, sent["sent"] + 1))
        self.assertEqual((counted["out_of_order"], counted["misplaced"], counted["without_id"]), (0, 0, 0))
        told = [line for line in done.messages.splitlines() if " warn " in line or " error " in line]
        self.assertLessEqual(len(told), most, "\n".join(told))
        return done, counted


class OneBrokerTest(FaultCase):
    options = {"listeners": ["proxied"]}
    listener = "proxied"

    def test_killed_and_started_again(self):
        self.begin()
        (broker,) = self.kafka.brokers
        self.assertTrue(broker.kill())
        self.wait_for(lambda: " warn " in self.started.messages(), self.started, seconds=20)
        broker.start().await_started()
        done, counted = self.finish()
        self.assertEqual(counted["repeated"], 0, done.messages)

    def test_stopped_for_half_a_minute(self):
        self.begin()
        (broker,) = self.kafka.brokers
        broker.pause()
        try:
            time.sleep(30)
            self.assertTrue(self.started.running())
        finally:
            broker.resume()
        done, counted = self.finish()
        self.assertEqual(counted["repeated"], 0, done.messages)

    def test_connections_are_cut_again_and_again(self):
        self.begin()
        (proxy,) = self.kafka.proxies
        before = proxy.cuts
        for _ in range(5):
            proxy.cut_after(50_000)
            self.wait_for(lambda cuts=proxy.cuts: proxy.cuts > cuts, self.started)
            self.await_copied()
        self.assertGreater(proxy.cuts, before)
        done, counted = self.finish(most=20)
        self.assertEqual(counted["repeated"], 0, done.messages)

    def test_a_way_that_is_closed_for_a_while(self):
        self.begin()
        (proxy,) = self.kafka.proxies
        proxy.refuse()
        copied = self.copied()
        self.wait_for(lambda: " warn " in self.started.messages(), self.started)
        self.assertLess(self.copied() - copied, CROSSED)
        proxy.accept()
        done, counted = self.finish()
        self.assertEqual(counted["repeated"], 0, done.messages)

    def test_a_topic_of_the_sink_is_deleted(self):
        self.begin()
        self.oracle.delete_topic(self.copy)
        self.wait_for(lambda: " warn " in self.started.messages(), self.started)
        self.create_topic("-copy", partitions=4)
        self.await_copied()
        self.oracle.stop_early(self.producing)
        self.wait_for(lambda: self.lag(self.topic) == 0, self.started)
        self.stop(self.started)


class StandstillTest(KafkaCase):
    def test_a_sink_that_stands_still_for_a_minute(self):
        """No rebalance, though the interval between polls is ten seconds, no fetching, and no memory for what waits."""
        topic = self.create_topic(partitions=2)
        self.oracle.produce_ids(topic, 200_000, bytes=1000, keys=20)
        source = self.source(
            session_timeout_ms=6000, heartbeat_interval_ms=1000, kafka_config={"max.poll.interval.ms": "10000"}, stop_at="end"
        )
        sink = "{type: faulty, path: out.ndjson, events: events, stall_after: 20000, stall_ms: 60000}"
        self.program = FAULTY
        started = self.start(self.pipeline(source, sink), arguments=["--memory-limit", "48MiB"])
        self.wait_for((self.folder / "events").exists, started)
        generations = self.kafka.generations(self.name)
        (member,) = self.oracle.group(self.name)["members"]
        begin, count = time.monotonic(), self.count()
        while time.monotonic() - begin < 50:
            started.sample_memory()
            time.sleep(0.5)
        self.assertEqual(self.count(), count, "it did not stand still")
        self.assertEqual([each["member"] for each in self.oracle.group(self.name)["members"]], [member["member"]])
        self.wait_for(lambda: not started.running() or self.count() >= count + CROSSED, started)
        done = started.wait(120)
        self.assertEqual(done.status, 0, done.messages)
        self.assert_each_once(self.ids(), range(1, 200_001))
        self.assert_ordered(self.lines())
        self.assertEqual(self.kafka.generations(self.name), generations, "the group was shared out anew")
        self.assertEqual(done.pipeline()["rewinds"], 0)
        self.assertLess(started.peak_rss, 128 << 20)


if __name__ == "__main__":
    KafkaCase.program, FAULTY = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
