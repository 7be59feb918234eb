#!/usr/bin/env python3
"""A schema registry that is away while records flow: what needs nothing of it goes on, the rest waits in its place, and
nothing is lost, repeated or out of order.

    kafka_registry_fault_test.py BINARY [unittest's arguments]
"""

import json
import struct
import sys
import time
import unittest

from kafka_case import CROSSED, KafkaCase
from registry_gate import LOGIN, Gate
from services.oracle import Record
from services.registry import Registry

FIRST = {"type": "record", "name": "Count", "fields": [{"name": "id", "type": "long"}]}
SECOND = {"type": "record", "name": "Count", "fields": [{"name": "id", "type": "long"}, {"name": "more", "type": "string"}]}
AWAY = 13  # seconds: beyond the session, the interval between polls and several questions


def long(number):
    """As Avro writes it: zigzag, seven bits a byte."""
    number = number << 1 ^ number >> 63
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*octets, number])


class RegistryFaultTest(KafkaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(cls.kafka.folder)
        cls.addClassCleanup(cls.registry.kill)
        cls.registry.start().await_started()

    def setUp(self):
        super().setUp()
        self.gate = Gate(self.registry)
        self.addCleanup(self.gate.close)
        self.login = LOGIN | {"schema_registry_url": self.gate.url}
        self.topic = self.create_topic(partitions=2)
        self.first = self.registry.register(f"{self.name}-value", FIRST)
        self.next = [1, 1_000_001]  # the next id of each partition

    def produce(self, partition, count, schema=None):
        """Records of the next ids."""
        head = b"\0" + struct.pack(">I", schema or self.first)
        tail = b"" if schema is None else b"\x02x"
        begin = self.next[partition]
        self.next[partition] += count
        records = [Record(head + long(number) + tail, partition=partition) for number in range(begin, begin + count)]
        self.oracle.produce(self.topic, records)

    def produced(self, partition):
        return list(range(1 + 1_000_000 * partition, self.next[partition]))

    def found(self, partition):
        return [number for number in self.ids() if number // 1_000_000 == partition]

    def warned(self, started):
        return any(" warn " in line and "503" in line for line in started.messages().splitlines())

    def shares(self):
        """How many partitions each member has."""
        members = self.oracle.group(self.name)["members"]
        return sorted(sum(map(len, each["partitions"].values())) for each in members)

    def check_all(self):
        for partition in (0, 1):
            self.assertEqual(self.found(partition), self.produced(partition))

    def begin(self, **options):
        quick = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 1000, "kafka_config": {"max.poll.interval.ms": "10000"}}
        started = self.start(self.pipeline(self.source(value_deserializer="avro", **quick, **options)))
        for partition in (0, 1):
            self.produce(partition, CROSSED)
        self.wait_for(lambda: self.count() == 2 * CROSSED, started)
        return started

    def close_before(self, schema, started):
        """The registry is away, and records of a schema that nobody has asked for come into the first partition."""
        asked = len(self.gate.asked)
        second = self.registry.register(f"{self.name}-value", schema)
        for partition in (0, 1):
            self.produce(partition, CROSSED)
        self.produce(0, CROSSED, second)
        self.produce(0, CROSSED)
        self.produce(1, CROSSED)
        # What is of the first schema comes, but for what stands behind the second.
        self.wait_for(lambda: self.found(1) == self.produced(1) and len(self.gate.asked) > asked, started)
        self.assertEqual(self.found(0), self.produced(0)[: 2 * CROSSED])
        return asked

    def test_it_goes_down_while_records_flow(self):
        started = self.begin()
        self.gate.closed = True
        generations = self.kafka.generations(self.name)
        asked = self.close_before(SECOND, started)
        self.wait_for(lambda: self.warned(started), started)
        time.sleep(AWAY)
        self.produce(1, CROSSED)
        self.wait_for(lambda: self.found(1) == self.produced(1), started)
        self.assertEqual(self.found(0), self.produced(0)[: 2 * CROSSED])
        self.assertLess(len(self.gate.asked) - asked, 20, "it was asked without a pause")
        self.gate.closed = False
        for partition in (0, 1):
            self.produce(partition, CROSSED)
        self.wait_for(lambda: self.count() >= 10 * CROSSED and self.lag() == 0, started)
        self.assertEqual(self.kafka.generations(self.name), generations, "the group was shared out anew")
        done = self.stop(started)
        self.check_all()
        self.assertEqual(done.pipeline()["rewinds"], 0)
        told = [line for line in done.messages.splitlines() if " warn " in line or " error " in line]
        self.assertLessEqual(len(told), 6, "\n".join(told))

    def check_stop(self, started):
        self.close_before(SECOND, started)
        began = time.monotonic()
        self.stop(started)
        self.assertLess(time.monotonic() - began, 8)
        self.gate.closed = self.gate.silent = False
        started = self.start(self.pipeline(self.source(value_deserializer="avro")))
        self.wait_for(lambda: self.lag() == 0, started)
        self.stop(started)
        self.check_all()

    def test_a_pipeline_that_asks_again_and_again_is_stopped_at_once(self):
        started = self.begin()
        self.gate.closed = True
        self.check_stop(started)

    def test_a_pipeline_that_waits_for_an_answer_is_stopped_at_once(self):
        started = self.begin()
        self.gate.silent = True
        self.check_stop(started)

    def test_partitions_are_handed_over_by_one_that_waits_for_an_answer(self):
        started = self.begin()
        self.gate.silent = True
        self.close_before(SECOND, started)
        self.wait_for(lambda: self.lag() == 2 * CROSSED, started)
        other = self.folder / "other"
        other.mkdir()
        self.login = LOGIN | {"schema_registry_url": self.registry.url}
        second = self.start(self.pipeline(self.source(value_deserializer="avro"), other / "out.ndjson", name="other"), folder=other)
        self.wait_for(lambda: self.shares() == [1, 1], started, second, seconds=15)
        self.stop(started)
        self.wait_for(lambda: self.lag() == 0, second)
        self.stop(second)
        self.assert_each_once(self.ids() + self.ids(other / "out.ndjson"), self.produced(0) + self.produced(1))

    def test_a_sink_waits_for_it_to_begin(self):
        self.gate.closed = True
        (self.folder / "in.ndjson").write_text("".join(f'{{"id":{number}}}\n' for number in range(CROSSED)))
        copy = self.create_topic("-copy")
        sink = self.sink(copy, value_serializer="avro", schema=json.dumps(FIRST))
        started = self.start(self.pipeline("in.ndjson", sink))
        self.wait_for(lambda: self.warned(started), started)
        self.assertEqual(self.oracle.offsets(copy), {0: (0, 0)})
        self.gate.closed = False
        done = started.wait(60)
        self.assertEqual(done.status, 0, done.messages)
        number = self.registry.ask(f"/subjects/{copy}-value/versions/latest")["id"]
        head = b"\0" + struct.pack(">I", number)
        self.assertEqual([each.value for each in self.oracle.consume(copy)], [head + long(each) for each in range(CROSSED)])


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
