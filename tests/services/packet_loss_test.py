#!/usr/bin/env python3
"""Packets are lost, and it is felt.

    packet_loss_test.py [unittest's arguments]

In a network of its own; exit status 77 where none can be made.
"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from services.kafka import Kafka
from services.oracle import Ids
from services.packet_loss import NoNetwork, PacketLoss, enter_own_network

SKIPPED = 77


class PacketLossTest(unittest.TestCase):
    def test_records_cross_all_the_same(self):
        with tempfile.TemporaryDirectory(prefix="hiveframed-kafka-") as folder, Kafka(folder) as kafka:
            kafka.oracle.create_topic("orders")
            ports = [kafka.brokers[0].listeners.ports["plain"]]
            with PacketLoss(ports, 20) as loss:
                kafka.oracle.produce_ids("orders", 2000, bytes=500, config={"batch.size": "20000"})
                self.assertGreater(loss.dropped(), 10)
                self.assertEqual(kafka.oracle.count_ids("orders")["ids"], Ids([[1, 2000]]))
            with PacketLoss(ports, 100) as loss:
                producing = kafka.oracle.begin_producing("orders", first=2001, count=1000)
                kafka.oracle.await_(lambda: loss.dropped() > 2, "somebody tries")
                self.assertFalse(producing.done())
            self.assertEqual(producing.result(60)["acknowledged"], [[2001, 3000]])


if __name__ == "__main__":
    try:
        enter_own_network()
    except NoNetwork as reason:
        print(f"cannot lose packets here: {reason}", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main()
