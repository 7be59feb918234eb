#!/usr/bin/env python3
"""Files written to topics of a real Kafka: Kafka's own client and kcat read what the pipeline was given.

    kafka_sink_test.py BINARY [unittest's arguments]
"""

import json
import subprocess
import sys
import unittest

from kafka_case import CROSSED, KafkaCase
from services.oracle import Record


class SinkTest(KafkaCase):
    def write_input(self, lines):
        path = self.folder / "in.ndjson"
        path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
        return path

    def write(self, lines, more="", **options):
        return self.run_to_end(self.pipeline(self.write_input(lines), self.sink(**options), more))

    def test_records_with_key_headers_timestamp_and_partition(self):
        topic = self.create_topic(partitions=5)
        lines = [{"id": i, "customer": {"id": i % 7}, "shard": i % 5, "at": 1_700_000_000_000 + i} for i in range(100)]
        self.write(
            lines,
            key_field="customer.id",
            partition_field="shard",
            timestamp_field="at",
            headers={"source": "test", "double": "{{ record.id * 2 }}"},
        )
        records = sorted(self.oracle.consume(topic), key=lambda each: json.loads(each.value)["id"])
        self.assertEqual([json.loads(each.value) for each in records], lines)
        for line, record in zip(lines, records):
            self.assertEqual(record.key, str(line["customer"]["id"]).encode())
            self.assertEqual((record.partition, record.timestamp), (line["shard"], line["at"]))
            self.assertEqual(record.headers, [("source", b"test"), ("double", str(2 * line["id"]).encode())])
        kcat = ["kcat", "-C", "-q", "-e", "-b", self.kafka.bootstrap(), "-t", topic, "-f", "%p %k %h %T %s\n"]
        seen = subprocess.run(kcat, check=True, capture_output=True, text=True, timeout=30).stdout.splitlines()
        expected = [
            f"{each['shard']} {each['customer']['id']} source=test,double={2 * each['id']} {each['at']} {json.dumps(each)}"
            for each in lines
        ]
        self.assertEqual(sorted(seen), sorted(expected))

    def test_keys_go_where_java_sends_them(self):
        topic = self.create_topic(partitions=7)
        other = self.create_topic("-java", partitions=7)
        self.oracle.produce_ids(other, 3000, keys=300)
        expected = {each.key: each.partition for each in self.oracle.consume(other)}
        self.write([{"id": i, "key": f"k{i % 300}"} for i in range(3000)], key_field="key")
        found = {each.key: each.partition for each in self.oracle.consume(topic)}
        self.assertEqual(found, expected)
        counted = self.oracle.count_ids(topic)
        self.assertEqual((counted["records"], counted["repeated"], counted["out_of_order"], counted["misplaced"]), (3000, 0, 0, 0))

    def test_all_compressions(self):
        for kind in ("none", "gzip", "snappy", "lz4", "zstd"):
            topic = self.create_topic(f"-{kind}")
            lines = [{"id": i, "pad": "x" * 100} for i in range(2000)]
            self.write(lines, topic=topic, compression_type=kind)
            self.assertEqual([json.loads(each.value) for each in self.oracle.consume(topic)], lines)
            self.assertEqual(self.packing_of(topic), kind)

    def packing_of(self, topic):
        """How the first batch of its log is packed: the low three bits of the attributes, see Kafka's record batches."""
        log = self.kafka.folder / "broker-1" / f"{topic}-0" / "00000000000000000000.log"
        head = log.read_bytes()[:23]
        return ("none", "gzip", "snappy", "lz4", "zstd")[int.from_bytes(head[21:23], "big") & 7]

    def test_topics_by_the_record(self):
        for country in ("de", "fr"):
            self.create_topic(f"-{country}")
        lines = [{"id": i, "country": ("de", "fr")[i % 2]} for i in range(1000)]
        self.write(lines, topic=f"{self.name}-{{{{ record.country }}}}")
        for i, country in enumerate(("de", "fr")):
            found = [json.loads(each.value)["id"] for each in self.oracle.consume(f"{self.name}-{country}")]
            self.assertEqual(found, list(range(i, 1000, 2)))

    def test_deletions_are_tombstones(self):
        topic = self.create_topic()
        other = self.create_topic("-copy", partitions=3)
        self.oracle.produce_ids(topic, 100, keys=10)
        self.oracle.produce(topic, [Record(None, b"k3")])
        self.run_to_end(self.pipeline(self.source(stop_at="end"), self.sink(other)))
        copied = self.oracle.consume(other)
        self.assertEqual([each.key for each in copied if each.value is None], [b"k3"])
        self.assertEqual(len(copied), 101)

    def test_from_kafka_to_kafka_everything_stays(self):
        topic = self.create_topic(partitions=3)
        other = self.create_topic("-copy", partitions=3)
        sent = [
            Record(b'{"id":%d}' % i, b"k%d" % (i % 5), [("h", b"%d" % i), ("n", None)], 1_700_000_000_000 + i) for i in range(300)
        ]
        self.oracle.produce(topic, sent)
        self.run_to_end(self.pipeline(self.source(stop_at="end"), self.sink(other)))

        def shown(name):
            return sorted((each.partition, each.timestamp, each.key, each.value, each.headers) for each in self.oracle.consume(name))

        self.assertEqual(shown(other), shown(topic))

    def test_a_message_that_is_too_long_is_refused_alone(self):
        topic = self.create_topic(config={"max.message.bytes": "20000"})
        lines = [{"id": i, "pad": "x" * (50_000 if i == CROSSED else 10)} for i in range(2 * CROSSED)]
        more = "on_error: {dead_letter: dead.ndjson}"
        done = self.write(lines, more, compression_type="none")
        self.assertEqual(done.pipeline()["rejected"], 1, done.messages)
        counted = self.oracle.count_ids(topic)
        self.assertEqual(counted["ids"].ranges, [[0, CROSSED - 1], [CROSSED + 1, 2 * CROSSED - 1]])
        self.assertEqual((counted["repeated"], counted["out_of_order"]), (0, 0))
        (letter,) = self.lines(self.folder / "dead.ndjson")
        self.assertEqual(json.loads(letter["original"])["id"], CROSSED)

    def test_a_partition_that_is_not_there_is_refused(self):
        topic = self.create_topic(partitions=2)
        lines = [{"id": i, "shard": 9 if i == 500 else i % 2} for i in range(1000)]
        done = self.write(lines, "on_error: {dead_letter: dead.ndjson}", partition_field="shard")
        self.assertEqual(done.pipeline()["rejected"], 1)
        self.assertEqual(self.oracle.count_ids(topic)["records"], 999)

    def test_a_topic_that_is_missing_is_awaited(self):
        path = self.write_input([{"id": i} for i in range(1000)])
        started = self.start(self.pipeline(path, self.sink()))
        self.wait_for(lambda: any(" warn " in line and self.name in line for line in started.messages().splitlines()), started)
        self.assertEqual(len(started.messages().splitlines()), 2, started.messages())
        topic = self.create_topic()
        done = started.wait(60)
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.oracle.count_ids(topic)["records"], 1000)


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
