#!/usr/bin/env python3
"""Kafka to Kafka while packets are lost on the way, some first, then all of them.

    kafka_packet_loss_test.py BINARY [unittest's arguments]

In a network of its own; exit status 77 where none can be made.
"""

import sys
import unittest

from kafka_case import KafkaCase
from kafka_fault_test import FaultCase
from services.listeners import PASSWORD, USER
from services.packet_loss import NoNetwork, PacketLoss, enter_own_network

SKIPPED = 77


class PacketLossTest(FaultCase):
    # The oracle goes by the other one, which loses nothing.
    options = {"listeners": ["sasl"]}
    listener = "sasl"
    login = {
        "security_protocol": "sasl_plaintext",
        "sasl_mechanism": "PLAIN",
        "sasl_username": USER,
        "sasl_password": PASSWORD,
    }

    def test_packets_are_lost(self):
        self.begin()
        ports = [self.kafka.brokers[0].listeners.ports["sasl"]]
        with PacketLoss(ports, 10) as loss:
            self.await_copied()
            self.wait_for(lambda: loss.dropped() > 100, self.started)
            self.await_copied()
        with PacketLoss(ports, 100) as loss:
            self.wait_for(lambda: " warn " in self.started.messages(), self.started)
            self.assertGreater(loss.dropped(), 10)
        done, counted = self.finish(most=12)
        self.assertEqual(counted["repeated"], 0, done.messages)


if __name__ == "__main__":
    try:
        enter_own_network()
    except NoNetwork as reason:
        print(f"cannot lose packets here: {reason}", file=sys.stderr)
        sys.exit(SKIPPED)
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
