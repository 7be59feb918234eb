#!/usr/bin/env python3
"""Three brokers: what two of them have taken is there, whichever one dies.

    kafka_cluster_test.py [unittest's arguments]
"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from services.kafka import Kafka
from services.oracle import Ids

CROSSED = 1000  # records, before, during and after a fault


class KafkaClusterTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-kafka-")
        self.addCleanup(folder.cleanup)
        self.kafka = Kafka(folder.name, brokers=3)
        self.addCleanup(self.kafka.close)
        self.oracle = self.kafka.start().oracle
        self.oracle.create_topic("orders", partitions=6)

    def count(self):
        return sum(end for _, end in self.oracle.offsets("orders").values())

    def await_more(self, producing):
        wanted = self.count() + CROSSED
        self.oracle.await_(lambda: self.count() >= wanted or producing.done(), "records come in")

    def test_one_dies_while_records_come_in(self):
        self.assertEqual(self.oracle.brokers(), [1, 2, 3])
        # The one that leads most: the controller of the cluster, and of a partition.
        dying = self.kafka.brokers[self.oracle.controller() - 1]
        self.oracle.move_leader("orders", 0, dying.number)
        producing = self.oracle.begin_producing("orders", bytes=200, keys=60, rate=3000)
        self.await_more(producing)
        self.assertTrue(dying.kill())
        self.oracle.await_(lambda: self.oracle.leader("orders") not in (None, dying.number), "another leads")
        self.await_more(producing)
        dying.start()
        self.kafka.await_started()
        self.oracle.await_(lambda: all(len(each["in_sync"]) == 3 for each in self.oracle.describe("orders")), "all in step")
        self.await_more(producing)
        done = self.oracle.stop_early(producing)
        self.assertEqual(done["errors"], {})
        found = self.oracle.count_ids("orders")
        self.assertEqual(found["ids"], Ids([[1, done["sent"]]]))
        self.assertEqual((found["repeated"], found["out_of_order"], found["misplaced"]), (0, 0, 0))


if __name__ == "__main__":
    unittest.main()
