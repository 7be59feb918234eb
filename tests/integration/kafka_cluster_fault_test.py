#!/usr/bin/env python3
"""The same among three brokers: leaders move, and the one dies that the group asks.

    kafka_cluster_fault_test.py BINARY [unittest's arguments]
"""

import sys
import unittest

from kafka_case import KafkaCase
from kafka_fault_test import FaultCase


class ThreeBrokersTest(FaultCase):
    options = {"brokers": 3}

    def test_leaders_move(self):
        self.begin()
        for topic in (self.topic, self.copy):
            for partition in range(4):
                leader = self.oracle.leader(topic, partition)
                self.oracle.move_leader(topic, partition, leader % 3 + 1)
            self.await_copied()
        done, counted = self.finish()
        self.assertEqual(counted["repeated"], 0, done.messages)

    def test_the_coordinator_of_the_group_dies(self):
        self.begin()
        dying = self.kafka.brokers[self.oracle.group(self.name)["coordinator"] - 1]
        self.assertTrue(dying.kill())
        self.await_copied()
        dying.start()
        self.kafka.await_started()
        done, counted = self.finish()
        self.assertEqual(counted["repeated"], 0, done.messages)


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
