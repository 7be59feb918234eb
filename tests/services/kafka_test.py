#!/usr/bin/env python3
"""One broker, its oracle and its proxy: do they do what tests of Kafka pipelines build upon?

    kafka_test.py VERSION [unittest's arguments]
"""

import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from services.kafka import Kafka
from services.oracle import Ids, Oracle, OracleError, Record

VERSION = ""


class KafkaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-kafka-")
        cls.addClassCleanup(folder.cleanup)
        cls.kafka = Kafka(folder.name, version=VERSION, listeners=["proxied"])
        cls.addClassCleanup(cls.kafka.close)
        cls.kafka.start()
        cls.oracle = cls.kafka.oracle

    def topic(self, **options):
        return self.oracle.create_topic(self.id().rsplit(".", 1)[1], **options)

    def test_records_come_out_as_they_went_in(self):
        topic = self.topic(partitions=2)
        sent = [
            Record(b"\x00\xff", b"k", [("h", b"1"), ("h", None)], 1_700_000_000_000, partition=1),
            Record(None, b"k", timestamp=1_700_000_000_001, partition=1),
            Record(b"", None, timestamp=1_700_000_000_002, partition=0),
        ]
        places = self.oracle.produce(topic, sent)
        self.assertEqual(places, [[1, 0], [1, 1], [0, 0]])
        for record, (_, record.offset) in zip(sent, places):
            record.topic = topic
        self.assertEqual(sorted(self.oracle.consume(topic), key=lambda each: each.timestamp), sent)
        self.assertEqual(self.oracle.offsets(topic), {0: (0, 1), 1: (0, 2)})
        # Another client sees the same.
        kcat = ["kcat", "-C", "-q", "-e", "-J", "-b", self.kafka.bootstrap(), "-t", topic, "-p", "1"]
        seen = [json.loads(line) for line in subprocess.run(kcat, check=True, capture_output=True).stdout.splitlines()[1:]]
        self.assertEqual([(each["key"], each["payload"], each["ts"]) for each in seen], [("k", None, 1_700_000_000_001)])

    def test_ids_are_counted(self):
        topic = self.topic(partitions=3)
        self.assertEqual(self.oracle.produce_ids(topic, 5000, bytes=300, keys=50), Ids([[1, 5000]]))
        counted = self.oracle.count_ids(topic)
        self.assertEqual((counted["records"], counted["ids"]), (5000, Ids([[1, 5000]])))
        self.assertEqual([counted[each] for each in ("without_id", "repeated", "out_of_order", "misplaced")], [0] * 4)
        self.assertEqual(sum(counted["partitions"].values()), 5000)
        # What is wrong is seen.
        wrong = [b'{"id":7}', b'{"id":6001}', b'{"id":6000}', b'{"a":{"id":9000}}', b"no", None]
        self.oracle.produce(topic, [Record(value, b"k7", partition=partition) for value in wrong for partition in (0, 1)])
        counted = self.oracle.count_ids(topic)
        self.assertEqual(counted["ids"], Ids([[1, 5000], [6000, 6001]]))
        self.assertEqual((counted["without_id"], counted["repeated"], counted["out_of_order"]), (6, 4, 1))
        self.assertGreater(counted["misplaced"], 0)

    def test_transactions(self):
        topic = self.topic()
        done = self.oracle.begin_producing(topic, count=1000, transactional_id="ids", transaction=100, abort_every=2).result(60)
        self.assertEqual((len(Ids(done["acknowledged"])), len(Ids(done["aborted"])), done["errors"]), (500, 500, {}))
        self.assertEqual(self.oracle.count_ids(topic)["ids"], Ids(done["acknowledged"]))
        self.assertEqual(self.oracle.count_ids(topic, committed=False)["ids"], Ids([[1, 1000]]))
        # Ten markers take an offset each.
        self.assertEqual(self.oracle.offsets(topic), {0: (0, 1010)})
        self.assertEqual(self.oracle.transactions()["ids"], "CompleteAbort")

    def test_topics_change(self):
        topic = self.topic(config={"max.message.bytes": "2000"})
        with self.assertRaises(OracleError) as refused:
            self.oracle.produce(topic, [Record(b"x" * 3000)])
        self.assertEqual(refused.exception.name, "RecordTooLargeException")
        self.oracle.configure(topic, {"max.message.bytes": "4000"})
        self.oracle.add_partitions(topic, 3)
        for _ in range(3):
            # One at a time: the limit is that of a batch.
            self.oracle.produce(topic, [Record(b"x" * 3000, partition=2)])
        self.assertEqual(self.oracle.delete_records(topic, 2, 2), 2)
        self.assertEqual(self.oracle.offsets(topic)[2], (2, 3))
        self.oracle.delete_topic(topic)
        self.assertNotIn(topic, self.oracle.topics())

    def test_groups(self):
        topic = self.topic()
        self.oracle.produce_ids(topic, 100)
        command = ["kcat", "-q", "-u", "-b", self.kafka.bootstrap(), "-X", "auto.offset.reset=earliest", "-G", "readers", topic]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as kcat:
            try:
                self.assertEqual(json.loads(kcat.stdout.readline())["id"], 1)
                group = self.oracle.group("readers")
                self.assertEqual(group["state"], "Stable")
                self.assertEqual([each["partitions"] for each in group["members"]], [{topic: [0]}])
                self.assertEqual(self.kafka.generations("readers"), [1])
            finally:
                kcat.terminate()
        self.assertIn("readers", self.oracle.groups())
        self.oracle.commit("others", topic, {0: 42})
        self.assertEqual(self.oracle.committed("others", topic), {0: 42})

    def test_killed_and_started_again_it_has_what_it_acknowledged(self):
        topic = self.topic(partitions=3)
        (broker,) = self.kafka.brokers
        producing = self.oracle.begin_producing(topic, bytes=200, keys=10, rate=2000)
        self.oracle.count_ids(topic, at_least=1000)
        self.assertTrue(broker.kill())
        broker.start().await_started()
        self.oracle.produce_ids(topic, 1000, first=1_000_000)
        done = self.oracle.stop_early(producing)
        acknowledged, found = set(Ids(done["acknowledged"])), self.oracle.count_ids(topic)
        self.assertGreater(len(acknowledged), 1000)
        self.assertEqual(acknowledged - set(found["ids"]), set())
        self.assertEqual(found["repeated"], 0)

    def test_a_way_that_is_cut_stopped_and_closed(self):
        topic = self.topic()
        (proxy,) = self.kafka.proxies
        client = Oracle(self.kafka.folder, self.kafka.bootstrap("proxied")).start()
        self.addCleanup(client.close)

        def read(seconds=60):
            return client.count_ids(topic, seconds=seconds)["records"]

        self.oracle.produce_ids(topic, 5000, bytes=1000)
        proxy.cut_after(1_000_000)
        self.assertEqual(read(), 5000)
        self.assertGreaterEqual(proxy.cuts, 1)
        self.assertGreater(proxy.passed, 5_000_000, "the records came another way")
        proxy.stall()
        reading = client.begin_consuming(topic, count_ids=True)
        with self.assertRaises(TimeoutError):
            reading.result(2)
        proxy.go_on()
        self.assertEqual(reading.result(60)["records"], 5000)
        proxy.delay(0.2)
        begin = time.monotonic()
        self.assertEqual(read(), 5000)
        self.assertGreater(time.monotonic() - begin, 1)
        proxy.delay(0)
        passed = proxy.passed
        proxy.refuse()
        reading = client.begin_consuming(topic, count_ids=True)
        with self.assertRaises(TimeoutError):
            reading.result(2)
        self.assertEqual(proxy.passed, passed)
        proxy.accept()
        self.assertEqual(reading.result(60)["records"], 5000)


if __name__ == "__main__":
    VERSION = sys.argv.pop(1)
    unittest.main()
