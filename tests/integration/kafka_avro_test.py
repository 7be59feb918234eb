#!/usr/bin/env python3
"""Avro through Kafka and a schema registry, both real: what is written by a schema and read by another, what is bad,
and a registry that is away, guarded or none.

    kafka_avro_test.py PROGRAM [unittest's arguments]
"""

import json
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "e2e")]

from launch import Run, run, write_pipeline
from registry_gate import Gate
from services.kafka import Kafka
from services.oracle import Record
from services.registry import Registry

PROGRAM = ""

ORDER = {
    "type": "record", "name": "shop.Order", "fields": [
        {"name": "id", "type": "long"},
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ]}
# Written by hand, from the specification: 7; null; 12.50; 1970-01-01T00:00:01Z.
DATUM = b"\x0e" + b"\x00" + b"\x04\x04\xe2" + b"\xd0\x0f"
VALUE = {"id": 7, "note": None, "amount": 12.5, "at": "1970-01-01T00:00:01Z"}


def framed(number, datum):
    return b"\0" + struct.pack(">I", number) + datum


class KafkaAvroTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-avro-")
        cls.addClassCleanup(folder.cleanup)
        cls.kafka = Kafka(folder.name)
        cls.addClassCleanup(cls.kafka.close)
        cls.kafka.start()
        cls.registry = Registry(folder.name)
        cls.addClassCleanup(cls.registry.kill)
        cls.registry.start().await_started()
        cls.oracle = cls.kafka.oracle

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-avro-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.topic = self.oracle.create_topic(self.id().rsplit(".", 1)[1])

    def gate(self):
        gate = Gate(self.registry)
        self.addCleanup(gate.close)
        return gate

    def reading(self, more="", registry=None, on_error="stop"):
        return write_pipeline(self.folder, f"""
source:
  uri: kafka://{self.kafka.bootstrap()}/{self.topic}?group_id={self.topic}
  auto_offset_reset: earliest
  stop_at: end
  value_deserializer: avro
  schema_registry_url: {registry or self.registry.url}
{more}
sink: {self.folder}/out.ndjson
on_error: {on_error}
""")

    def writing(self, records, more, registry=None, on_error="stop", transforms="[]"):
        (self.folder / "in.ndjson").write_text("".join(json.dumps(each) + "\n" for each in records))
        return write_pipeline(self.folder, f"""
source: {self.folder}/in.ndjson
transforms: {transforms}
sink:
  uri: kafka://{self.kafka.bootstrap()}/{self.topic}
  value_serializer: avro
  schema_registry_url: {registry or self.registry.url}
{more}
on_error: {on_error}
""")

    def out(self, name="out"):
        path = self.folder / f"{name}.ndjson"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def values(self):
        return [each.value for each in self.oracle.consume(self.topic)]

    def run_ok(self, pipeline):
        result = run(PROGRAM, self.folder, pipeline)
        self.assertEqual(result.status, 0, result.messages)
        return result

    def test_is_written_by_a_schema_that_the_sink_registers(self):
        (self.folder / "order.avsc").write_text(json.dumps(ORDER))
        pipeline = self.writing([VALUE], "  schema: order.avsc", transforms="[{set: {at: timestamp(record.at)}}]")
        self.run_ok(pipeline)
        latest = self.registry.ask(f"/subjects/{self.topic}-value/versions/latest")
        self.assertEqual(json.loads(latest["schema"])["name"], "Order" if "namespace" in latest["schema"] else "shop.Order")
        self.assertEqual(self.values(), [framed(latest["id"], DATUM)])
        # A second run finds it there.
        self.run_ok(pipeline)
        self.assertEqual(self.values(), 2 * [framed(latest["id"], DATUM)])
        self.assertEqual(self.registry.ask(f"/subjects/{self.topic}-value/versions"), [1])

    def test_is_written_by_the_latest_schema_of_the_subject(self):
        self.registry.register(f"{self.topic}-value", {"type": "record", "name": "Old", "fields": []})
        number = self.registry.register(f"{self.topic}-value", ORDER)
        pipeline = self.writing(
            [VALUE, {**VALUE, "extra": 1}, {**VALUE, "amount": 0.005}, VALUE], "", transforms="[{set: {at: timestamp(record.at)}}]",
            on_error=f"{{dead_letter: {self.folder}/bad.ndjson}}")
        self.run_ok(pipeline)
        self.assertEqual(self.values(), 2 * [framed(number, DATUM)])
        messages = [letter["error"]["message"] for letter in self.out("bad")]
        self.assertEqual(len(messages), 2)
        self.assertIn("extra: is no field of record shop.Order", messages[0])
        self.assertIn("amount: it has more digits behind the point than decimal(9,2)", messages[1])

    def test_tests_of_a_pipeline_need_no_registry(self):
        """They hold records against a schema that is given; one that only a registry knows is not asked for."""
        for more, status in (("", 0), ("  schema: '\"double\"'", 0), ("  schema: '\"long\"'", 1)):
            pipeline = self.writing([], more, registry="http://127.0.0.1:1")
            pipeline.write_text(pipeline.read_text() + "tests: [{name: one, input: [17.5], expect: [17.5]}]\n")
            result = subprocess.run([PROGRAM, "test", pipeline], capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertIn("is no long", result.stdout)

    def test_a_schema_that_is_not_there_stops_and_says_so(self):
        result = run(PROGRAM, self.folder, self.writing([VALUE], ""))
        self.assertEqual(result.status, 1)
        self.assertIn("there is no such subject; register a schema under it, or set 'schema'", result.messages)
        (self.folder / "order.avsc").write_text(json.dumps(ORDER))
        result = run(PROGRAM, self.folder, self.writing([VALUE], "  schema: order.avsc\n  auto_register: false"))
        self.assertEqual(result.status, 1)
        self.assertIn(f"cannot find the schema under '{self.topic}-value'", result.messages)
        self.assertNotIn(f"{self.topic}-value", self.registry.subjects())

    def test_is_read_as_it_was_written_or_as_the_reader_says(self):
        number = self.registry.register(f"{self.topic}-value", ORDER)
        self.oracle.produce(self.topic, [Record(framed(number, DATUM)) for _ in range(3)])
        self.run_ok(self.reading())
        self.assertEqual(self.out(), 3 * [VALUE])
        # Digits of a decimal are kept.
        self.assertIn('"amount":12.50', (self.folder / "out.ndjson").read_text())
        reader = {"type": "record", "name": "Order", "fields": [
            {"name": "number", "aliases": ["id"], "type": "double"}, {"name": "kind", "type": "string", "default": "paid"}]}
        (self.folder / "out.ndjson").unlink()
        pipeline = self.reading(f"  reader_schema: '{json.dumps(reader)}'")
        pipeline.write_text(pipeline.read_text().replace("group_id=", "group_id=again-"))
        self.run_ok(pipeline)
        self.assertEqual(self.out(), 3 * [{"number": 7.0, "kind": "paid"}])

    def test_versions_and_references_stand_side_by_side(self):
        self.registry.register(f"{self.topic}-suit", {"type": "enum", "name": "game.Suit", "symbols": ["HEARTS", "CLUBS"]})
        card = {"type": "record", "name": "game.Card", "fields": [{"name": "suit", "type": "game.Suit"}]}
        of_card = self.registry.ask(f"/subjects/{self.topic}-value/versions", {
            "schema": json.dumps(card), "schemaType": "AVRO",
            "references": [{"name": "game.Suit", "subject": f"{self.topic}-suit", "version": 1}]})["id"]
        of_order = self.registry.register(f"{self.topic}-order", ORDER)
        self.oracle.produce(self.topic, [Record(framed(of_card, b"\x02")), Record(framed(of_order, DATUM)), Record(framed(of_card, b"\x00"))])
        self.run_ok(self.reading())
        self.assertEqual(self.out(), [{"suit": "CLUBS"}, VALUE, {"suit": "HEARTS"}])

    def test_what_is_bad_goes_to_on_error_with_its_place(self):
        number = self.registry.register(f"{self.topic}-value", ORDER)
        good = Record(framed(number, DATUM))
        self.oracle.produce(self.topic, [
            good, Record(b'{"id":1}'), Record(framed(999_999, DATUM)), Record(framed(number, DATUM[:-1])),
            Record(framed(number, DATUM + b"\0")), Record(b""), good])
        self.run_ok(self.reading(on_error=f"{{dead_letter: {self.folder}/bad.ndjson}}"))
        self.assertEqual(self.out(), 2 * [VALUE])
        letters = self.out("bad")
        self.assertEqual(len(letters), 5)
        for offset, (letter, says) in enumerate(zip(letters, (
            "it is no Avro in the wire format", f"is not in the registry {self.registry.url}", "at: byte 7 of its datum is its end",
            "1 bytes more than its schema", "it is no Avro in the wire format")), 1):
            self.assertIn(says, letter["error"]["message"])
            self.assertIn(f"{self.topic}-0 offset {offset}", json.dumps(letter))

    def test_tombstones_are_deletes_both_ways(self):
        number = self.registry.register(f"{self.topic}-value", ORDER)
        self.oracle.produce(self.topic, [Record(framed(number, DATUM), b"k"), Record(None, b"k")])
        copy = self.oracle.create_topic(self.topic + "_copy")
        self.registry.register(f"{copy}-value", ORDER)
        pipeline = self.reading()
        pipeline.write_text(pipeline.read_text().replace(
            f"sink: {self.folder}/out.ndjson",
            f"sink: {{uri: 'kafka://{self.kafka.bootstrap()}/{copy}', value_serializer: avro, schema_registry_url: '{self.registry.url}'}}"))
        self.run_ok(pipeline)
        number = self.registry.ask(f"/subjects/{copy}-value/versions/latest")["id"]
        self.assertEqual([(each.key, each.value) for each in self.oracle.consume(copy)],
                         [(b"k", framed(number, DATUM)), (b"k", None)])

    def test_keys_by_schemas_of_their_own(self):
        key = {"type": "record", "name": "shop.Key", "fields": [{"name": "id", "type": "long"}]}
        of_key, of_value = self.registry.register(f"{self.topic}-key", key), self.registry.register(f"{self.topic}-value", ORDER)
        good = Record(framed(of_value, DATUM), framed(of_key, b"\x0e"))
        self.oracle.produce(self.topic, [good, Record(good.value, b"7"), Record(good.value), good])
        copy = self.oracle.create_topic(self.topic + "_copy")
        registry = f"schema_registry_url: '{self.registry.url}'"

        def copied(more, dead):
            """The key and value of each record, and why others are not there."""
            source = self.reading("  key_deserializer: avro", on_error=f"{{dead_letter: {self.folder}/{dead}.ndjson}}")
            text = source.read_text().replace(f"group_id={self.topic}", f"group_id={dead}")
            text = text.replace(f"sink: {self.folder}/out.ndjson", f"sink: {{uri: 'kafka://{self.kafka.bootstrap()}/{copy}', {more}}}")
            source.write_text(text)
            self.run_ok(source)
            return [(each.key, json.loads(each.value)) for each in self.oracle.consume(copy)], self.out(dead)

        found, dead = copied(f"key_serializer: avro, key_schema: '{json.dumps(key)}', {registry}", "own")
        of_copy = self.registry.ask(f"/subjects/{copy}-key/versions/latest")["id"]
        expected = [(framed(of_copy, b"\x0e"), VALUE), (None, VALUE), (framed(of_copy, b"\x0e"), VALUE)]
        self.assertEqual(found, expected)
        (letter,) = dead
        self.assertIn("its key: it is no Avro in the wire format", letter["error"]["message"])
        self.assertIn(f"{self.topic}-0 offset 1", letter["source"])
        # By a field, and the latest schema of the subject.
        number = self.registry.register(f"{copy}-key", '["null", "long"]')
        found, _ = copied(f"key_serializer: avro, key_field: id, {registry}", "field")
        self.assertEqual(found[3:], 3 * [(framed(number, b"\x02\x0e"), VALUE)])
        # A key that is an object is no text.
        found, dead = copied("key_serializer: string", "text")
        self.assertEqual(found[6:], [(None, VALUE)])
        self.assertIn("set key_serializer to json or avro", dead[-1]["error"]["message"])

    def test_a_registry_that_is_away_is_waited_for_and_its_password_is_given(self):
        gate = self.gate()
        gate.closed = True
        number = self.registry.register(f"{self.topic}-value", ORDER)
        self.oracle.produce(self.topic, [Record(framed(number, DATUM))])
        login = "  schema_registry_username: ava\n  schema_registry_password: pass wörd"
        going = Run(PROGRAM, self.folder, self.reading(login, gate.url))
        self.addCleanup(going.kill)
        until = time.monotonic() + 60
        while not gate.asked and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(gate.asked[0], f"/gate/schemas/ids/{number}")
        gate.closed = False
        result = going.wait()
        self.assertEqual(result.status, 0, result.messages)
        self.assertIn("it answered 503 with 'closed'", result.messages)
        self.assertNotIn("wörd", result.messages)
        self.assertEqual(self.out(), [VALUE])

    def test_waiting_for_a_registry_can_be_stopped(self):
        gate = self.gate()
        gate.closed = True
        number = self.registry.register(f"{self.topic}-value", ORDER)
        self.oracle.produce(self.topic, [Record(framed(number, DATUM))])
        going = Run(PROGRAM, self.folder, self.reading(registry=gate.url))
        self.addCleanup(going.kill)
        until = time.monotonic() + 60
        while not gate.asked and time.monotonic() < until:
            time.sleep(0.05)
        began = time.monotonic()
        going.process.terminate()
        result = going.wait()
        self.assertLess(time.monotonic() - began, 25, result.messages)
        self.assertNotIn("was left behind", result.messages)

    def test_a_registry_that_refuses_or_is_none_stops_with_what_to_do(self):
        gate = self.gate()
        number = self.registry.register(f"{self.topic}-value", ORDER)
        self.oracle.produce(self.topic, [Record(framed(number, DATUM))])
        began = time.monotonic()
        result = run(PROGRAM, self.folder, self.reading(registry=gate.url))
        self.assertLess(time.monotonic() - began, 25, "it ends at once")
        self.assertEqual(result.status, 1)
        self.assertIn("it answered 401: who are you?; set schema_registry_username", result.messages)
        gate.html = True
        result = run(PROGRAM, self.folder, self.reading(registry=gate.url))
        self.assertEqual(result.status, 1)
        self.assertIn("it answered 200 with '<html><title>Welcome</title></html>'; is this the registry's address", result.messages)


def main():
    global PROGRAM
    PROGRAM = str(Path(sys.argv[1]).resolve())
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)


if __name__ == "__main__":
    main()
