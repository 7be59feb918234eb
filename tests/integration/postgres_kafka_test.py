#!/usr/bin/env python3
"""Changes from a real Kafka applied to a table of a real PostgreSQL.

    postgres_kafka_test.py BINARY [unittest's arguments]
"""

import json
import random
import sys
import unittest

from postgres_case import PostgresCase
from services.kafka import Kafka
from services.oracle import Record


class KafkaToPostgresTest(PostgresCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kafka = Kafka(cls.postgres.folder / "kafka")
        cls.addClassCleanup(cls.kafka.close)
        cls.kafka.start()

    def source(self):
        uri = f"kafka://{self.kafka.bootstrap()}/{self.name}"
        return json.dumps({"uri": uri, "group_id": self.name, "auto_offset_reset": "earliest", "stop_at": "end"})

    def test_tombstones_delete_and_what_comes_after_them_is_there(self):
        self.kafka.oracle.create_topic(self.name, partitions=3)
        self.create_table("id int PRIMARY KEY, n int")
        self.postgres.execute(f"INSERT INTO {self.name} VALUES (5, -1), (1000, -1)")
        rng = random.Random(3)
        model = {5: -1, 1000: -1}
        changes = []
        for i in range(3000):
            number = rng.randrange(200)
            if rng.random() < 0.4:
                model.pop(number, None)
                changes.append(Record(None, b"%d" % number))
            else:
                model[number] = i
                changes.append(Record(json.dumps({"id": number, "n": i}).encode(), b"%d" % number))
        changes += [Record(None, b"5"), Record(None, b"no number"), Record(None, None)]
        model.pop(5, None)
        self.kafka.oracle.produce(self.name, changes)
        sink = self.sink(mode="upsert", key_columns="id")
        done = self.run_to_end(self.pipeline(self.source(), sink, "on_error: {dead_letter: dead.ndjson}"))
        self.assertEqual(dict(self.rows()), model)
        said = sorted(each["error"]["message"] for each in self.dead_letters())
        self.assertEqual(len(said), 2)
        self.assertIn('invalid input syntax for type integer: "no number" (SQLSTATE 22P02)', said[0])
        self.assertEqual(said[1], "it is a deletion that does not say which row: it lacks 'id'")
        self.assertEqual(done.pipeline()["rejected"], 2)

    def test_deletions_that_cannot_be_written(self):
        self.kafka.oracle.create_topic(self.name)
        self.create_table("id int CONSTRAINT one PRIMARY KEY, n int")
        self.postgres.execute(f"INSERT INTO {self.name} VALUES (5, 1)")
        self.kafka.oracle.produce(self.name, [Record(None, b"5")])
        sink = self.sink(mode="upsert", on_conflict="ON CONSTRAINT one DO NOTHING")
        done = self.run_to_end(self.pipeline(self.source(), sink), status=1)
        self.assertIn("it is a deletion, and what tells rows apart is not known here; set 'key_columns'", done.messages)
        done = self.run_to_end(self.pipeline(self.source()), status=1, arguments=["--from-start"])
        self.assertIn("it is a deletion, which 'mode: append' cannot write; set 'mode: upsert'", done.messages)
        self.assertEqual(self.rows(), [(5, 1)])


if __name__ == "__main__":
    PostgresCase.program = sys.argv.pop(1)
    unittest.main()
